import { EventStoreDBClient, jsonEvent, NO_STREAM, streamNameFilter } from '@eventstore/db-client';
import * as E from 'fp-ts/lib/Either.js';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import {
  makeEventStoreDbStore,
  describeOpenError,
  EVENTSTOREDB_TIME_LIMITS,
} from '../../src/adapters/event-store/eventstoredb/eventstoredb-event-store.ts';
import type { EventStore } from '../../src/application/ports/event-store.ts';
import { secretOf } from '../../src/application/secret.ts';
import type { Envelope } from '../../src/domain/log/envelope.ts';
import { must } from './store.ts';

/** One job, done through the adapter or through the bare client. */
export type LogClient = {
  /** Begins a stream with these events. */
  readonly append: (stream: string, events: ReadonlyArray<Envelope>) => Promise<void>;
  /** All events of a stream with their data; answers how many. */
  readonly read: (stream: string) => Promise<number>;
  /** Subscribes after a position, and no longer once so many events were handed over in order. */
  readonly follow: (after: number, count: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

export type Adapter = LogClient & { readonly store: EventStore };

export const openAdapter = async (connectionString: string): Promise<Adapter> => {
  const config = { ...EVENTSTOREDB_TIME_LIMITS, connectionString: secretOf(connectionString) };
  const onProblem = (problem: string): void => {
    throw new Error(problem);
  };
  const opened = await makeEventStoreDbStore(config, { clock: systemClock, random: Math.random, onProblem })();
  if (E.isLeft(opened)) throw new Error(describeOpenError(opened.left));
  const store = opened.right;
  return {
    store,
    append: async (stream, events) => {
      await must(store.append({ stream, expected: 'no-stream', events }));
    },
    read: async (stream) => (await must(store.readStream(stream))).length,
    follow: async (after, count) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      let seen = 0;
      const subscription = store.subscribe({
        after,
        onEvents: async (events) => {
          for (const event of events) if (typeof event.data.text === 'string') seen += 1;
          if (seen >= count) resolve();
        },
      });
      await Promise.race([promise, subscription.done]);
      await subscription.stop();
    },
    close: store.close,
  };
};

/** What the application that uses the client directly sends: the envelope, spread over data and metadata. */
const toJsonEvent = ({ id, type, data, ...metadata }: Envelope) => jsonEvent({ id, type, data, metadata });

/** How often a subscription that passes over other events is told where it is: as the adapter asks for it. */
const CHECKPOINT_INTERVAL = 32;

/** The anchor: the client as its guide uses it, with explicit revisions. No time limits, no repeats, no checks. */
export const openBareClient = async (connectionString: string): Promise<LogClient> => {
  const client = EventStoreDBClient.connectionString(connectionString);
  return {
    append: async (stream, events) => {
      const expectedRevision = NO_STREAM;
      await client.appendToStream(stream, events.map(toJsonEvent), { expectedRevision, requiresLeader: true });
    },
    read: async (stream) => {
      const found: Array<unknown> = [];
      for await (const { event } of client.readStream(stream, { requiresLeader: true })) {
        if (event !== undefined) found.push(event);
      }
      return found.length;
    },
    follow: async (after, count) => {
      let checkpoint = BigInt(after);
      const fromPosition = after === 0 ? 'start' : { commit: checkpoint, prepare: checkpoint };
      const filter = streamNameFilter({
        prefixes: ['booking-', 'schedule-', 'calendar-'],
        checkpointInterval: CHECKPOINT_INTERVAL,
        checkpointReached: (_, { commit }) => {
          checkpoint = commit;
        },
      });
      const subscription = client.subscribeToAll({ fromPosition, filter, requiresLeader: true });
      let seen = 0;
      for await (const { event } of subscription) {
        const data: unknown = event?.data;
        if (typeof data === 'object' && data !== null && 'text' in data && typeof data.text === 'string') seen += 1;
        if (seen === count) await subscription.unsubscribe();
      }
      if (seen < count) throw new Error(`the subscription ended after ${seen} events of ${count}`);
    },
    close: () => client.dispose(),
  };
};
