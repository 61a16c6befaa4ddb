import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/application/ports/consumer-groups.ts';
import { ack, type Engine, freshWorld, gate, groupOf, recording } from './harness.ts';

const retry: Verdict = { type: 'retry', reason: 'not now' };

export const retrying = (engine: Engine) =>
  describe('retrying', () => {
    const world = freshWorld(engine);

    it('delivers again after the backoff, not before, and counts', async () => {
      await world().append('booking-1');
      const { handle, deliveries } = recording(({ attempt }) => (attempt < 3 ? retry : ack));
      const consumer = world().start(groupOf({ handle }));
      const attempts = () => deliveries.map((delivery) => delivery.attempt);
      await consumer.idle();
      world().clock.advance(999);
      await consumer.idle();
      expect(attempts()).toEqual([1]);
      world().clock.advance(1);
      await consumer.idle();
      expect(attempts()).toEqual([1, 2]);
      world().clock.advance(2000);
      await consumer.idle();
      expect(attempts()).toEqual([1, 2, 3]);
    });

    it('waits as long as the verdict says', async () => {
      await world().append('booking-1');
      const { handle, deliveries } = recording(({ attempt }) => (attempt === 1 ? { ...retry, afterMs: 60_000 } : ack));
      const consumer = world().start(groupOf({ handle }));
      await consumer.idle();
      world().clock.advance(59_999);
      await consumer.idle();
      expect(deliveries).toHaveLength(1);
      world().clock.advance(1);
      await consumer.idle();
      expect(deliveries).toHaveLength(2);
    });

    it('takes a rejection for a retry with its message', async () => {
      await world().append('booking-1');
      const handle = () => Promise.reject(new Error('broken pipe'));
      await world()
        .start(groupOf({ handle, maxAttempts: 1 }))
        .idle();
      const parked = await world().groups().parked()();
      expect(parked).toMatchObject({ right: [{ reason: 'broken pipe', attempts: 1 }] });
    });

    it('takes a handler that throws at once for a retry', async () => {
      await world().append('booking-1');
      const handle = () => {
        throw new Error('thrown at once');
      };
      await world()
        .start(groupOf({ handle, maxAttempts: 1 }))
        .idle();
      expect(await world().groups().parked()()).toMatchObject({ right: [{ reason: 'thrown at once' }] });
    });

    it('does not count a deferred attempt', async () => {
      await world().append('booking-1');
      let deferrals = 0;
      const { handle, deliveries } = recording(() => {
        deferrals += 1;
        return deferrals <= 5 ? { type: 'defer', afterMs: 100 } : ack;
      });
      const consumer = world().start(groupOf({ handle, maxAttempts: 2 }));
      for (let turn = 0; turn < 5; turn += 1) {
        await consumer.idle();
        world().clock.advance(100);
      }
      await consumer.idle();
      expect(deliveries.map((delivery) => delivery.attempt)).toEqual([1, 1, 1, 1, 1, 1]);
    });

    it('holds back later messages of the same key only', async () => {
      await world().append('booking-a', 'A1');
      await world().append('booking-a', 'A2');
      await world().append('booking-b', 'B1');
      const { handle, types } = recording(({ event, attempt }) => (event.type === 'A1' && attempt === 1 ? retry : ack));
      const consumer = world().start(groupOf({ handle }));
      await consumer.idle();
      await world().append('booking-a', 'A3');
      await world().append('booking-b', 'B2');
      await consumer.idle();
      expect(types()).toEqual(['A1', 'B1', 'B2']);
      world().clock.advance(1000);
      await consumer.idle();
      expect(types()).toEqual(['A1', 'B1', 'B2', 'A1', 'A2', 'A3']);
    });

    it('holds back messages that arrived while the first was in hand', async () => {
      const first = gate();
      const { handle, types } = recording(async ({ event, attempt }) => {
        if (event.type !== 'A1' || attempt > 1) return ack;
        await first.wait();
        return retry;
      });
      await world().append('booking-a', 'A1');
      await world().append('booking-a', 'A2');
      const consumer = world().start(groupOf({ handle }));
      await first.reached;
      first.open();
      await consumer.idle();
      expect(types()).toEqual(['A1']);
      world().clock.advance(1000);
      await consumer.idle();
      expect(types()).toEqual(['A1', 'A1', 'A2']);
    });

    it('goes on with other keys however many messages of one key wait', async () => {
      for (let n = 0; n < 50; n += 1) await world().append('booking-a', `A${n}`);
      await world().append('booking-b', 'B');
      const { handle, types } = recording(({ event }) =>
        event.stream === 'booking-a' ? { ...retry, afterMs: 1e6 } : ack,
      );
      await world()
        .start(groupOf({ handle, maxInFlight: 2 }))
        .idle();
      expect(types()).toEqual(['A0', 'B']);
    });

    it('remembers attempts and due time over a kill', async () => {
      await world().append('booking-1');
      const before = recording(() => ({ ...retry, afterMs: 60_000 }));
      const consumer = world().start(groupOf({ handle: before.handle }));
      await consumer.idle();
      await expect.poll(() => world().counts()).toMatchObject([{ retrying: 1 }]);
      await world().restart();
      const { handle, deliveries } = recording();
      const after = world().start(groupOf({ handle }));
      await after.idle();
      expect(deliveries).toEqual([]);
      world().clock.advance(60_000);
      await after.idle();
      expect(deliveries.map((delivery) => delivery.attempt)).toEqual([2]);
    });

    it('forgets a retry that succeeded', async () => {
      await world().append('booking-1');
      const consumer = world().start(groupOf({ handle: async ({ attempt }) => (attempt === 1 ? retry : ack) }));
      await consumer.idle();
      world().clock.advance(1000);
      await consumer.idle();
      await consumer.stop();
      expect(await world().counts()).toMatchObject([{ retrying: 0 }]);
      const { handle, deliveries } = recording();
      await world().start(groupOf({ handle })).idle();
      expect(deliveries).toEqual([]);
    });

    it('remembers over a kill what waited behind a retry, in order', async () => {
      for (const type of ['A1', 'A2', 'A3']) await world().append('booking-a', type);
      await world()
        .start(groupOf({ handle: recording(() => retry).handle }))
        .idle();
      await expect.poll(() => world().counts()).toMatchObject([{ retrying: 3 }]);
      await world().restart();
      const { handle, types } = recording();
      const after = world().start(groupOf({ handle }));
      world().clock.advance(1000);
      await after.idle();
      expect(types()).toEqual(['A1', 'A2', 'A3']);
    });
  });
