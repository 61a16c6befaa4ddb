import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { type Engine, freshWorld, groupOf, recording } from './harness.ts';

/** What only this process can do to its own positions. */
export const keepingPositions = (engine: Engine) =>
  describe('positions of their own', () => {
    const world = freshWorld(engine);

    it('delivers again after a kill what was not saved, and loses nothing', async () => {
      for (let n = 0; n < 5; n += 1) await world().append(`booking-${n}`, `${n}`);
      await world().start(groupOf()).idle();
      await world().restart();
      const { handle, types } = recording();
      await world().start(groupOf({ handle })).idle();
      expect(types().toSorted()).toEqual(['0', '1', '2', '3', '4']);
    });

    it('subscribes again when the subscription breaks, and delivers nothing twice', async () => {
      await world().append('booking-1', 'A');
      let broken = 0;
      const { subscribe } = world().store;
      const breaking: EventStore['subscribe'] = (options) => {
        broken += 1;
        return broken > 2
          ? subscribe(options)
          : { stop: async () => undefined, done: Promise.reject(new Error('connection lost')) };
      };
      const { handle, types } = recording();
      Object.assign(world().store, { subscribe: breaking });
      const consumer = world().start(groupOf({ handle }));
      await expect.poll(() => world().clock.pending()).toBeGreaterThan(0);
      await expect
        .poll(() => {
          world().clock.advance(30_000);
          return types();
        })
        .toEqual(['A']);
      await consumer.idle();
      expect(world().problems).toHaveLength(2);
      expect(E.isRight(await world().groups().status()())).toBe(true);
    });
  });
