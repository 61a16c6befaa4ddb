import { randomUUID } from 'node:crypto';
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

const SOURCE = 'server IndexWriter.CheckCommit; client docs, Appending events: "EventID"';

for (const options of [{}, { batchAppend: false }]) {
  describeRules(`the same append again, ${options.batchAppend === false ? 'unary' : 'batch'}`, options, (client) => {
    const idsOf = async (stream: string) => (await collect(client().readStream(stream))).map(({ event }) => event?.id);

    rule('strong: the same ids at the same number succeed with the first answer', SOURCE, async () => {
      const stream = newStream();
      const first = newEvents(2);
      const second = newEvents(2);
      const told = await client().appendToStream(stream, first, { expectedRevision: NO_STREAM });
      const next = await client().appendToStream(stream, second, { expectedRevision: 1n });
      expect(await client().appendToStream(stream, first, { expectedRevision: NO_STREAM })).toEqual(told);
      expect(await client().appendToStream(stream, second, { expectedRevision: 1n })).toEqual(next);
      expect(await idsOf(stream)).toHaveLength(4);
    });

    rule('strong: a part of an earlier append counts too', SOURCE, async () => {
      const stream = newStream();
      const [one, two, three] = newEvents(3);
      if (one === undefined || two === undefined || three === undefined) throw new Error('no events');
      await client().appendToStream(stream, [one, two, three], { expectedRevision: NO_STREAM });
      const part = await client().appendToStream(stream, [two], { expectedRevision: 0n });
      expect(part.nextExpectedRevision).toBe(1n);
      expect(await idsOf(stream)).toHaveLength(3);
    });

    rule('a mixture of old and new is refused, and nothing of it is written', SOURCE, async () => {
      const stream = newStream();
      const old = newEvents(2);
      await client().appendToStream(stream, old, { expectedRevision: NO_STREAM });
      for (const expectedRevision of [NO_STREAM, ANY] as const) {
        const mixed = client().appendToStream(stream, [...old, newEvent()], { expectedRevision });
        expect(await rejection(mixed)).toMatchObject({ type: 'wrong-expected-version' });
      }
      expect(await idsOf(stream)).toHaveLength(2);
    });

    rule('a mixture does not revive a deleted stream either', SOURCE, async () => {
      const stream = newStream();
      const old = newEvents(1);
      await client().appendToStream(stream, old, { expectedRevision: NO_STREAM });
      await client().deleteStream(stream);
      const mixed = client().appendToStream(stream, [...old, newEvent()], { expectedRevision: NO_STREAM });
      expect(await rejection(mixed)).toMatchObject({ type: 'wrong-expected-version' });
    });

    rule('other ids at a number that is past are a wrong expectation', SOURCE, async () => {
      const stream = newStream();
      await client().appendToStream(stream, newEvents(2), { expectedRevision: NO_STREAM });
      const other = client().appendToStream(stream, newEvents(1), { expectedRevision: 0n });
      expect(await rejection(other)).toMatchObject({ type: 'wrong-expected-version', actualVersion: 1n });
    });

    rule('a number that is the last revision is never compared: the event is doubled', SOURCE, async () => {
      const stream = newStream();
      const event = newEvent();
      await client().appendToStream(stream, event, { expectedRevision: NO_STREAM });
      const again = await client().appendToStream(stream, event, { expectedRevision: 0n });
      expect(again.nextExpectedRevision).toBe(1n);
      expect(await idsOf(stream)).toEqual([event.id, event.id]);
    });

    rule('only ids count: a type and a payload may differ', SOURCE, async () => {
      const stream = newStream();
      const id = randomUUID();
      const event = newEvent({ amount: 1 }, 'RuleTried', id);
      await client().appendToStream(stream, event, { expectedRevision: NO_STREAM });
      const other = newEvent({ amount: 2 }, 'OtherType', id);
      expect(await client().appendToStream(stream, other, { expectedRevision: NO_STREAM })).toMatchObject({
        success: true,
      });
      expect(await collect(client().readStream(stream))).toMatchObject([{ event: { data: { amount: 1 } } }]);
    });

    rule('an id in another stream is a new event', SOURCE, async () => {
      const event = newEvent();
      const [here, there] = [newStream(), newStream()];
      for (const expectedRevision of [ANY, NO_STREAM] as const) {
        const told = await client().appendToStream(expectedRevision === ANY ? here : there, event, {
          expectedRevision,
        });
        expect(told.nextExpectedRevision).toBe(0n);
      }
      expect([await idsOf(here), await idsOf(there)]).toEqual([[event.id], [event.id]]);
    });

    rule('weak: ANY and STREAM_EXISTS know ids that the leader wrote lately', SOURCE, async () => {
      const stream = newStream();
      const event = newEvent();
      await client().appendToStream(stream, event, { expectedRevision: ANY });
      await client().appendToStream(stream, newEvent(), { expectedRevision: ANY });
      for (const expectedRevision of [ANY, STREAM_EXISTS] as const) {
        const again = await client().appendToStream(stream, event, { expectedRevision });
        expect(again.nextExpectedRevision).toBe(0n);
      }
      expect(await idsOf(stream)).toHaveLength(2);
    });
  });
}
