import { ANY, NO_STREAM, STREAM_EXISTS } from '@eventstore/db-client';
import { expect } from 'vitest';
import { follow } from '../../support/eventstoredb/following.ts';
import {
  collect,
  describeRules,
  newEvents,
  newStream,
  rejection,
  rule,
} from '../../support/eventstoredb/server-under-test.ts';

const DELETING = 'server docs, Event streams: "Deleting streams and events"; server IndexWriter.cs';
const METADATA = 'server docs, Event streams: "Metadata and reserved names"';

describeRules('deleting and metadata', {}, (client) => {
  const streamOf = async (count: number): Promise<string> => {
    const stream = newStream();
    await client().appendToStream(stream, newEvents(count), { expectedRevision: NO_STREAM });
    return stream;
  };
  const revisions = async (stream: string) =>
    (await collect(client().readStream(stream))).map(({ event }) => event?.revision);
  const append = (stream: string, expectedRevision: 'any' | 'no_stream' | 'stream_exists' | bigint) =>
    client().appendToStream(stream, newEvents(1), { expectedRevision });

  rule('a deleted stream is not found', DELETING, async () => {
    const stream = await streamOf(3);
    await client().deleteStream(stream);
    expect(await rejection(revisions(stream))).toMatchObject({ type: 'stream-not-found' });
  });

  for (const expectedRevision of [ANY, NO_STREAM, 2n] as const) {
    rule(`a deleted stream is revived with ${expectedRevision} and counts on`, DELETING, async () => {
      const stream = await streamOf(3);
      await client().deleteStream(stream);
      expect(await append(stream, expectedRevision)).toMatchObject({ nextExpectedRevision: 3n });
      expect(await revisions(stream)).toEqual([3n]);
    });
  }

  rule('a deleted stream refuses STREAM_EXISTS and another number', DELETING, async () => {
    const stream = await streamOf(3);
    await client().deleteStream(stream);
    expect(await rejection(append(stream, STREAM_EXISTS))).toMatchObject({
      type: 'stream-deleted',
      streamName: stream,
    });
    expect(await rejection(append(stream, 1n))).toMatchObject({ type: 'wrong-expected-version', actualVersion: 2n });
  });

  rule('what was deleted stays in $all', DELETING, async () => {
    const stream = await streamOf(2);
    const [first] = await collect(client().readStream(stream));
    const position = first?.event?.position;
    if (position === undefined) throw new Error('no position');
    await client().deleteStream(stream);
    const all = await collect(client().readAll({ fromPosition: position }));
    expect(all.filter(({ event }) => event?.streamId === stream)).toHaveLength(2);
  });

  rule('a deletion with another revision is refused', 'server Streams.Delete.cs, RpcExceptions.cs', async () => {
    const stream = await streamOf(2);
    const refused = client().deleteStream(stream, { expectedRevision: 0n });
    expect(await rejection(refused)).toMatchObject({
      type: 'wrong-expected-version',
      streamName: stream,
      expectedVersion: 0n,
      actualVersion: 1n,
    });
  });

  rule('a tombstone is final: nothing is read, appended or followed', DELETING, async () => {
    const stream = await streamOf(2);
    await client().tombstoneStream(stream);
    const gone = { type: 'stream-deleted', streamName: stream };
    expect(await rejection(revisions(stream))).toMatchObject(gone);
    for (const expectedRevision of [ANY, NO_STREAM, STREAM_EXISTS, 1n] as const) {
      expect(await rejection(append(stream, expectedRevision))).toMatchObject(gone);
    }
    const followed = follow(client().subscribeToStream(stream));
    await followed.until((said) => said.includes('error:stream-deleted'));
  });

  rule('$maxCount, $tb and $maxAge hide events when they are read; revisions stay', METADATA, async () => {
    const stream = await streamOf(5);
    await client().setStreamMetadata(stream, { maxCount: 2 });
    expect(await revisions(stream)).toEqual([3n, 4n]);
    await client().setStreamMetadata(stream, { truncateBefore: 1 });
    expect(await revisions(stream)).toEqual([1n, 2n, 3n, 4n]);
    await client().setStreamMetadata(stream, { maxAge: 3600 });
    expect(await revisions(stream)).toEqual([0n, 1n, 2n, 3n, 4n]);
    await client().setStreamMetadata(stream, { truncateBefore: 5 });
    expect(await revisions(stream)).toEqual([]);
    expect(await append(stream, 4n)).toMatchObject({ nextExpectedRevision: 5n });
  });

  rule('metadata is replaced as a whole, and read back', METADATA, async () => {
    const stream = await streamOf(1);
    await client().setStreamMetadata(stream, { maxCount: 2, owner: 'me' });
    await client().setStreamMetadata(stream, { owner: 'you' });
    const { metadata } = await client().getStreamMetadata(stream);
    expect(metadata).toEqual({ owner: 'you' });
    const kept = await collect(client().readStream(`$$${stream}`));
    expect(kept.map(({ event }) => [event?.type, event?.revision])).toEqual([['$metadata', 1n]]);
  });
});
