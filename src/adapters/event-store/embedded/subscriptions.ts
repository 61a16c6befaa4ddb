import * as E from 'fp-ts/lib/Either.js';
import type { EventStore, StoreError, Subscription } from '../../../application/ports/event-store.ts';
import type { RecordedEvent } from '../../../domain/log/envelope.ts';
import { reasonOf } from '../../../domain/unknown.ts';

const BATCH_SIZE = 500;

type Live = { readonly subscription: Subscription; readonly wake: () => void };

export type Subscriptions = {
  readonly subscribe: EventStore['subscribe'];
  /** New events are there. */
  readonly wake: () => void;
  /** Stops all of them and waits for the batches in hand. */
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
 * Subscriptions over a log that can be read synchronously. What is committed between a look at the log and the wait
 * that follows it is remembered in `signalled`. One that reads old events gives way to others before each batch.
 */
export const makeSubscriptions = (source: Source): Subscriptions => {
  const live = new Set<Live>();

  const subscribe: EventStore['subscribe'] = ({ after, batchSize = BATCH_SIZE, onEvents }) => {
    let stopped = false;
    let signalled = false;
    let resume = (): void => {};
    const wake = (): void => {
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
      wake();
      await done.then(
        () => undefined,
        () => undefined,
      );
    };
    const entry: Live = { subscription: { stop, done }, wake };
    live.add(entry);
    return entry.subscription;
  };

  return {
    subscribe,
    wake: () => {
      for (const entry of live) entry.wake();
    },
    stop: async () => {
      await Promise.all([...live].map((entry) => entry.subscription.stop()));
    },
  };
};
