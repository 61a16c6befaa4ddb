import { beforeEach, describe, expect, it } from 'vitest';
import { command } from '../../../src/testing/index.ts';
import { bookingRequested, commanded, recorded } from '../process.helper.ts';
import { asked, boot, makeWorld, type World } from './running.helper.ts';

const CONFIRMING_MS = 700;
const REMOVING_MS = 1_500;

let world: World;
beforeEach(() => {
  world = makeWorld();
});

const took = async () =>
  (await recorded(world.store, 'booking-one'))
    .filter(({ type }) => /Confirm|Removal/.test(type))
    .map(({ type, data }) => [type, data.tookMs]);

describe('what is changed in a calendar without an intent in the log', () => {
  it('given calls that take their time, then each outcome says how long its call took', async () => {
    const { buses, runner, rest } = boot(world);
    world.work.plan('change', { type: 'stall-and-refuse', kind: 'network' }, { type: 'stall' });
    world.work.plan('remove', { type: 'stall-and-refuse', kind: 'network' }, { type: 'stall' });
    await bookingRequested(buses, 'one');
    const resting = rest('one');
    await asked(world.work, 2);
    world.clock.advance(CONFIRMING_MS);
    world.work.release();
    await resting;
    world.clock.advance(5_000);
    const again = rest('one');
    await asked(world.work, 3);
    world.work.release();
    await again;
    await commanded(buses, 'one', command.cancel('guest', { at: '10:01' }));
    for (const [calls, wait] of [
      [4, REMOVING_MS],
      [5, REMOVING_MS],
    ] as const) {
      await runner.run('one', 0);
      await asked(world.work, calls);
      world.clock.advance(wait);
      world.work.release();
      await expect.poll(async () => (await took()).length).toBe(calls - 1);
      world.clock.advance(5_000);
    }
    expect(await took()).toEqual([
      ['CalendarConfirmationFailed', CONFIRMING_MS],
      ['CalendarEventConfirmed', 0],
      ['CalendarRemovalFailed', REMOVING_MS],
      ['CalendarRemovalSucceeded', REMOVING_MS],
    ]);
  });

  it('given a clock that is set back during a call, then the call took no time', async () => {
    const { buses, rest } = boot(world);
    world.work.plan('change', { type: 'stall' });
    await bookingRequested(buses, 'one');
    const resting = rest('one');
    await asked(world.work, 2);
    world.clock.set(world.clock.now() - REMOVING_MS);
    world.work.release();
    await resting;
    expect(await took()).toEqual([['CalendarEventConfirmed', 0]]);
  });
});
