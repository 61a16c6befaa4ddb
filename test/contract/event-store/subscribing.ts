import { describe, expect, it } from 'vitest';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { collector, type Engine, event, events, freshStore, ids, right } from './harness.ts';

const fill = (store: EventStore, stream: string, count: number) =>
  right(store.append({ stream, expected: 'no-stream', events: events(count) }));

export const subscribing = (engine: Engine) =>
  describe('subscribing', () => {
    const store = freshStore(engine);

    it('delivers what is in the log already, in order', async () => {
      await fill(store(), 'booking-1', 5);
      const { onEvents, until } = collector();
      const subscription = store().subscribe({ after: 0, onEvents });
      expect(ids(await until(5))).toEqual(ids(await right(store().readAll(0, 100))));
      await subscription.stop();
    });

    it('starts after the given position, exclusive', async () => {
      const first = await fill(store(), 'booking-1', 3);
      await fill(store(), 'booking-2', 2);
      const { onEvents, until } = collector();
      const subscription = store().subscribe({ after: first.position, onEvents });
      expect((await until(2)).map((each) => each.stream)).toEqual(['booking-2', 'booking-2']);
      await subscription.stop();
    });

    it('delivers events that are appended later', async () => {
      const { onEvents, until } = collector();
      const subscription = store().subscribe({ after: 0, onEvents });
      await fill(store(), 'booking-1', 2);
      await until(2);
      await fill(store(), 'booking-2', 2);
      expect(await until(4)).toHaveLength(4);
      await subscription.stop();
    });

    it('delivers events as they are read', async () => {
      const { onEvents, until } = collector();
      const subscription = store().subscribe({ after: 0, onEvents });
      await right(
        store().append({ stream: 'booking-1', expected: 'no-stream', events: [event('A', { ü: [1, null] })] }),
      );
      expect(await until(1)).toEqual(await right(store().readAll(0, 1)));
      await subscription.stop();
    });

    it('hands over from old to live events without gap or duplicate while others append', async () => {
      await fill(store(), 'booking-old', 300);
      const { onEvents, until } = collector();
      const subscription = store().subscribe({ after: 0, batchSize: 7, onEvents });
      // As many at once as a store takes, also on a busy machine.
      for (let wave = 0; wave < 8; wave += 1)
        await Promise.all(Array.from({ length: 25 }, (_, n) => fill(store(), `booking-${wave}x${n}`, 2)));
      const seen = await until(700);
      expect(ids(seen)).toEqual(ids(await right(store().readAll(0, 1000))));
      await subscription.stop();
    });

    it('delivers batches no bigger than asked for', async () => {
      await fill(store(), 'booking-1', 10);
      const sizes: Array<number> = [];
      const { onEvents, until } = collector();
      const subscription = store().subscribe({
        after: 0,
        batchSize: 4,
        onEvents: async (batch) => {
          sizes.push(batch.length);
          await onEvents(batch);
        },
      });
      await until(10);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(4);
      await subscription.stop();
    });

    it('waits for one batch before it delivers the next', async () => {
      await fill(store(), 'booking-1', 10);
      let inHand = 0;
      let most = 0;
      const { onEvents, until } = collector();
      const subscription = store().subscribe({
        after: 0,
        batchSize: 2,
        onEvents: async (batch) => {
          inHand += 1;
          most = Math.max(most, inHand);
          await new Promise((resolve) => setImmediate(resolve));
          inHand -= 1;
          await onEvents(batch);
        },
      });
      await until(10);
      expect(most).toBe(1);
      await subscription.stop();
    });

    it('serves several subscriptions, each from its own position', async () => {
      const first = await fill(store(), 'booking-1', 3);
      const [one, two] = [collector(), collector()];
      const subscriptions = [
        store().subscribe({ after: 0, onEvents: one.onEvents }),
        store().subscribe({ after: first.position, onEvents: two.onEvents }),
      ];
      await fill(store(), 'booking-2', 2);
      expect([(await one.until(5)).length, (await two.until(2)).length]).toEqual([5, 2]);
      await Promise.all(subscriptions.map((subscription) => subscription.stop()));
    });

    it('delivers nothing after stop, and resolves done', async () => {
      const { onEvents, seen, until } = collector();
      const subscription = store().subscribe({ after: 0, onEvents });
      await fill(store(), 'booking-1', 1);
      await until(1);
      await subscription.stop();
      await fill(store(), 'booking-2', 1);
      await expect(subscription.done).resolves.toBeUndefined();
      expect(seen).toHaveLength(1);
    });

    it('ends when onEvents is rejected, and done says why', async () => {
      await fill(store(), 'booking-1', 2);
      const subscription = store().subscribe({
        after: 0,
        onEvents: () => Promise.reject(new Error('cannot handle this')),
      });
      await expect(subscription.done).rejects.toThrow('cannot handle this');
    });

    it('goes on for others when one ends', async () => {
      const broken = store().subscribe({ after: 0, onEvents: () => Promise.reject(new Error('broken')) });
      const { onEvents, until } = collector();
      const subscription = store().subscribe({ after: 0, onEvents });
      const ended = expect(broken.done).rejects.toThrow('broken');
      await fill(store(), 'booking-1', 2);
      await ended;
      await fill(store(), 'booking-2', 2);
      expect(await until(4)).toHaveLength(4);
      await subscription.stop();
    });
  });
