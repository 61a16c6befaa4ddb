import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/application/ports/consumer-groups.ts';
import { right } from '../event-store/harness.ts';
import { ack, type Engine, freshWorld, gate, groupOf, recording } from './harness.ts';

export const checkpoints = (engine: Engine) =>
  describe('checkpoints, stopping and status', () => {
    const world = freshWorld(engine);

    it('delivers nothing twice after a stop', async () => {
      for (let n = 0; n < 5; n += 1) await world().append(`booking-${n}`);
      const consumer = world().start(groupOf());
      await consumer.idle();
      await consumer.stop();
      await world().restart();
      const { handle, types } = recording();
      await world().append('booking-9', 'New');
      await world().start(groupOf({ handle })).idle();
      expect(types()).toEqual(['New']);
    });

    it('does not move the start of a group that starts now by a kill', async () => {
      await world().append('booking-1', 'Old');
      await world()
        .start(groupOf({ startAt: 'now' }))
        .idle();
      await world().restart();
      await world().append('booking-1', 'New');
      const { handle, types } = recording();
      await world()
        .start(groupOf({ handle, startAt: 'now' }))
        .idle();
      expect(types()).toEqual(['New']);
    });

    it('saves the checkpoint on its own after a while', async () => {
      const checkpoint = await world().append('booking-1', 'A');
      await world().start(groupOf()).idle();
      world().clock.advance(1000);
      await expect.poll(() => world().counts()).toMatchObject([{ checkpoint }]);
      await world().restart();
      const { handle, types } = recording();
      await world().start(groupOf({ handle })).idle();
      expect(types()).toEqual([]);
    });

    it('never moves the checkpoint past a message in hand', async () => {
      const slow = gate();
      const before = recording(async ({ event }) => {
        if (event.type === 'Slow') await slow.wait();
        return ack;
      });
      const position = await world().append('booking-a', 'Slow');
      await world().append('booking-b', 'Fast');
      world().start(groupOf({ handle: before.handle }));
      await expect.poll(before.types).toEqual(['Slow', 'Fast']);
      const [status] = await right(world().groups().status());
      expect(status?.checkpoint).toBeLessThan(position);
      await world().restart();
      slow.open();
      const { handle, types } = recording();
      await world().start(groupOf({ handle })).idle();
      expect(types()).toContain('Slow');
    });

    it('keeps what waits or is parked behind a message in hand, and delivers neither twice, over a kill', async () => {
      const slow = gate();
      const verdicts: Record<string, Verdict> = {
        Retry: { type: 'retry', reason: 'x' },
        Park: { type: 'park', reason: 'x' },
      };
      const handle = async ({ event }: { readonly event: { readonly type: string } }) => {
        if (event.type === 'Slow') await slow.wait();
        return verdicts[event.type] ?? ack;
      };
      for (const type of ['Slow', 'Retry', 'Park']) await world().append(`booking-${type}`, type);
      world().start(groupOf({ handle }));
      await expect.poll(() => world().counts()).toMatchObject([{ checkpoint: 0, retrying: 1, parked: 1 }]);
      await world().restart();
      slow.open();
      const after = recording();
      const consumer = world().start(groupOf({ handle: after.handle }));
      await consumer.idle();
      world().clock.advance(1000);
      await consumer.idle();
      expect(after.types()).toEqual(['Slow', 'Retry']);
    });

    it('moves the checkpoint over events that the group does not accept', async () => {
      const position = await world().append('booking-1', 'A');
      await world()
        .start(groupOf({ accepts: () => false }))
        .idle();
      expect(await right(world().groups().status())).toMatchObject([{ checkpoint: position, head: position }]);
    });

    it('waits for the messages in hand when it is stopped, and takes no new one', async () => {
      const slow = gate();
      const { handle, types } = recording(async () => {
        await slow.wait();
        return ack;
      });
      await world().append('booking-1', 'A');
      await world().append('booking-1', 'B');
      const consumer = world().start(groupOf({ handle }));
      await slow.reached;
      let stopped = false;
      const stopping = consumer.stop().then(() => {
        stopped = true;
      });
      await new Promise((resolve) => setImmediate(resolve));
      expect(stopped).toBe(false);
      slow.open();
      await stopping;
      expect(types()).toEqual(['A']);
      await world().restart();
      const after = recording();
      await world()
        .start(groupOf({ handle: after.handle }))
        .idle();
      expect(after.types()).toEqual(['B']);
    });

    it('can be stopped while it waits for a retry, and started again', async () => {
      await world().append('booking-1');
      const retry: Verdict = { type: 'retry', reason: 'x' };
      const consumer = world().start(groupOf({ handle: async () => retry }));
      await consumer.idle();
      await consumer.stop();
      const { handle, deliveries } = recording();
      const again = world().start(groupOf({ handle }));
      world().clock.advance(1000);
      await again.idle();
      expect(deliveries.map((delivery) => delivery.attempt)).toEqual([2]);
    });

    it('counts what is behind, waiting and parked', async () => {
      await world().append('booking-1', 'Retry');
      await world().append('booking-2', 'Park');
      const last = await world().append('booking-3', 'Ack');
      const verdicts: Record<string, Verdict> = {
        Retry: { type: 'retry', reason: 'x' },
        Park: { type: 'park', reason: 'x' },
      };
      await world()
        .start(groupOf({ handle: async ({ event }) => verdicts[event.type] ?? ack }))
        .idle();
      expect(await right(world().groups().status())).toEqual([
        { name: 'mail', isRunning: true, checkpoint: last, head: last, retrying: 1, parked: 1 },
      ]);
    });
  });
