import { randomBytes } from 'node:crypto';
import { EventStoreDBClient, END } from '@eventstore/db-client';
import { type EventStoreDbStandIn, type StandInOptions, startEventStoreDbStandIn } from './stand-in.ts';

/** The connection string of a server that takes the stand-in's place; others may use its database. */
export const REAL_SERVER = process.env.HOLDFAST_TEST_EVENTSTOREDB;

/** What a test runs on: its streams have the prefix, and are taken away again. `standIn`: where it is one. */
export type PlaceOfLog = {
  readonly standIn: EventStoreDbStandIn | undefined;
  readonly connectionString: string;
  readonly streamPrefix: string;
  readonly release: () => Promise<void>;
};

/** Soft: the events are gone with the next scavenge, and whoever reads finds none until then. */
const deleteStreams = async (client: EventStoreDBClient, streams: Iterable<string>): Promise<void> => {
  for (const stream of streams) await client.deleteStream(stream);
};

/** Streams that got an event after this moment and whose names begin so. */
const newStreams = async (client: EventStoreDBClient, prefix: string) => {
  const [last] = await Array.fromAsync(client.readAll({ direction: 'backwards', fromPosition: END, maxCount: 1 }));
  const fromPosition = last?.event?.position ?? 'start';
  return async (): Promise<ReadonlySet<string>> => {
    const found = new Set<string>();
    for await (const { event } of client.readAll({ fromPosition }))
      if (event?.streamId.startsWith(prefix) === true) found.add(event.streamId);
    return found;
  };
};

const onRealServer = async (connectionString: string): Promise<PlaceOfLog> => {
  const streamPrefix = `test${randomBytes(8).toString('hex')}-`;
  const client = EventStoreDBClient.connectionString(connectionString);
  const written = await newStreams(client, streamPrefix);
  return {
    standIn: undefined,
    connectionString,
    streamPrefix,
    release: async () => {
      await deleteStreams(client, await written());
      await client.dispose();
    },
  };
};

/** A stand-in of one's own, or a part of one's own in the database of the real server that is named. */
export const placeOfLog = async (options?: StandInOptions): Promise<PlaceOfLog> => {
  if (REAL_SERVER !== undefined) return onRealServer(REAL_SERVER);
  const standIn = await startEventStoreDbStandIn(options);
  const { connectionString, close } = standIn;
  return { standIn, connectionString, streamPrefix: 'holdfast-', release: close };
};
