import type { AllStreamResolvedEvent } from '@eventstore/db-client';
import type { Clock } from '../../../application/ports/clock-and-ids.ts';
import type { Client } from './client.ts';
import { readPlaceOf } from './read-log.ts';
import { streamPrefixes } from './connection-string.ts';

/** A checkpoint comes about every 32 times so many events that the filter passed over. */
const CHECKPOINT_INTERVAL = 32;

/** Milliseconds of one line about subscriptions that fell behind. */
const ONE_LINE_IN_MS = 60_000;

/** How often a subscription did not keep up with the log, which is ordinary under load: each goes on by itself. */
export type FellBehind = { readonly note: () => void; readonly total: () => number };

/** Says how often it was, once a minute at most and only if it was. */
export const countFellBehind = (clock: Clock, say: (message: string) => void): FellBehind => {
  let total = 0;
  let said = 0;
  const sayHowOften = (): void => {
    say(`subscriptions fell behind the log ${total - said} times in a minute, and went on from where they were`);
    said = total;
  };
  return {
    note: () => {
      if (total === said) clock.at(clock.now() + ONE_LINE_IN_MS, sayHowOften);
      total += 1;
    },
    total: () => total,
  };
};

/** One catch-up subscription of the client, until it ends or breaks. */
export type Feed = {
  /** Waits for events; at most `size`, null when the feed ended. Rejects with what broke it, after the last event. */
  readonly next: (size: number) => Promise<ReadonlyArray<AllStreamResolvedEvent> | null>;
  /** Everything up to here was handed out by `next` and taken up before its last call. */
  readonly passed: () => number;
  readonly fail: (reason: Error) => void;
  readonly close: () => void;
};

/**
 * Follows Holdfast's streams in `$all` after a position, exclusive. The server stops sending while nobody asks for more.
 * `caughtUp` is not used: older servers never send it, newer ones more than once. `onFellBehind`: a server from 24.2 on
 * says that it sends from the log again, and does.
 */
export const openFeed = (
  client: Client,
  prefix: string,
  after: number,
  bufferSize: number,
  onFellBehind: () => void,
): Feed => {
  let passed = after;
  let scanned = after;
  let end: { readonly broken: unknown } | 'ended' | undefined;
  let resume = (): void => {};
  const subscription = client.subscribeToAll(
    {
      fromPosition: readPlaceOf(after),
      requiresLeader: true,
      filter: {
        filterOn: 'streamName',
        prefixes: streamPrefixes(prefix),
        checkpointInterval: CHECKPOINT_INTERVAL,
        checkpointReached: (_, { commit }) => {
          scanned = Number(commit);
        },
      },
    },
    { highWaterMark: bufferSize },
  );
  const finish = (how: typeof end): void => {
    end ??= how;
    resume();
  };
  subscription.on('fellBehind', onFellBehind);
  subscription.on('readable', () => resume());
  subscription.on('end', () => finish('ended'));
  subscription.on('close', () => finish('ended'));
  subscription.on('error', (broken: unknown) => finish({ broken }));

  const take = (size: number): ReadonlyArray<AllStreamResolvedEvent> => {
    const events: Array<AllStreamResolvedEvent> = [];
    while (events.length < size) {
      const event: AllStreamResolvedEvent | null = subscription.read();
      if (event === null) break;
      events.push(event);
    }
    return events;
  };
  return {
    next: async (size) => {
      for (;;) {
        const { promise, resolve } = Promise.withResolvers<void>();
        resume = resolve;
        const events = take(size);
        if (events.length > 0) return events;
        // The buffer is empty and what came out of it is done: the checkpoints that came by lie behind that.
        passed = Math.max(passed, scanned);
        if (end === 'ended') return null;
        if (end !== undefined) throw end.broken;
        await promise;
      }
    },
    passed: () => passed,
    fail: (reason) => finish({ broken: reason }),
    close: () => {
      finish('ended');
      // Rejects when the call was never made; then there is nothing to end.
      subscription.unsubscribe().catch(() => undefined);
    },
  };
};
