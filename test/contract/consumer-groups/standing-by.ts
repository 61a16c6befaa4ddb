import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/application/ports/consumer-groups.ts';
import { right } from '../event-store/harness.ts';
import { ack, type Engine, freshWorld, groupOf, recording } from './harness.ts';

const DAY_MS = 24 * 60 * 60_000;
const retry: Verdict = { type: 'retry', reason: 'x' };

export const standingBy = (engine: Engine) =>
  describe('standing by, and clocks that are wrong', () => {
    const world = freshWorld(engine);

    it('given another node is preferred, then a message waits its time, and comes once', async () => {
      await world().append('booking-1', 'A');
      const { handle, types } = recording();
      const consumer = world().start(groupOf({ handle, standByMs: () => 2_000 }));
      await consumer.idle();
      world().clock.advance(1_999);
      await consumer.idle();
      expect(types()).toEqual([]);
      world().clock.advance(1);
      await consumer.idle();
      expect(types()).toEqual(['A']);
    });

    it('given a message stands by, when the node is killed, then the log brings it again', async () => {
      await world().append('booking-1', 'A');
      await world()
        .start(groupOf({ standByMs: () => 2_000 }))
        .idle();
      await world().restart();
      const { handle, types } = recording();
      await world().start(groupOf({ handle })).idle();
      expect(types()).toEqual(['A']);
    });

    it('given messages stand by, then those of other keys are handled at once, and the order of a key stays', async () => {
      for (const type of ['A1', 'A2']) await world().append('booking-a', type);
      await world().append('booking-b', 'B1');
      const { handle, types } = recording();
      const standByMs = ({ stream }: { readonly stream: string }): number => (stream === 'booking-a' ? 1_000 : 0);
      const consumer = world().start(groupOf({ handle, standByMs }));
      await consumer.idle();
      expect(types()).toEqual(['B1']);
      world().clock.advance(1_000);
      await consumer.idle();
      expect(types()).toEqual(['B1', 'A1', 'A2']);
    });

    it('given a short wait that is not counted, then nothing is written for it, and nothing forgotten', async () => {
      await world().append('booking-1', 'A');
      const consumer = world().start(groupOf({ handle: async () => ({ type: 'defer', afterMs: 5_000 }) }));
      await consumer.idle();
      expect(await right(world().groups().status())).toMatchObject([{ checkpoint: 0, retrying: 0 }]);
      await world().restart();
      const { handle, types } = recording();
      await world().start(groupOf({ handle })).idle();
      expect(types()).toEqual(['A']);
    });

    it('given a clock three days ahead put a message off, when it is set right, then the backoff counts', async () => {
      await world().append('booking-1', 'A');
      const today = world().clock.now();
      world().clock.set(today + 3 * DAY_MS);
      const first = world().start(groupOf({ handle: async () => ({ ...retry, afterMs: 60_000 }) }));
      await first.idle();
      await first.stop();
      world().clock.set(today);
      const { handle, deliveries } = recording();
      const consumer = world().start(groupOf({ handle }));
      await consumer.idle();
      world().clock.advance(59_999);
      await consumer.idle();
      expect(deliveries).toHaveLength(0);
      world().clock.advance(1);
      await consumer.idle();
      expect(deliveries.map(({ attempt }) => attempt)).toEqual([2]);
    });

    it('given the clock is set back while the group runs, then the same', async () => {
      await world().append('booking-1', 'A');
      const today = world().clock.now();
      world().clock.set(today + 3 * DAY_MS);
      const { handle, deliveries } = recording(() => (deliveries.length === 1 ? { ...retry, afterMs: 60_000 } : ack));
      const consumer = world().start(groupOf({ handle }));
      await consumer.idle();
      world().clock.set(today);
      world().clock.advance(60_000);
      await consumer.idle();
      world().clock.advance(60_000);
      await consumer.idle();
      expect(deliveries.map(({ attempt }) => attempt)).toEqual([1, 2]);
    });

    it('given a group whose own rules throw, then that message waits, is said, and the others go on', async () => {
      for (const type of ['Bad', 'Good']) await world().append(`booking-${type}`, type);
      const backoffMs = (): number => {
        throw new Error('no such backoff');
      };
      const { handle, types } = recording(({ event }) => (event.type === 'Bad' && types().length < 3 ? retry : ack));
      const consumer = world().start(groupOf({ handle, backoffMs, maxInFlight: 1 }));
      await consumer.idle();
      expect(types().toSorted()).toEqual(['Bad', 'Good']);
      world().clock.advance(1_000);
      await consumer.idle();
      expect(types()).toContain('Good');
      expect(types().filter((type) => type === 'Bad')).toHaveLength(2);
      expect(world().problems).toEqual([expect.stringContaining('no such backoff')]);
    });

    it('given a subscription that ends by itself, then the group says that it does not follow', async () => {
      const { subscribe } = world().store;
      Object.assign(world().store, { subscribe: () => ({ stop: async () => undefined, done: Promise.resolve() }) });
      const consumer = world().start(groupOf());
      await expect.poll(consumer.trouble).toBe('the subscription has ended');
      Object.assign(world().store, { subscribe });
      await consumer.stop();
      expect(consumer.trouble()).toBeNull();
    });
  });
