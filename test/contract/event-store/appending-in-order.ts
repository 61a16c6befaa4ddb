import { describe, expect, it } from 'vitest';
import { type Engine, event, events, freshStore, left, right } from './harness.ts';

export const appendingInOrder = (engine: Engine) =>
  describe('appending to several streams in order', () => {
    const store = freshStore(engine);

    it('answers one result for each append, in order', async () => {
      const results = await right(
        store().appendInOrder([
          { stream: 'schedule-1', expected: 'no-stream', events: [event()] },
          { stream: 'booking-1', expected: 'no-stream', events: events(2) },
        ]),
      );
      expect(results.map((result) => result.revision)).toEqual([0, 1]);
    });

    it('writes in the order of the appends', async () => {
      const [first, second] = await right(
        store().appendInOrder([
          { stream: 'schedule-1', expected: 'no-stream', events: [event()] },
          { stream: 'booking-1', expected: 'no-stream', events: [event()] },
        ]),
      );
      expect(first?.position).toBeLessThan(second?.position ?? 0);
    });

    it('writes nothing at all when the first fails', async () => {
      const error = await left(
        store().appendInOrder([
          { stream: 'schedule-1', expected: 7, events: [event()] },
          { stream: 'booking-1', expected: 'no-stream', events: [event()] },
        ]),
      );
      expect(error).toEqual({ type: 'RevisionConflict', stream: 'schedule-1', expected: 7, actual: 'no-stream' });
      expect(await right(store().head())).toBe(0);
    });

    it('answers the error of the one that fails and writes none after it', async () => {
      const error = await left(
        store().appendInOrder([
          { stream: 'schedule-1', expected: 'no-stream', events: [event()] },
          { stream: 'booking-1', expected: 4, events: [event()] },
          { stream: 'booking-2', expected: 'no-stream', events: [event()] },
        ]),
      );
      expect(error).toMatchObject({ type: 'RevisionConflict', stream: 'booking-1' });
      expect(await right(store().readStream('booking-2'))).toEqual([]);
    });

    it(`keeps ${engine.allOrNone ? 'none' : 'the earlier ones, as the port allows,'} when a later one fails`, async () => {
      await left(
        store().appendInOrder([
          { stream: 'schedule-1', expected: 'no-stream', events: [event()] },
          { stream: 'booking-1', expected: 4, events: [event()] },
        ]),
      );
      expect(await right(store().readStream('schedule-1'))).toHaveLength(engine.allOrNone ? 0 : 1);
      expect(await right(store().readStream('booking-1'))).toEqual([]);
      if (engine.allOrNone) expect(await right(store().head())).toBe(0);
    });

    it('lets a later append go on where an earlier one of the same call ended', async () => {
      const results = await right(
        store().appendInOrder([
          { stream: 'booking-1', expected: 'no-stream', events: events(2) },
          { stream: 'booking-1', expected: 1, events: [event()] },
        ]),
      );
      expect(results.map((result) => result.revision)).toEqual([1, 2]);
    });

    it('knows a repeat inside one call', async () => {
      const append = { stream: 'booking-1', expected: 'no-stream', events: events(2) } as const;
      const [first, second] = await right(store().appendInOrder([append, append]));
      expect(second).toEqual(first);
      expect(await right(store().readStream('booking-1'))).toHaveLength(2);
    });

    it('answers a repeated call with the original results', async () => {
      const appends = [
        { stream: 'schedule-1', expected: 'no-stream', events: [event()] },
        { stream: 'booking-1', expected: 'no-stream', events: events(2) },
      ] as const;
      const first = await right(store().appendInOrder(appends));
      expect(await right(store().appendInOrder(appends))).toEqual(first);
    });

    it('completes a call of which only the first part is stored', async () => {
      const claim = { stream: 'schedule-1', expected: 'no-stream', events: [event()] } as const;
      await right(store().append(claim));
      const booking = { stream: 'booking-1', expected: 'no-stream', events: [event()] } as const;
      await right(store().appendInOrder([claim, booking]));
      expect(await right(store().readStream('schedule-1'))).toHaveLength(1);
      expect(await right(store().readStream('booking-1'))).toHaveLength(1);
    });

    it('takes no appends at all as success', async () => {
      expect(await right(store().appendInOrder([]))).toEqual([]);
    });
  });
