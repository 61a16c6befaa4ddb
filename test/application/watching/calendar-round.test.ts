import { describe, expect, it } from 'vitest';
import { rescheduleCommand } from '../../../src/testing/index.ts';
import { given, missing, pass } from './given-watched.helper.ts';

describe('what a round through a calendar cannot follow at once', () => {
  it('a hint that comes while its booking cannot be read is followed when it can', async () => {
    const world = await given();
    const { watching } = world.node();
    world.touchOnce('booking0');
    world.says.set('booking0', missing);
    world.bookingsAreAway(true);
    await pass(world, 10);
    expect(world.asked()).toBe(0);
    world.bookingsAreAway(false);
    await pass(world, 12);
    expect(await world.facts()).toEqual(['CalendarEventMissing']);
    await watching.stop();
  });

  it('a hint that comes while we move the event ourselves is followed when the move is over', async () => {
    const world = await given();
    const { watching } = world.node();
    await world.put('booking0', rescheduleCommand.request({ at: '10:00:00' }));
    world.touchOnce('booking0');
    world.says.set('booking0', missing);
    await pass(world, 4);
    expect(world.asked()).toBe(0);
    await world.put('booking0', rescheduleCommand.fail('calendar_refused', { at: '10:06:00' }));
    await pass(world, 10);
    expect(await world.facts()).toEqual(['CalendarEventMissing']);
    await watching.stop();
  });

  it('a hint that comes before the list has its booking is followed when it has', async () => {
    const world = await given();
    const { watching } = world.node();
    world.touchOnce('booking0');
    world.says.set('booking0', missing);
    world.listIsBehind(true);
    await pass(world, 10);
    expect(world.asked()).toBe(0);
    world.listIsBehind(false);
    await pass(world, 12);
    expect(await world.facts()).toEqual(['CalendarEventMissing']);
    await watching.stop();
  });
});
