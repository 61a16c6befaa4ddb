import type { AllStreamResolvedEvent } from '@eventstore/db-client';
import type { Clock } from '../../../application/ports/clock-and-ids.ts';
import type { Client } from './client.ts';
import { readPlaceOf } from './read-log.ts';
import { streamPrefixes } from './connection-string.ts';

/** The server sends a checkpoint about every 32 × 32 events that the filter left out. */
const CHECKPOINT_INTERVAL = 32;

/** Milliseconds between two lines of the log about subscriptions that fell behind. */
const ONE_LINE_IN_MS = 60_000;

/**
 * Counts how often a subscription did not keep up with the log. That is normal under load: it catches up without help.
 */
export type FellBehind = { readonly note: () => void; readonly total: () => number };

/** Reports the number once a minute at most, and only if it has grown. */
export const countFellBehind = (clock: Clock, report: (message: string) => void): FellBehind => {
  let total = 0;
  let reported = 0;
  const sayHowOften = (): void => {
    report(`subscriptions fell behind the log ${total - reported} times in a minute, and went on from where they were`);
    reported = total;
  };
  return {
    note: () => {
      if (total === reported) clock.at(clock.now() + ONE_LINE_IN_MS, sayHowOften);
      total += 1;
    },
    total: () => total,
  };
};

/** One catch-up subscription of the client, until it ends or breaks. */
export type Feed = {
  /**
   * Waits for events and resolves with at most `size`, null when the feed has ended. Rejects with what broke the feed,
   * after its last event.
   */
  readonly next: (size: number) => Promise<ReadonlyArray<AllStreamResolvedEvent> | null>;
  /** Everything up to this position was returned by `next` before its last call. */
  readonly passed: () => number;
  readonly fail: (reason: Error) => void;
  readonly close: () => void;
};

/**
 * Follows Holdfast's streams in `$all` after a position, exclusive. The server stops sending while `next` is not
 * called. The client's `caughtUp` is not used: older servers never send it, newer ones more than once. `onFellBehind`:
 * a server from 24.2 on reports that it reads from the log again.
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
        // The buffer is empty and its events are handled, so the checkpoints that came are passed too.
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
      // It rejects when the call was never made; then there is nothing to end.
      subscription.unsubscribe().catch(() => undefined);
    },
  };
};
