import { describe, expect, it } from 'vitest';
import { type Engine, event, events, freshStore, ids, left, right } from './harness.ts';

/** More than any engine reads in one go. */
const LONG_STREAM = 2_500;

export const keeping = (engine: Engine) =>
  describe('keeping what was written', () => {
    const store = freshStore(engine);

    it('has nothing in a new log', async () => {
      expect(await right(store().readAll(0, 10))).toEqual([]);
    });

    it('keeps what was appended when the caller changes its own object later', async () => {
      const data = { seats: 1, guest: { name: 'Ada' } };
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [event('Booked', data)] }));
      data.seats = 2;
      data.guest.name = 'Grace';
      expect(await right(store().readStream('booking-1'))).toMatchObject([
        { data: { seats: 1, guest: { name: 'Ada' } } },
      ]);
    });

    it('takes a batch of a thousand events as one append, in order', async () => {
      const batch = events(1_000);
      const answer = await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: batch }));
      expect(answer.revision).toBe(999);
      expect(ids(await right(store().readStream('booking-1')))).toEqual(ids(batch));
    });

    it('reads a long stream whole, and from its middle', async () => {
      const written = events(LONG_STREAM);
      for (let from = 0; from < LONG_STREAM; from += 500) {
        const batch = written.slice(from, from + 500);
        await right(
          store().append({ stream: 'booking-1', expected: from === 0 ? 'no-stream' : from - 1, events: batch }),
        );
      }
      expect(ids(await right(store().readStream('booking-1')))).toEqual(ids(written));
      expect(ids(await right(store().readStream('booking-1', 1_234)))).toEqual(ids(written.slice(1_234)));
    });

    it('keeps the order of each of several writers', async () => {
      const written = await Promise.all(
        ['a', 'b', 'c', 'd'].map(async (name) => {
          const mine = events(25);
          for (const [index, one] of mine.entries()) {
            const expected = index === 0 ? 'no-stream' : index - 1;
            await right(store().append({ stream: `booking-${name}`, expected, events: [one] }));
          }
          return mine;
        }),
      );
      const log = ids(await right(store().readAll(0, 1_000)));
      expect(log).toHaveLength(100);
      for (const mine of written) expect(log.filter((id) => ids(mine).includes(id))).toEqual(ids(mine));
    });

    it('takes one id twice in one append: ids are compared with what is stored alone', async () => {
      const one = event();
      const answer = await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [one, one] }));
      expect(answer.revision).toBe(1);
      expect(ids(await right(store().readStream('booking-1')))).toEqual([one.id, one.id]);
    });

    it('keeps long names of streams and types apart', async () => {
      const name = `booking-${'x'.repeat(200)}`;
      for (const ending of ['1', '2']) {
        const one = event(`Type${'Y'.repeat(150)}${ending}`);
        await right(store().append({ stream: `${name}${ending}`, expected: 'no-stream', events: [one] }));
      }
      const [found, ...others] = await right(store().readStream(`${name}2`));
      expect(found).toMatchObject({ stream: `${name}2`, type: `Type${'Y'.repeat(150)}2` });
      expect(others).toEqual([]);
    });

    it('leaves the head where it was when an append is refused', async () => {
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: events(2) }));
      const before = await right(store().head());
      await left(store().append({ stream: 'booking-1', expected: 0, events: events(2) }));
      await left(store().append({ stream: 'booking-2', expected: 5, events: events(1) }));
      expect(await right(store().head())).toBe(before);
      expect((await right(store().append({ stream: 'booking-1', expected: 1, events: events(1) }))).revision).toBe(2);
    });

    it('has nothing after the head', async () => {
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: events(3) }));
      expect(await right(store().readAll(await right(store().head()), 10))).toEqual([]);
    });

    it('says the same of an event, however it is read', async () => {
      const written = { ...event('Booked', { seats: 2 }), causationId: 'cause' };
      const { position } = await right(
        store().append({ stream: 'booking-1', expected: 'no-stream', events: [written] }),
      );
      const [byStream] = await right(store().readStream('booking-1'));
      const [byLog] = await right(store().readAll(0, 1));
      expect(byStream).toMatchObject({ ...written, position });
      expect(byLog).toEqual(byStream);
      expect(await right(store().readAt(position))).toEqual(byStream);
    });
  });
