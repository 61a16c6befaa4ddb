import { describe, expect, it } from 'vitest';
import { type Engine, event, events, freshStore, ids, left, right } from './harness.ts';

export const appending = (engine: Engine) =>
  describe('appending', () => {
    const store = freshStore(engine);

    it('gives the first event of a new stream revision 0', async () => {
      const result = await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [event()] }));
      expect(result.revision).toBe(0);
    });

    it('gives the first event of the log a position above 0', async () => {
      const result = await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [event()] }));
      expect(result.position).toBeGreaterThan(0);
    });

    it('answers with revision and position of the last event of a batch', async () => {
      const result = await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: events(3) }));
      const stored = await right(store().readStream('booking-1'));
      expect(result).toEqual({ revision: 2, position: stored[2]?.position });
    });

    it('goes on at the stated revision', async () => {
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: events(2) }));
      const result = await right(store().append({ stream: 'booking-1', expected: 1, events: [event()] }));
      expect(result.revision).toBe(2);
    });

    it('numbers each stream on its own', async () => {
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: events(2) }));
      const result = await right(store().append({ stream: 'booking-2', expected: 'no-stream', events: [event()] }));
      expect(result.revision).toBe(0);
    });

    it('lets positions rise over all streams', async () => {
      const one = await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [event()] }));
      const two = await right(store().append({ stream: 'booking-2', expected: 'no-stream', events: [event()] }));
      const three = await right(store().append({ stream: 'booking-1', expected: 0, events: [event()] }));
      expect(one.position < two.position && two.position < three.position).toBe(true);
    });

    it('refuses no-stream for a stream that exists, and says where it is', async () => {
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: events(2) }));
      const error = await left(store().append({ stream: 'booking-1', expected: 'no-stream', events: [event()] }));
      expect(error).toEqual({ type: 'RevisionConflict', stream: 'booking-1', expected: 'no-stream', actual: 1 });
    });

    it('refuses a revision that lies behind', async () => {
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: events(3) }));
      const error = await left(store().append({ stream: 'booking-1', expected: 0, events: [event()] }));
      expect(error).toEqual({ type: 'RevisionConflict', stream: 'booking-1', expected: 0, actual: 2 });
    });

    it('refuses a revision that lies ahead', async () => {
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [event()] }));
      const error = await left(store().append({ stream: 'booking-1', expected: 1, events: [event()] }));
      expect(error).toEqual({ type: 'RevisionConflict', stream: 'booking-1', expected: 1, actual: 0 });
    });

    it('refuses a revision of a stream that does not exist', async () => {
      const error = await left(store().append({ stream: 'booking-1', expected: 0, events: [event()] }));
      expect(error).toEqual({ type: 'RevisionConflict', stream: 'booking-1', expected: 0, actual: 'no-stream' });
    });

    it('refuses revision -1 as a way to say no-stream', async () => {
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [event()] }));
      const error = await left(store().append({ stream: 'booking-1', expected: -1, events: [event()] }));
      expect(error.type).toBe('RevisionConflict');
    });

    it('writes nothing of a refused batch', async () => {
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [event()] }));
      const head = await right(store().head());
      await left(store().append({ stream: 'booking-1', expected: 'no-stream', events: events(3) }));
      expect(await right(store().head())).toBe(head);
      expect(await right(store().readStream('booking-1'))).toHaveLength(1);
    });

    it('keeps the order of a batch', async () => {
      const batch = events(20);
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: batch }));
      expect(ids(await right(store().readStream('booking-1')))).toEqual(ids(batch));
    });

    it('takes an append without events as success and writes nothing', async () => {
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: events(2) }));
      const head = await right(store().head());
      const result = await right(store().append({ stream: 'booking-1', expected: 1, events: [] }));
      expect(result).toEqual({ revision: 1, position: head });
      expect(await right(store().head())).toBe(head);
    });

    it('makes no stream of an append without events', async () => {
      await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [] }));
      const result = await right(store().append({ stream: 'booking-1', expected: 'no-stream', events: [event()] }));
      expect(result.revision).toBe(0);
    });
  });
