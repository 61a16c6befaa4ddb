import { describe, expect, it } from 'vitest';
import { type Engine, event, events, freshStore, ids, right } from './harness.ts';

export const reading = (engine: Engine) =>
  describe('reading', () => {
    const store = freshStore(engine);

    it('reads a stream that does not exist as no events', async () => {
      expect(await right(store().readStream('booking-1'))).toEqual([]);
    });

    it('gives back every field of the envelope, with stream, revision and position', async () => {
      const written = {
        ...event('BookingRequested', { title: 'Übergröße 面談 🎈', nested: { list: [1, null, true, 'x'] } }),
        version: 3,
        actor: { kind: 'host', id: 'h1' } as const,
        causationId: 'cause',
      };
      const { position } = await right(
        store().append({ stream: 'booking-1', expected: 'no-stream', events: [written] }),
      );
      const [found] = await right(store().readStream('booking-1'));
      expect(found).toEqual({ ...written, stream: 'booking-1', revision: 0, position });
    });

    it('keeps quotes, control characters, separators and lone surrogates in data', async () => {
      const data = { text: `"'\\ \u0000\u0001\n\u2028\u2029 \ud800 '; DROP TABLE events; --` };
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [event('Odd', data)] }));
      expect((await right(store().readStream('booking-1')))[0]?.data).toEqual(data);
    });

    it('keeps numbers as they are', async () => {
      const data = { big: Number.MAX_SAFE_INTEGER, small: 0.1, negative: -1.5e-7 };
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [event('Numbers', data)] }));
      expect((await right(store().readStream('booking-1')))[0]?.data).toEqual(data);
    });

    it('tells stream names apart that differ in case, accents or blanks', async () => {
      const names = ['booking-a', 'booking-A', 'booking-ä', 'booking-a ', 'booking-日本'];
      for (const stream of names) await right(store().append({ stream, expected: 'no-stream', events: [event()] }));
      const lengths = await Promise.all(names.map(async (name) => (await right(store().readStream(name))).length));
      expect(lengths).toEqual([1, 1, 1, 1, 1]);
    });

    it('reads a stream from a revision on, inclusive', async () => {
      const written = events(5);
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: written }));
      const found = await right(store().readStream('booking-1', 2));
      expect(found.map((each) => each.revision)).toEqual([2, 3, 4]);
      expect(ids(found)).toEqual(ids(written.slice(2)));
    });

    it('reads a part of a stream, at most so many events, fewer only at its end', async () => {
      const written = events(5);
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: written }));
      const revisions = async (from: number, limit: number) =>
        (await right(store().readStream('booking-1', from, limit))).map((each) => each.revision);
      expect(await revisions(0, 2)).toEqual([0, 1]);
      expect(await revisions(2, 2)).toEqual([2, 3]);
      expect(await revisions(4, 2)).toEqual([4]);
      expect(await revisions(5, 2)).toEqual([]);
      const again = await right(store().append({ stream: 'booking-1', expected: 4, events: events(1) }));
      expect(again.revision).toBe(5);
    });

    it('reads a stream from beyond its end as no events', async () => {
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: events(2) }));
      expect(await right(store().readStream('booking-1', 2))).toEqual([]);
    });

    it('reads only the events of the stream asked for', async () => {
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [event('One')] }));
      await right(store().append({ stream: 'booking-2', expected: 'no-stream', events: [event('Two')] }));
      expect((await right(store().readStream('booking-1'))).map((each) => each.type)).toEqual(['One']);
    });

    it('reads the whole log in the order of positions', async () => {
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [event('A'), event('B')] }));
      await right(store().append({ stream: 'booking-2', expected: 'no-stream', events: [event('C')] }));
      await right(store().append({ stream: 'booking-1', expected: 1, events: [event('D')] }));
      const found = await right(store().readAll(0, 100));
      expect(found.map((each) => each.type)).toEqual(['A', 'B', 'C', 'D']);
      expect(found.map((each) => each.position)).toEqual(found.map((each) => each.position).toSorted((a, b) => a - b));
    });

    it('reads the log after a position, exclusive', async () => {
      const first = await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [event('A')] }));
      await right(store().append({ stream: 'booking-2', expected: 'no-stream', events: [event('B')] }));
      expect((await right(store().readAll(first.position, 100))).map((each) => each.type)).toEqual(['B']);
    });

    it('reads at most as many events of the log as asked for', async () => {
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: events(5) }));
      expect(await right(store().readAll(0, 2))).toHaveLength(2);
    });

    it('pages through the log without gap or duplicate', async () => {
      for (let n = 0; n < 7; n += 1) {
        await right(store().append({ stream: `booking-${n}`, expected: 'no-stream', events: events(3) }));
      }
      const positions: Array<number> = [];
      for (let page = await right(store().readAll(0, 4)); page.length > 0;) {
        positions.push(...page.map((each) => each.position));
        page = await right(store().readAll(positions.at(-1) ?? 0, 4));
      }
      expect(positions).toEqual((await right(store().readAll(0, 100))).map((each) => each.position));
      expect(positions).toHaveLength(21);
    });

    it('reads the one event at a position, and none beside it', async () => {
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: events(3) }));
      const [, second] = await right(store().readStream('booking-1'));
      expect(await right(store().readAt(second?.position ?? 0))).toEqual(second);
      expect(await right(store().readAt(0))).toBeNull();
    });

    it('says 0 for the head of an empty log', async () => {
      expect(await right(store().head())).toBe(0);
    });

    it('says the position of the last event for the head', async () => {
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: events(3) }));
      const last = await right(store().append({ stream: 'booking-2', expected: 'no-stream', events: [event()] }));
      expect(await right(store().head())).toBe(last.position);
    });

    it('reads what was appended as soon as the append has answered', async () => {
      for (let n = 0; n < 20; n += 1) {
        await right(store().append({ stream: `booking-${n}`, expected: 'no-stream', events: [event()] }));
        expect(await right(store().readStream(`booking-${n}`))).toHaveLength(1);
      }
    });
  });
