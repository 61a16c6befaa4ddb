import { describe, expect, it } from 'vitest';
import { type Engine, event, events, freshStore, ids, left, right } from './harness.ts';

const SAME_ID = '0198c2a4-7b1e-5f00-8a6d-2f4f5d0c9e11';

/** EventStoreDB's strong kind: reference of the server, "Idempotency", for appends with a stated revision. */
export const idempotency = (engine: Engine) =>
  describe('repeating an append', () => {
    const store = freshStore(engine);

    it('answers a repeated no-stream append with the original result and writes nothing', async () => {
      const append = { stream: 'booking-1', expected: 'no-stream', events: events(3) } as const;
      const first = await right(store().append(append));
      expect(await right(store().append(append))).toEqual(first);
      expect(await right(store().readStream('booking-1'))).toHaveLength(3);
    });

    it('answers a repeat at a stated revision with the original result', async () => {
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [event()] }));
      const append = { stream: 'booking-1', expected: 0, events: events(2) } as const;
      const first = await right(store().append(append));
      expect(await right(store().append(append))).toEqual(first);
    });

    it('still knows a repeat when the stream has grown since', async () => {
      const append = { stream: 'booking-1', expected: 'no-stream', events: events(2) } as const;
      const first = await right(store().append(append));
      await right(store().append({ stream: 'booking-1', expected: 1, events: events(5) }));
      expect(await right(store().append(append))).toEqual(first);
    });

    it('takes the beginning of an earlier batch, repeated alone, as a repeat', async () => {
      const [first, second, third] = [event(), event(), event()];
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [first, second, third] }));
      const again = await right(
        store().append({ stream: 'booking-1', expected: 'no-stream', events: [first, second] }),
      );
      expect(again.revision).toBe(1);
    });

    it('compares ids only, not what the events say', async () => {
      const [one, two] = [event('One', { n: 1 }, SAME_ID), event('Two', { n: 2 }, SAME_ID)];
      const first = await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [one] }));
      const again = await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [two] }));
      expect(again).toEqual(first);
      expect((await right(store().readStream('booking-1')))[0]?.type).toBe('One');
    });

    it('refuses a batch of which only the beginning is stored', async () => {
      const stored = events(2);
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: stored }));
      const mixed = { stream: 'booking-1', expected: 'no-stream', events: [...stored, event()] } as const;
      expect((await left(store().append(mixed))).type).toBe('RevisionConflict');
      expect(await right(store().readStream('booking-1'))).toHaveLength(2);
    });

    it('refuses a batch whose ids are stored in another order', async () => {
      const [first, second] = [event(), event()];
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [first, second] }));
      const swapped = { stream: 'booking-1', expected: 'no-stream', events: [second, first] } as const;
      expect((await left(store().append(swapped))).type).toBe('RevisionConflict');
    });

    it('refuses ids that are stored at other revisions', async () => {
      const [first, second] = [event(), event()];
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [first, second] }));
      const shifted = { stream: 'booking-1', expected: 'no-stream', events: [second] } as const;
      expect((await left(store().append(shifted))).type).toBe('RevisionConflict');
    });

    it('writes again when the expectation is the present revision, whatever the ids', async () => {
      const same = event();
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [same] }));
      const result = await right(store().append({ stream: 'booking-1', expected: 0, events: [same] }));
      expect(result.revision).toBe(1);
      expect(ids(await right(store().readStream('booking-1')))).toEqual([same.id, same.id]);
    });

    it('takes the same id in another stream as a new event', async () => {
      const same = event();
      const one = await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [same] }));
      const two = await right(store().append({ stream: 'booking-2', expected: 'no-stream', events: [same] }));
      expect(two.position).toBeGreaterThan(one.position);
    });

    it('writes once when the same append arrives many times at once', async () => {
      const append = { stream: 'booking-1', expected: 'no-stream', events: events(2) } as const;
      const results = await Promise.all(Array.from({ length: 20 }, () => right(store().append(append))));
      expect(new Set(results.map((result) => result.position)).size).toBe(1);
      expect(await right(store().readStream('booking-1'))).toHaveLength(2);
    });
  });
