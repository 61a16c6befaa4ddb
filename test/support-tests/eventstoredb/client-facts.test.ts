import { binaryEvent, EventStoreDBClient, NO_STREAM, STREAM_EXISTS, streamNameFilter } from '@eventstore/db-client';
import { expect, it, vi } from 'vitest';
import {
  collect,
  connectionString,
  describeRules,
  describeStandIn,
  newEvent,
  newEvents,
  newStream,
  rejection,
  rule,
} from '../../support/eventstoredb/server-under-test.ts';
import { startEventStoreDbStandIn } from '../../support/eventstoredb/stand-in.ts';

const withClient = async <A>(string: string, use: (other: EventStoreDBClient) => Promise<A>): Promise<A> => {
  const other = EventStoreDBClient.connectionString(string);
  try {
    return await use(other);
  } finally {
    await other.dispose();
  }
};

const quiet = (string: string): string => `${string}${string.includes('?') ? '&' : '/?'}throwOnAppendFailure=false`;

describeRules('facts of the client', {}, (client) => {
  rule('the error of an append has no message and no code of its own', 'client utils/CommandError.ts', async () => {
    const stream = newStream();
    await client().appendToStream(stream, newEvents(1));
    const refused = await rejection(client().appendToStream(stream, newEvents(1), { expectedRevision: NO_STREAM }));
    expect(refused).toMatchObject({ type: 'wrong-expected-version', message: '' });
    expect(Object(refused).code).toBeUndefined();
  });

  rule(
    'throwOnAppendFailure=false tells a wrong revision of batches',
    'client streams/appendToStream/batchAppend.ts',
    async () => {
      const stream = newStream();
      await client().appendToStream(stream, newEvents(4));
      const told = await withClient(quiet(connectionString()), (other) =>
        other.appendToStream(stream, newEvents(1), { expectedRevision: NO_STREAM }),
      );
      expect(told).toMatchObject({ success: false, nextExpectedRevision: 1n });
    },
  );

  rule('a deletion knows no STREAM_EXISTS', 'client streams/deleteStream.ts', async () => {
    const stream = newStream();
    await client().appendToStream(stream, newEvents(1));
    await rejection(client().deleteStream(stream, { expectedRevision: Object(STREAM_EXISTS) }));
    expect(await collect(client().readStream(stream))).toHaveLength(1);
  });

  rule('the revision of metadata is a commit position', 'client streams/getStreamMetadata.ts', async () => {
    const stream = newStream();
    await client().setStreamMetadata(stream, { maxCount: 3 });
    const [recorded] = await collect(client().readStream(`$$${stream}`));
    const { metastreamRevision } = await client().getStreamMetadata(stream);
    expect(metastreamRevision).toBe(recorded?.event?.position?.commit);
    expect(recorded?.event?.revision).toBe(0n);
  });

  rule('what is no JSON comes as bytes', 'client utils/convertGrpcEvent.ts', async () => {
    const stream = newStream();
    await client().appendToStream(stream, binaryEvent({ type: 'Bytes', data: Buffer.from('{') }));
    const [bytes] = await collect(client().readStream(stream));
    expect(Buffer.from(Object(bytes?.event?.data)).toString()).toBe('{');
  });

  rule('unsubscribing ends a loop over a subscription as if it were over', 'client utils/Subscription.ts', async () => {
    const stream = newStream();
    await client().appendToStream(stream, newEvents(2));
    const subscription = client().subscribeToStream(stream);
    const seen: Array<bigint | undefined> = [];
    for await (const { event } of subscription) {
      seen.push(event?.revision);
      if (seen.length === 2) await subscription.unsubscribe();
    }
    expect(seen).toEqual([0n, 1n]);
  });

  rule(
    'the next event waits until the checkpoint before it was taken',
    'client streams/subscribeToAll.ts',
    async () => {
      const stream = newStream();
      const { position } = await client().appendToStream(newStream(), newEvents(1));
      await client().appendToStream(newStream(), newEvents(40));
      await client().appendToStream(stream, newEvents(1));
      if (position === undefined) throw new Error('no position');
      const told: Array<string> = [];
      const { promise, resolve } = Promise.withResolvers<void>();
      const filter = streamNameFilter({
        prefixes: [stream],
        checkpointReached: async () => {
          told.push('checkpoint');
          await promise;
        },
      });
      const subscription = client().subscribeToAll({ fromPosition: position, filter });
      subscription.on('data', () => told.push('event'));
      await vi.waitFor(() => expect(told).toEqual(['checkpoint']), { timeout: 20_000 });
      resolve();
      await vi.waitFor(() => expect(told).toEqual(['checkpoint', 'event']), { timeout: 20_000 });
      await subscription.unsubscribe();
    },
  );
});

describeStandIn('how the client takes failures', {}, (standIn, client) => {
  const append = (to: EventStoreDBClient) =>
    to.appendToStream(newStream(), newEvent(), { expectedRevision: NO_STREAM });

  it('every refusal has a name of its own [client utils/CommandError.ts]', async () => {
    const types: Array<unknown> = [];
    for (const as of ['timeout', 'access-denied', 'unknown'] as const) {
      standIn().faults.next('append', { kind: 'refuse', as });
      types.push(Object(await rejection(append(client()))).type);
    }
    expect(types).toEqual(['deadline-exceeded', 'access-denied', 'unknown']);
  });

  it("one client's failure rejects what another waits for [client streams/appendToStream/batchAppend.ts]", async () => {
    const other = await startEventStoreDbStandIn();
    await withClient(other.connectionString, async (neighbour) => {
      await Promise.all([append(client()), append(neighbour)]);
      standIn().faults.next('append', { kind: 'answer-never' });
      const seen = standIn().faults.seen('append');
      const pending = rejection(append(client()));
      await vi.waitFor(() => expect(standIn().faults.seen('append')).toBe(seen + 1), { timeout: 20_000 });
      other.faults.next('append', { kind: 'cut' });
      await rejection(append(neighbour));
      expect(await pending).toMatchObject({ type: 'unavailable' });
    });
    await other.close();
  });

  it('a server that is away is a gRPC error, not one of the client [client Client/index.ts]', async () => {
    const gone = await startEventStoreDbStandIn();
    await gone.close();
    const told = await withClient(gone.connectionString, (other) => rejection(append(other)));
    expect(told).toMatchObject({ code: 14 });
    expect([Object(told).type, Object(told).isCommandError]).toEqual([undefined, undefined]);
  });

  it('no node to be found is a plain error, after so many attempts [client Client/discovery.ts]', async () => {
    const gone = await startEventStoreDbStandIn({ nodes: 3 });
    await gone.close();
    const hurried = `${gone.connectionString}&maxDiscoverAttempts=2&discoveryInterval=1`;
    const told = await withClient(hurried, (other) => rejection(append(other)));
    expect(told).toMatchObject({ message: 'Failed to discover after 2 attempts.' });
    expect(Object(told).type).toBeUndefined();
  });

  it('a client that was disposed works again [client Client/index.ts]', async () => {
    const other = EventStoreDBClient.connectionString(standIn().connectionString);
    await append(other);
    await other.dispose();
    expect(await append(other)).toMatchObject({ success: true });
    await other.dispose();
  });
});
