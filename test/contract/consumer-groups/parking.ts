import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/application/ports/consumer-groups.ts';
import { right } from '../event-store/harness.ts';
import { ack, type Engine, freshWorld, groupOf, recording } from './harness.ts';

const retry: Verdict = { type: 'retry', reason: 'refused' };
const poisonous = ({ event }: { readonly event: { readonly type: string } }): Verdict =>
  event.type === 'Poison' ? { type: 'park', reason: 'cannot be read' } : ack;

export const parking = (engine: Engine) =>
  describe('parking', () => {
    const world = freshWorld(engine);

    it('parks after so many attempts, and says what, where, why and when', async () => {
      const position = await world().append('booking-1', 'Poison');
      const { handle, deliveries } = recording(() => retry);
      const consumer = world().start(groupOf({ handle, maxAttempts: 2 }));
      await consumer.idle();
      world().clock.advance(1000);
      await consumer.idle();
      await consumer.stop();
      expect(deliveries).toHaveLength(2);
      expect(await right(world().groups().parked('mail'))).toEqual([
        {
          group: 'mail',
          position,
          stream: 'booking-1',
          type: 'Poison',
          attempts: 2,
          reason: 'refused',
          parkedAt: '2050-09-01T00:00:01Z',
        },
      ]);
    });

    it('parks at once when the verdict says so', async () => {
      await world().append('booking-1', 'Poison');
      const { handle, deliveries } = recording(poisonous);
      await world().start(groupOf({ handle })).idle();
      expect(deliveries).toHaveLength(1);
      expect(await right(world().groups().parked())).toMatchObject([{ attempts: 1, reason: 'cannot be read' }]);
    });

    it('lets one poisoned message park alone: its key and all others go on', async () => {
      for (const type of ['A', 'Poison', 'B']) await world().append('booking-1', type);
      await world().append('booking-2', 'C');
      const { handle, types } = recording(poisonous);
      await world().start(groupOf({ handle })).idle();
      expect(types().toSorted()).toEqual(['A', 'B', 'C', 'Poison']);
      expect(await right(world().groups().parked())).toHaveLength(1);
    });

    it('parks a message that its group cannot sort, and goes on', async () => {
      await world().append('booking-1', 'Poison');
      await world().append('booking-1', 'A');
      const { handle, types } = recording();
      const keyOf = (event: { readonly type: string }): string => {
        if (event.type === 'Poison') throw new Error('no key');
        return 'key';
      };
      await world().start(groupOf({ handle, keyOf })).idle();
      expect(types()).toEqual(['A']);
      expect(await right(world().groups().parked())).toMatchObject([{ type: 'Poison' }]);
    });

    it('does not deliver a parked message again after a kill', async () => {
      await world().append('booking-1', 'Poison');
      await world()
        .start(groupOf({ handle: recording(poisonous).handle }))
        .idle();
      await expect.poll(() => world().counts()).toMatchObject([{ parked: 1 }]);
      await world().restart();
      const { handle, types } = recording();
      await world().start(groupOf({ handle })).idle();
      expect(types()).toEqual([]);
    });

    it('lists the parked messages of one group or of all', async () => {
      await world().append('booking-1', 'Poison');
      for (const name of ['mail', 'webhooks']) {
        await world()
          .start(groupOf({ name, handle: recording(poisonous).handle }))
          .idle();
      }
      expect(await right(world().groups().parked('webhooks'))).toHaveLength(1);
      expect((await right(world().groups().parked())).map((message) => message.group)).toEqual(['mail', 'webhooks']);
    });

    it('delivers a replayed message again, attempts counted anew', async () => {
      await world().append('booking-1', 'Poison');
      const { handle, deliveries } = recording(() => (deliveries.length === 1 ? { type: 'park', reason: 'x' } : ack));
      const consumer = world().start(groupOf({ handle }));
      await consumer.idle();
      expect(await right(world().groups().replayParked('mail'))).toBe(1);
      await consumer.idle();
      expect(deliveries.map((delivery) => delivery.attempt)).toEqual([1, 1]);
      expect(await right(world().groups().parked())).toEqual([]);
    });

    it('replays the one at a position, or all of the group', async () => {
      const positions = [await world().append('booking-1', 'Poison'), await world().append('booking-2', 'Poison')];
      const consumer = world().start(groupOf({ handle: recording(poisonous).handle }));
      await consumer.idle();
      expect(await right(world().groups().replayParked('mail', positions[1]))).toBe(1);
      expect(await right(world().groups().replayParked('mail', 999))).toBe(0);
      await consumer.idle();
      expect(await right(world().groups().replayParked('mail'))).toBe(2);
    });

    it('replays to a group that is not running once it is started', async () => {
      await world().append('booking-1', 'Poison');
      const first = world().start(groupOf({ handle: recording(poisonous).handle }));
      await first.idle();
      await first.stop();
      expect(await right(world().groups().replayParked('mail'))).toBe(1);
      const { handle, types } = recording();
      await world().start(groupOf({ handle })).idle();
      expect(types()).toEqual(['Poison']);
    });
  });
