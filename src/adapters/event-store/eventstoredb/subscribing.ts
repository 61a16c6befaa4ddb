import type { AllStreamResolvedEvent } from '@eventstore/db-client';
import * as E from 'fp-ts/lib/Either.js';
import type { EventStore, StoreError, Subscription } from '../../../application/ports/event-store.ts';
import type { RecordedEvent } from '../../../domain/log/envelope.ts';
import { backoffWithJitter, makeStopSignal } from '../../../application/consumers/waiting.ts';
import { toFailure, decodeEvent } from './wire-event.ts';
import { type Feed, type FellBehind, openFeed } from './feed.ts';
import { readLog } from './read-log.ts';
import type { Reading } from './reading.ts';
import { reasonOf } from '../../../domain/unknown.ts';

const BATCH_SIZE = 500;

/** Events of one read while catching up: as many as one read of `$all` returns. */
const CATCH_UP_PAGE = 4_096;

export type Subscribing = Reading & {
  readonly head: () => Promise<E.Either<StoreError, number>>;
  readonly watchdogMs: number;
  readonly onProblem: (message: string) => void;
  readonly fellBehind: FellBehind;
};

/** A fault that ends the subscription: `onEvents` rejected, or a stored event is damaged. */
type Fatal = { readonly thrown: unknown };

const decodeAll = (prefix: string, batch: ReadonlyArray<AllStreamResolvedEvent>): ReadonlyArray<RecordedEvent> => {
  const events: Array<RecordedEvent> = [];
  for (const raw of batch) {
    const event = decodeEvent(prefix, raw);
    if (event === null) continue;
    if (E.isLeft(event)) throw new Error('the subscription met a damaged event', { cause: event.left });
    events.push(event.right);
  }
  return events;
};

/**
 * Subscribes to `$all`, filtered, and again with backoff and jitter when that breaks: the client never does. One that the
 * server ended because it was too slow reads in large pages until it has caught up, and is then made again at once. `done`
 * rejects only with what the caller or a damaged event brought about. A watchdog compares the head of the log with what
 * was processed, because connections can go quiet without an error.
 */
export const subscribing =
  (deps: Subscribing): EventStore['subscribe'] =>
  ({ after, batchSize = BATCH_SIZE, onEvents }): Subscription => {
    const { connection, clock, random, head, watchdogMs, onProblem, fellBehind } = deps;
    const stop = makeStopSignal(clock);
    let position = after;
    let failures = 0;
    let handling = false;

    const deliver = async (events: () => ReadonlyArray<RecordedEvent>): Promise<Fatal | null> => {
      handling = true;
      try {
        const batch = events();
        const last = batch.at(-1);
        if (last === undefined) return null;
        await onEvents(batch);
        position = last.position;
        failures = 0;
        return null;
      } catch (thrown) {
        return { thrown };
      } finally {
        handling = false;
      }
    };
    const drain = async (feed: Feed): Promise<Fatal | null> => {
      while (!stop.stopped()) {
        const batch = await feed.next(batchSize);
        position = Math.max(position, feed.passed());
        if (batch === null || stop.stopped()) return null;
        const fatal = await deliver(() => decodeAll(deps.prefix, batch));
        if (fatal !== null) return fatal;
      }
      return null;
    };
    const watch = (feed: Feed): (() => void) => {
      let over = false;
      const look = async (): Promise<void> => {
        const before = position;
        await stop.pause(watchdogMs);
        if (over || stop.stopped() || handling || position !== before) return;
        const found = await head();
        if (over || position !== before || handling || E.isLeft(found) || found.right <= before) return;
        feed.fail(new Error(`nothing came for ${watchdogMs} ms, though the log goes on to ${found.right}`));
      };
      const watching = async (): Promise<void> => {
        while (!over && !stop.stopped()) await look();
      };
      watching().catch((thrown: unknown) =>
        feed.fail(new Error('the watch over a subscription failed', { cause: thrown })),
      );
      return () => {
        over = true;
      };
    };

    const follow = async (): Promise<Fatal | 'too-slow' | null> => {
      const client = connection.client();
      const feed = openFeed(client, deps.prefix, position, batchSize, fellBehind.note);
      const [unwatch, forget] = [watch(feed), stop.onStop(feed.close)];
      try {
        return await drain(feed);
      } catch (thrown) {
        const failure = toFailure(thrown);
        if (failure.type === 'too-slow') return 'too-slow';
        if (failure.type === 'not-sent') connection.replace(client);
        onProblem(`a subscription broke: ${reasonOf(failure)}`);
        return null;
      } finally {
        unwatch();
        forget();
        feed.close();
      }
    };
    /** Ends where the log ended when it was read. */
    const catchUp = async (): Promise<Fatal | null> => {
      while (!stop.stopped()) {
        const page = await readLog(deps, position, CATCH_UP_PAGE);
        if (E.isLeft(page)) {
          onProblem(`a subscription that fell behind cannot read on: ${reasonOf(page.left)}`);
          return null;
        }
        for (let from = 0; from < page.right.length && !stop.stopped(); from += batchSize) {
          const fatal = await deliver(() => page.right.slice(from, from + batchSize));
          if (fatal !== null) return fatal;
        }
        if (page.right.length < CATCH_UP_PAGE) return null;
      }
      return null;
    };
    const run = async (): Promise<void> => {
      while (!stop.stopped()) {
        const ended = await follow();
        if (ended === 'too-slow') fellBehind.note();
        const before = position;
        const fatal = ended === 'too-slow' ? await catchUp() : ended;
        if (fatal !== null) throw fatal.thrown;
        // One that has made progress does not wait; without progress it would ask the server endlessly.
        if (ended === 'too-slow' && position > before) continue;
        failures += 1;
        await stop.pause(backoffWithJitter(failures, random));
      }
    };

    const done = run();
    return {
      done,
      stop: async () => {
        stop.stop();
        await done.then(
          () => undefined,
          () => undefined,
        );
      },
    };
  };
