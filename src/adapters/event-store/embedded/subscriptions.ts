import * as E from 'fp-ts/lib/Either.js';
import type { EventStore, StoreError, Subscription } from '../../../application/ports/event-store.ts';
import type { RecordedEvent } from '../../../domain/log/envelope.ts';
import { reasonOf } from '../../../domain/unknown.ts';

/** The memory for recent events is bounded by whichever limit is reached first. */
const RECENT_EVENTS = 2048;
const RECENT_BYTES = 8 * 1024 * 1024;

/**
 * The tail of the log in memory, so that live subscribers are fed without reading what was just written. Positions of
 * an embedded log have no gaps, so an event's place follows from its position.
 */
type RecentEvents = {
  readonly push: (event: RecordedEvent, bytes: number) => void;
  /** At most `limit` events after `position`; `undefined` when the tail does not reach back that far. */
  readonly after: (position: number, limit: number) => ReadonlyArray<RecordedEvent> | undefined;
};

export const makeRecentEvents = (maxEvents = RECENT_EVENTS, maxBytes = RECENT_BYTES): RecentEvents => {
  let events: Array<RecordedEvent> = [];
  let sizes: Array<number> = [];
  let start = 0;
  let held = 0;
  const dropOldest = (): void => {
    held -= sizes[start] ?? 0;
    start += 1;
  };
  const compact = (): void => {
    events = events.slice(start);
    sizes = sizes.slice(start);
    start = 0;
  };
  return {
    push: (event, bytes) => {
      events.push(event);
      sizes.push(bytes);
      held += bytes;
      while (events.length - start > maxEvents || (held > maxBytes && events.length > start)) dropOldest();
      if (start > maxEvents) compact();
    },
    after: (position, limit) => {
      const oldest = events[start];
      if (oldest === undefined || position < oldest.position - 1) return undefined;
      const from = start + position - oldest.position + 1;
      return events.slice(from, from + limit);
    },
  };
};

const BATCH_SIZE = 500;

type Live = { readonly subscription: Subscription; readonly notify: () => void };

type Subscriptions = {
  readonly subscribe: EventStore['subscribe'];
  /** Call it when new events were written. */
  readonly notify: () => void;
  /** Stops all of them and waits for the batches that are being handled. */
  readonly stop: () => Promise<void>;
};

type Source = {
  /** The tail in memory, `undefined` where it does not reach. */
  readonly recent: (after: number, limit: number) => ReadonlyArray<RecordedEvent> | undefined;
  readonly read: (after: number, limit: number) => E.Either<StoreError, ReadonlyArray<RecordedEvent>>;
};

const nextTick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const failed = (error: StoreError): Error =>
  new Error(`the subscription cannot read the log: ${reasonOf(error)}`, { cause: error });

/**
 * Subscriptions over a log that can be read synchronously. `signalled` remembers a commit between a read and the wait
 * after it. A subscription that reads old events lets others run before each batch.
 */
export const makeSubscriptions = (source: Source): Subscriptions => {
  const live = new Set<Live>();

  const subscribe: EventStore['subscribe'] = ({ after, batchSize = BATCH_SIZE, onEvents }) => {
    let stopped = false;
    let signalled = false;
    let resume = (): void => {};
    const notify = (): void => {
      signalled = true;
      resume();
    };
    const somethingNew = async (): Promise<void> => {
      if (!signalled) await new Promise<void>((resolve) => (resume = resolve));
    };

    const next = async (position: number): Promise<ReadonlyArray<RecordedEvent>> => {
      const recent = source.recent(position, batchSize);
      if (recent !== undefined) return recent;
      await nextTick();
      const read = source.read(position, batchSize);
      if (E.isLeft(read)) throw failed(read.left);
      return read.right;
    };

    const follow = async (): Promise<void> => {
      let position = after;
      await nextTick();
      while (!stopped) {
        signalled = false;
        const events = await next(position);
        const last = events[events.length - 1];
        if (stopped) return;
        if (last === undefined) {
          await somethingNew();
        } else {
          await onEvents(events);
          position = last.position;
        }
      }
    };

    const done = follow().finally(() => live.delete(entry));
    const stop = async (): Promise<void> => {
      stopped = true;
      notify();
      await done.then(
        () => undefined,
        () => undefined,
      );
    };
    const entry: Live = { subscription: { stop, done }, notify };
    live.add(entry);
    return entry.subscription;
  };

  return {
    subscribe,
    notify: () => {
      for (const entry of live) entry.notify();
    },
    stop: async () => {
      await Promise.all([...live].map((entry) => entry.subscription.stop()));
    },
  };
};
