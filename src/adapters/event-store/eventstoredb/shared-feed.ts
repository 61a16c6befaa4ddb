import { setTimeout as sleep } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import type { EventStore, StoreError, Subscription } from '../../../application/ports/event-store.ts';
import { makeChanges } from '../../../application/consumers/waiting.ts';
import type { RecordedEvent } from '../../../domain/log/envelope.ts';

/** Events that are kept for followers that are a little behind: some seconds of a busy log. */
const KEPT_EVENTS = 2_048;
const BATCH_SIZE = 500;

/**
 * Batches that are passed on at once. Under more load than one for each interval, batches are combined: a follower then
 * wakes up, and writes to its file, once for dozens of events.
 */
const FREE_BATCHES = 8;
const PACE_MS = 20;

/** A token bucket: resolves when the next batch may be asked for. */
export const makePace = (now: () => number, pause: (ms: number) => Promise<unknown>): (() => Promise<void>) => {
  let free = FREE_BATCHES;
  let at = now();
  return async () => {
    free = Math.min(FREE_BATCHES, free + (now() - at) / PACE_MS);
    at = now();
    if (free >= 1) {
      free -= 1;
      return;
    }
    await pause(PACE_MS);
    at = now();
  };
};

/**
 * The end of the log, as one feed delivers it. `from`: `events` has everything after this position. `failed`: what
 * ended the feed.
 */
type Tail = {
  readonly feed: Subscription;
  from: number;
  readonly events: Array<RecordedEvent>;
  failed: { readonly reason: unknown } | null;
};

type Deps = {
  readonly subscribe: EventStore['subscribe'];
  readonly head: () => Promise<E.Either<StoreError, number>>;
};

/** The first index whose event comes after the position. */
const firstAfter = (events: ReadonlyArray<RecordedEvent>, position: number): number => {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.position ?? 0) > position) high = middle;
    else low = middle + 1;
  }
  return low;
};

/**
 * One feed of the server for all followers in this process: each event is sent and decoded once, not once for each
 * consumer. A follower that is further behind than what is kept has a feed of its own until it has caught up, so a slow
 * one delays no other. A single follower keeps its own feed.
 */
export const makeSharedFeed = ({ subscribe, head }: Deps): EventStore['subscribe'] => {
  const changes = makeChanges();
  let followers = 0;
  let tail: Tail | null = null;
  let opening: Promise<void> | null = null;

  const keep = (mine: Tail, events: ReadonlyArray<RecordedEvent>): void => {
    mine.events.push(...events);
    const surplus = mine.events.length - KEPT_EVENTS;
    if (surplus > KEPT_EVENTS) {
      const gone = mine.events.splice(0, surplus);
      mine.from = gone.at(-1)?.position ?? mine.from;
    }
    changes.notify();
  };
  const open = async (): Promise<void> => {
    const present = await head();
    if (E.isLeft(present) || followers < 2) return;
    const events: Array<RecordedEvent> = [];
    const pace = makePace(
      () => performance.now(),
      (ms) => sleep(ms),
    );
    const onEvents = async (batch: ReadonlyArray<RecordedEvent>): Promise<void> => {
      keep(mine, batch);
      await pace();
    };
    const feed = subscribe({ after: present.right, onEvents });
    const mine: Tail = { feed, from: present.right, events, failed: null };
    tail = mine;
    const end = (reason: unknown): void => {
      mine.failed = { reason };
      if (tail === mine) tail = null;
      changes.notify();
    };
    feed.done.then(() => end(null), end);
    changes.notify();
  };
  /** Where the end of the log cannot be read, the next follower tries again. */
  const openSoon = (): void => {
    if (tail !== null || opening !== null || followers < 2) return;
    opening = open().finally(() => {
      opening = null;
    });
  };
  const leave = async (): Promise<void> => {
    followers -= 1;
    if (followers > 0 || tail === null) return;
    const { feed } = tail;
    tail = null;
    await feed.stop();
  };

  return ({ after, batchSize = BATCH_SIZE, onEvents }) => {
    let position = after;
    let isStopped = false;
    let own: Subscription | null = null;

    const covers = (candidate: Tail | null): candidate is Tail =>
      candidate !== null && candidate.failed === null && position >= candidate.from;

    /** Until the shared feed reaches back to this follower's position, or it is stopped. */
    const followAlone = async (): Promise<void> => {
      const mine = subscribe({
        after: position,
        batchSize,
        onEvents: async (events) => {
          await onEvents(events);
          position = events.at(-1)?.position ?? position;
          openSoon();
          changes.notify();
        },
      });
      own = mine;
      const switched = changes.until(() => isStopped || covers(tail)).then(() => mine.stop());
      await Promise.race([mine.done, switched]);
      await mine.done;
      own = null;
    };
    const followShared = async (shared: Tail): Promise<void> => {
      while (!isStopped && covers(shared)) {
        const first = firstAfter(shared.events, position);
        const batch = shared.events.slice(first, first + batchSize);
        if (batch.length === 0) {
          await changes.until(
            () => isStopped || shared.failed !== null || (shared.events.at(-1)?.position ?? 0) > position,
          );
          continue;
        }
        await onEvents(batch);
        position = batch.at(-1)?.position ?? position;
      }
    };
    const run = async (): Promise<void> => {
      followers += 1;
      openSoon();
      try {
        while (!isStopped) {
          if (covers(tail)) await followShared(tail);
          else await followAlone();
        }
      } finally {
        isStopped = true;
        changes.notify();
        await leave();
      }
    };
    const done = run();
    return {
      done,
      stop: async () => {
        isStopped = true;
        changes.notify();
        await own?.stop();
        await done.catch(() => undefined);
      },
    };
  };
};
