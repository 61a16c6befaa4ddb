import { ANY, NO_STREAM, STREAM_EXISTS } from '@eventstore/db-client';
import { expect } from 'vitest';
import {
  collect,
  describeRules,
  newEvent,
  newEvents,
  newStream,
  rejection,
  rule,
} from '../../support/eventstoredb/server-under-test.ts';

const paths = [
  { path: 'batch appends', options: {} },
  { path: 'unary appends, to a server without batches', options: { batchAppend: false } },
];

for (const { path, options } of paths) {
  describeRules(path, options, (client) => {
    const append = (
      stream: string,
      events: ReturnType<typeof newEvents>,
      expectedRevision: 'any' | 'no_stream' | 'stream_exists' | bigint,
    ) => client().appendToStream(stream, events, { expectedRevision });

    rule('the next expected revision is that of the last event written', 'server Streams.Append.cs', async () => {
      const stream = newStream();
      const first = await append(stream, newEvents(3), NO_STREAM);
      const second = await append(stream, newEvents(2), first.nextExpectedRevision);
      expect([first, second]).toMatchObject([
        { success: true, nextExpectedRevision: 2n },
        { success: true, nextExpectedRevision: 4n },
      ]);
    });

    rule(
      'the position is that of the last event written',
      'github.com/kurrent-io/EventStore-Client-Go/issues/88',
      async () => {
        const stream = newStream();
        const { position } = await append(stream, newEvents(3), NO_STREAM);
        const events = await collect(client().readStream(stream));
        expect(position?.commit).toBe(events.at(-1)?.event?.position?.commit);
      },
    );

    rule('a number that is not the last revision is refused', 'server IndexWriter.CheckCommit', async () => {
      const stream = newStream();
      await append(stream, newEvents(3), NO_STREAM);
      const errors = [
        await rejection(append(stream, newEvents(1), 1n)),
        await rejection(append(stream, newEvents(1), 7n)),
      ];
      expect(errors).toMatchObject([
        { type: 'wrong-expected-version', streamName: stream, expectedVersion: 1n, actualVersion: 2n },
        { type: 'wrong-expected-version', streamName: stream, expectedVersion: 7n, actualVersion: 2n },
      ]);
    });

    rule('NO_STREAM is refused by a stream that exists', 'server IndexWriter.CheckCommit', async () => {
      const stream = newStream();
      await append(stream, newEvents(1), NO_STREAM);
      expect(await rejection(append(stream, newEvents(1), NO_STREAM))).toMatchObject({
        type: 'wrong-expected-version',
        expectedVersion: 'no_stream',
        actualVersion: 0n,
      });
    });

    rule(
      'STREAM_EXISTS and a number are refused by a stream that never was',
      'server IndexWriter.CheckCommit',
      async () => {
        const stream = newStream();
        expect(await rejection(append(stream, newEvents(1), STREAM_EXISTS))).toMatchObject({
          type: 'wrong-expected-version',
          expectedVersion: 'stream_exists',
          actualVersion: 'no_stream',
        });
        expect(await rejection(append(stream, newEvents(1), 0n))).toMatchObject({ actualVersion: 'no_stream' });
      },
    );

    rule(
      'STREAM_EXISTS is content with a stream that has metadata alone',
      'server IndexWriter.CheckCommit',
      async () => {
        const stream = newStream();
        await client().setStreamMetadata(stream, { maxCount: 5 });
        expect(await append(stream, newEvents(1), STREAM_EXISTS)).toMatchObject({ nextExpectedRevision: 0n });
      },
    );

    rule('an append of nothing succeeds and writes nothing', 'server StorageWriterService.cs', async () => {
      const stream = newStream();
      await append(stream, newEvents(2), NO_STREAM);
      expect(await append(stream, [], ANY)).toMatchObject({ success: true });
      expect(await collect(client().readStream(stream))).toHaveLength(2);
    });

    rule('an append is atomic and at most 1 MiB as a whole', 'server v24.10 option MaxAppendSize', async () => {
      const stream = newStream();
      const half = () => newEvent({ text: 'x'.repeat(600 * 1024) });
      expect(await rejection(append(stream, [half(), half()], NO_STREAM))).toMatchObject({
        type: 'maximum-append-size-exceeded',
        maxAppendSize: 1024 * 1024,
      });
      expect(await rejection(collect(client().readStream(stream)))).toMatchObject({ type: 'stream-not-found' });
      const severalMessages = Array.from({ length: 8 }, half);
      expect(await rejection(append(stream, severalMessages, NO_STREAM))).toMatchObject({
        type: 'maximum-append-size-exceeded',
      });
      expect(await append(stream, [half()], NO_STREAM)).toMatchObject({ nextExpectedRevision: 0n });
    });
  });
}
