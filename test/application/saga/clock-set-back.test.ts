import { beforeEach, describe, expect, it } from 'vitest';
import { command, epochMs } from '../../../src/testing/index.ts';
import { bookingRequested, commanded, typesIn } from '../process.helper.ts';
import type { World } from './running.helper.ts';
import { boot, makeWorld, operations } from './running.helper.ts';

const stream = 'booking-one';
const DAYS_MS = 86_400_000;
const HOUR_MS = 3_600_000;

let world: World;
beforeEach(() => {
  world = makeWorld();
});

/** The log was written by a clock that was three days ahead; now it is set right. Answers the right time. */
const setRight = (): number => {
  const right = world.clock.now() - 3 * DAYS_MS;
  world.clock.set(right);
  return right;
};

const types = () => typesIn(world.store, stream);

describe('a clock that was three days ahead and is set right', () => {
  it.each(['in the same process', 'after a restart'])(
    'S05 a calendar is tried again after the wait that was planned, %s',
    async (when) => {
      world.work.plan('create', { type: 'refuse', kind: 'network' });
      const before = boot(world);
      await bookingRequested(before.buses, 'one');
      await before.rest('one');
      const right = setRight();
      const { rest } = when === 'after a restart' ? boot(world) : before;
      expect(await rest('one')).toMatchObject({ type: 'idle', due: right + 5_000 });
      world.clock.advance(4_999);
      expect(await rest('one')).toMatchObject({ due: right + 5_000 });
      expect(operations(world.work)).toEqual(['create']);
      world.clock.advance(1);
      await rest('one');
      expect(operations(world.work)).toEqual(['create', 'create', 'change']);
      expect(await types()).toContain('BookingAccepted');
    },
  );

  it('a booking expires when its deadline has passed since then, and not before', async () => {
    world.work.plan('create', { type: 'refuse', kind: 'forbidden' });
    const { buses, rest } = boot(world);
    await bookingRequested(buses, 'one');
    await rest('one');
    const right = setRight();
    expect(await rest('one')).toMatchObject({ due: right + 2 * HOUR_MS });
    world.clock.advance(2 * HOUR_MS - 1);
    await rest('one');
    expect(await types()).not.toContain('BookingExpired');
    world.clock.advance(1);
    await rest('one');
    expect((await types()).at(-1)).toBe('BookingExpired');
  });

  it('a clock that was ahead by less than the deadline is seen as well', async () => {
    world.work.plan('create', { type: 'refuse', kind: 'forbidden' });
    const { buses, rest } = boot(world);
    await bookingRequested(buses, 'one');
    await rest('one');
    world.clock.set(world.clock.now() - HOUR_MS);
    const right = world.clock.now();
    expect(await rest('one')).toMatchObject({ due: right + 2 * HOUR_MS });
    world.clock.advance(2 * HOUR_MS);
    await rest('one');
    expect((await types()).at(-1)).toBe('BookingExpired');
  });

  it('S37 a removal is tried again after the wait that was planned', async () => {
    const { buses, rest } = boot(world);
    await bookingRequested(buses, 'one');
    await rest('one');
    world.work.plan('remove', { type: 'refuse', kind: 'network' });
    await commanded(buses, 'one', { ...command.cancel('guest'), now: world.clock.now() });
    await rest('one');
    const right = setRight();
    expect(await rest('one')).toMatchObject({ due: right + 5_000 });
    world.clock.advance(5_000);
    await rest('one');
    expect((await types()).at(-1)).toBe('CalendarRemovalSucceeded');
  });

  it('S07 the settle window ends as long after as it lasts', async () => {
    world.work.plan('create', { type: 'refuse', kind: 'forbidden' });
    world.home.plan('create', { type: 'stall' });
    const { buses, runner, rest } = boot(world);
    await bookingRequested(buses, 'one', { calendars: ['work', 'home'] });
    await runner.run('one', 0);
    await expect.poll(types).toContain('CalendarSyncFailed');
    const right = setRight();
    expect(await runner.run('one', 0)).toMatchObject({ type: 'busy', due: right + 3_000 });
    world.clock.advance(3_000);
    await runner.run('one', 0);
    expect(await types()).toContain('BookingLeftPending');
    world.home.release();
    await rest('one');
  });

  it('an approval can be given until the meeting ends: that time is not from our clock', async () => {
    const { buses, rest } = boot(world);
    await bookingRequested(buses, 'one', { requiresApproval: true });
    await rest('one');
    setRight();
    expect(await rest('one')).toMatchObject({ type: 'idle', due: epochMs('14:30') });
    world.clock.advance(2 * DAYS_MS);
    await rest('one');
    expect(await types()).not.toContain('BookingExpired');
  });

  it('set back again while it waits, it waits no longer than the once', async () => {
    world.work.plan('create', { type: 'refuse', kind: 'network' });
    const { buses, rest } = boot(world);
    await bookingRequested(buses, 'one');
    await rest('one');
    setRight();
    await rest('one');
    const right = setRight();
    expect(await rest('one')).toMatchObject({ due: right + 5_000 });
  });
});
