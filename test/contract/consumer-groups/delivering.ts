import { describe, expect, it } from 'vitest';
import { right } from '../event-store/harness.ts';
import { ack, type Engine, freshWorld, gate, groupOf, recording } from './harness.ts';

export const delivering = (engine: Engine) =>
  describe('delivering', () => {
    const world = freshWorld(engine);

    it('delivers what is in the log to a group that starts at the beginning, in order, as attempt 1', async () => {
      await world().append('booking-1', 'A');
      await world().append('booking-1', 'B');
      const { handle, deliveries, types } = recording();
      await world().start(groupOf({ handle })).idle();
      expect(types()).toEqual(['A', 'B']);
      expect(deliveries.map((delivery) => delivery.attempt)).toEqual([1, 1]);
    });

    it('delivers the event as the store reads it', async () => {
      await world().append('booking-1', 'A');
      const { handle, deliveries } = recording();
      await world().start(groupOf({ handle })).idle();
      expect(deliveries[0]?.event).toEqual((await right(world().store.readAll(0, 1)))[0]);
    });

    it('delivers what is appended later', async () => {
      const { handle, types } = recording();
      const consumer = world().start(groupOf({ handle }));
      await consumer.idle();
      await world().append('booking-1', 'A');
      await consumer.idle();
      expect(types()).toEqual(['A']);
    });

    it('delivers only later events to a new group that starts now', async () => {
      await world().append('booking-1', 'Old');
      const { handle, types } = recording();
      const consumer = world().start(groupOf({ handle, startAt: 'now' }));
      await consumer.idle();
      await world().append('booking-1', 'New');
      await consumer.idle();
      expect(types()).toEqual(['New']);
    });

    it('delivers only what the group accepts', async () => {
      await world().append('booking-1', 'A');
      await world().append('booking-1', 'B');
      const { handle, types } = recording();
      await world()
        .start(groupOf({ handle, accepts: (message) => message.type === 'B' }))
        .idle();
      expect(types()).toEqual(['B']);
    });

    it('lets each group have its own messages', async () => {
      await world().append('booking-1', 'A');
      const [mail, webhooks] = [recording(), recording()];
      await world()
        .start(groupOf({ name: 'mail', handle: mail.handle }))
        .idle();
      await world()
        .start(groupOf({ name: 'webhooks', handle: webhooks.handle }))
        .idle();
      expect([mail.types(), webhooks.types()]).toEqual([['A'], ['A']]);
    });

    it('handles one message of a key at a time, and other keys beside it', async () => {
      const first = gate();
      const { handle, types } = recording(async ({ event }) => {
        if (event.type === 'A1') await first.wait();
        return ack;
      });
      await world().append('booking-a', 'A1');
      await world().append('booking-a', 'A2');
      await world().append('booking-b', 'B1');
      const consumer = world().start(groupOf({ handle }));
      await first.reached;
      await expect.poll(types).toEqual(['A1', 'B1']);
      first.open();
      await consumer.idle();
      expect(types()).toEqual(['A1', 'B1', 'A2']);
    });

    it('has no more messages in hand than maxInFlight', async () => {
      for (let n = 0; n < 30; n += 1) await world().append(`booking-${n}`);
      let inHand = 0;
      let most = 0;
      const handle = async () => {
        inHand += 1;
        most = Math.max(most, inHand);
        await new Promise((resolve) => setImmediate(resolve));
        inHand -= 1;
        return ack;
      };
      await world()
        .start(groupOf({ handle, maxInFlight: 3 }))
        .idle();
      expect(most).toBe(3);
    });

    it('keeps the order of each key over many keys and hands', async () => {
      for (let n = 0; n < 120; n += 1) await world().append(`booking-${n % 7}`, `${n}`);
      const { handle, deliveries } = recording(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return ack;
      });
      await world()
        .start(groupOf({ handle, maxInFlight: 5 }))
        .idle();
      expect(deliveries).toHaveLength(120);
      for (let key = 0; key < 7; key += 1) {
        const revisions = deliveries
          .filter(({ event }) => event.stream === `booking-${key}`)
          .map(({ event }) => event.revision);
        expect(revisions).toEqual(revisions.map((_, index) => index));
      }
    });

    it('refuses to run a group twice', () => {
      world().start(groupOf());
      expect(() => world().start(groupOf())).toThrow('running already');
    });
  });
