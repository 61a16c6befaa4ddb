import { BACKWARDS, END, NO_STREAM } from '@eventstore/db-client';
import { expect } from 'vitest';
import {
  collect,
  describeRules,
  newEvents,
  newStream,
  rejection,
  rule,
} from '../../support/eventstoredb/server-under-test.ts';

describeRules('reading', {}, (client) => {
  const streamOf = async (count: number): Promise<string> => {
    const stream = newStream();
    await client().appendToStream(stream, newEvents(count), { expectedRevision: NO_STREAM });
    return stream;
  };
  const revisions = async (...[stream, options]: Parameters<ReturnType<typeof client>['readStream']>) =>
    (await collect(client().readStream(stream, options))).map(({ event }) => event?.revision);

  rule('a read from a revision includes it', 'server ReadIndex.ReadStreamEventsForward', async () => {
    expect(await revisions(await streamOf(4), { fromRevision: 2n })).toEqual([2n, 3n]);
  });

  rule('backwards from the end gives the newest first', 'server Enumerator.ReadStreamBackwards.cs', async () => {
    const stream = await streamOf(4);
    expect(await revisions(stream, { direction: BACKWARDS, fromRevision: END, maxCount: 2 })).toEqual([3n, 2n]);
    expect(await revisions(stream, { direction: BACKWARDS, fromRevision: 1n })).toEqual([1n, 0n]);
  });

  rule('a read behind the last event is empty, not an error', 'server Enumerator.ReadStreamForwards.cs', async () => {
    expect(await revisions(await streamOf(2), { fromRevision: 2n })).toEqual([]);
  });

  rule('a stream that never was is "not found" while it is read', 'client ReadStream.ts', async () => {
    const stream = newStream();
    expect(await rejection(collect(client().readStream(stream)))).toMatchObject({ type: 'stream-not-found' });
  });

  rule('an event keeps its id, type, data and metadata', 'server Streams.Read.cs, ConvertToRecordedEvent', async () => {
    const stream = newStream();
    const before = Temporal.Now.instant().epochMilliseconds;
    const [event] = newEvents(1);
    if (event === undefined) throw new Error('no event');
    await client().appendToStream(stream, [{ ...event, metadata: { told: 'by me' } }]);
    const [read] = await collect(client().readStream(stream));
    expect(read?.event).toMatchObject({
      id: event.id,
      type: event.type,
      data: event.data,
      metadata: { told: 'by me' },
      streamId: stream,
      isJson: true,
    });
    expect(Math.abs((read?.event?.created.getTime() ?? 0) - before)).toBeLessThan(60_000);
  });

  rule('positions of $all rise with gaps', 'server TFPos.cs: positions are offsets in the log', async () => {
    const stream = await streamOf(5);
    const positions = (await collect(client().readStream(stream))).map(({ event }) => event?.position?.commit ?? 0n);
    const steps = positions.slice(1).map((position, index) => position - (positions[index] ?? 0n));
    expect(steps.every((step) => step > 1n)).toBe(true);
  });

  rule('$all forwards includes its position, backwards does not', 'server AllReader.cs', async () => {
    const stream = await streamOf(3);
    const events = await collect(client().readStream(stream));
    const position = events[1]?.event?.position;
    if (position === undefined) throw new Error('no position');
    const forwards = await collect(client().readAll({ fromPosition: position, maxCount: 1 }));
    const backwards = await collect(client().readAll({ fromPosition: position, maxCount: 1, direction: BACKWARDS }));
    expect(forwards[0]?.event?.id).toBe(events[1]?.event?.id);
    expect(backwards[0]?.event?.position?.commit).toBeLessThan(position.commit);
  });

  rule(
    '$all holds system events and metadata too',
    'server docs, Event streams: "System events and streams"',
    async () => {
      const stream = await streamOf(1);
      await client().setStreamMetadata(stream, { maxCount: 3 });
      const all = await collect(client().readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 50 }));
      expect(all.map(({ event }) => event?.streamId)).toEqual(expect.arrayContaining([stream, `$$${stream}`]));
      const [first] = await collect(client().readAll({ maxCount: 1 }));
      expect(first?.event?.streamId.startsWith('$')).toBe(true);
    },
  );
});
