import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { MAX_APPEND_BYTES } from '../../../src/application/ports/event-store.ts';
import type { Envelope } from '../../../src/domain/log/envelope.ts';
import { type Engine, event, freshStore, left, right } from './harness.ts';

const jsonBytes = (events: ReadonlyArray<Envelope>): number =>
  events.reduce((sum, each) => sum + Buffer.byteLength(JSON.stringify(each)), 0);

/** An event whose JSON has exactly so many bytes. */
const eventOfBytes = (bytes: number, letter = 'x'): Envelope => {
  const empty = jsonBytes([event('Big', { text: '' })]);
  const width = Buffer.byteLength(letter);
  const text = letter.repeat(Math.floor((bytes - empty) / width)) + 'x'.repeat((bytes - empty) % width);
  return event('Big', { text });
};

export const concurrencyAndLimits = (engine: Engine) =>
  describe('concurrency and limits', () => {
    const store = freshStore(engine);

    it('lets one of 64 concurrent appends win each revision', async () => {
      const round = async (expected: 'no-stream' | number) => {
        const results = await Promise.all(
          Array.from({ length: 64 }, () => store().append({ stream: 'schedule-1', expected, events: [event()] })()),
        );
        return { won: results.filter(E.isRight), lost: results.filter(E.isLeft).map((result) => result.left.type) };
      };
      for (const expected of ['no-stream', 0, 1] as const) {
        const { won, lost } = await round(expected);
        expect(won).toHaveLength(1);
        expect(new Set(lost)).toEqual(new Set(['RevisionConflict']));
      }
      const revisions = (await right(store().readStream('schedule-1'))).map((each) => each.revision);
      expect(revisions).toEqual([0, 1, 2]);
    });

    it('answers each of many concurrent appends with its own place', async () => {
      const results = await Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          right(store().append({ stream: `booking-${n}`, expected: 'no-stream', events: [event(`Event${n}`)] })),
        ),
      );
      const log = await right(store().readAll(0, 1000));
      const typeAt = new Map(log.map((each) => [each.position, each.type]));
      expect(results.map(({ position }) => typeAt.get(position))).toEqual(results.map((_, n) => `Event${n}`));
    });

    it('lets a refused append leave its neighbours alone', async () => {
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          store().append({ stream: `booking-${n}`, expected: n % 2 === 0 ? 'no-stream' : 5, events: [event()] })(),
        ),
      );
      expect(results.map(E.isRight)).toEqual(results.map((_, n) => n % 2 === 0));
      expect(await right(store().readAll(0, 100))).toHaveLength(10);
    });

    it('takes an append of exactly the limit', async () => {
      const big = eventOfBytes(MAX_APPEND_BYTES);
      expect(jsonBytes([big])).toBe(MAX_APPEND_BYTES);
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [big] }));
      expect((await right(store().readStream('booking-1')))[0]?.data).toEqual(big.data);
    });

    it('refuses one byte more and says both sizes', async () => {
      const big = eventOfBytes(MAX_APPEND_BYTES + 1);
      const error = await left(store().append({ stream: 'booking-1', expected: 'no-stream', events: [big] }));
      expect(error).toEqual({ type: 'TooLarge', bytes: MAX_APPEND_BYTES + 1, limit: MAX_APPEND_BYTES });
      expect(await right(store().head())).toBe(0);
    });

    it('counts bytes, not letters', async () => {
      const big = eventOfBytes(MAX_APPEND_BYTES + 1, '面');
      const error = await left(store().append({ stream: 'booking-1', expected: 'no-stream', events: [big] }));
      expect(error).toMatchObject({ type: 'TooLarge', bytes: MAX_APPEND_BYTES + 1 });
    });

    it('counts all events of one append together', async () => {
      const batch = [eventOfBytes(MAX_APPEND_BYTES / 2), eventOfBytes(MAX_APPEND_BYTES / 2 + 1)];
      const error = await left(store().append({ stream: 'booking-1', expected: 'no-stream', events: batch }));
      expect(error.type).toBe('TooLarge');
    });
  });
