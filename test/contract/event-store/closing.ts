import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { collector, type Engine, event, freshStore, left } from './harness.ts';

export const closing = (engine: Engine) =>
  describe('closing', () => {
    const store = freshStore(engine);

    it('refuses appends after close as unavailable', async () => {
      await store().close();
      const error = await left(store().append({ stream: 'booking-1', expected: 'no-stream', events: [event()] }));
      expect(error.type).toBe('Unavailable');
    });

    it('answers the appends that were under way when it was closed', async () => {
      const underWay = Array.from({ length: 10 }, (_, n) =>
        store().append({ stream: `booking-${n}`, expected: 'no-stream', events: [event()] })(),
      );
      await store().close();
      expect((await Promise.all(underWay)).every(E.isRight)).toBe(true);
    });

    it('ends subscriptions on close', async () => {
      const { onEvents } = collector();
      const subscription = store().subscribe({ after: 0, onEvents });
      await store().close();
      await expect(subscription.done).resolves.toBeUndefined();
    });

    it('can be closed twice', async () => {
      await store().close();
      await expect(store().close()).resolves.toBeUndefined();
    });
  });
