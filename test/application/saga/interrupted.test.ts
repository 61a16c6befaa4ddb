import * as E from 'fp-ts/lib/Either.js';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { command } from '../../../src/testing/index.ts';
import { bookingRequested, bootBuses, commanded, recorded, typesIn } from '../process.helper.ts';
import type { World } from './running.helper.ts';
import { asked, boot, makeWorld, operations } from './running.helper.ts';

const stream = 'booking-one';

let world: World;
beforeEach(async () => {
  world = makeWorld();
  await bookingRequested(bootBuses(world.store), 'one');
});

/** Refuses appends that hold such an event, as a full disk would; counts how often it was asked. */
const refusing = (types: (type: string) => boolean) => {
  let refused = 0;
  const append: EventStore['append'] = (one) => {
    if (!one.events.some(({ type }) => types(type))) return world.store.append(one);
    refused += 1;
    return async () => E.left({ type: 'Unavailable', reason: 'disk full' });
  };
  return { store: { ...world.store, append }, refused: () => refused };
};

describe('a process that dies', () => {
  it("S11 between a calendar's success and its record: the one event is found, it is accepted", async () => {
    const full = refusing((type) => type === 'CalendarSyncSucceeded');
    await boot(world, { store: full.store }).rest('one');
    expect(await typesIn(world.store, stream)).toEqual(['BookingRequested', 'CalendarSyncStarted']);
    expect(world.work.events()).toHaveLength(1);

    await boot(world).rest('one');
    expect(operations(world.work)).toEqual(['create', 'find', 'change']);
    expect((await recorded(world.store, stream)).at(2)).toMatchObject({
      type: 'CalendarSyncSucceeded',
      data: { found: true },
    });
    expect((await typesIn(world.store, stream)).at(-1)).toBe('CalendarEventConfirmed');
    expect(world.work.events()).toHaveLength(1);
  });

  it('between the intent and the call: looks first, then writes', async () => {
    await commanded(bootBuses(world.store), 'one', command.startSync('work'));
    await boot(world).rest('one');
    expect(operations(world.work)).toEqual(['find', 'create', 'change']);
    expect((await typesIn(world.store, stream)).at(-1)).toBe('CalendarEventConfirmed');
  });

  it('and was cancelled meanwhile: nothing is written, what may be there is removed', async () => {
    await commanded(bootBuses(world.store), 'one', command.startSync('work'), command.cancel());
    await boot(world).rest('one');
    expect(operations(world.work)).toEqual(['remove']);
    expect((await typesIn(world.store, stream)).at(-1)).toBe('CalendarRemovalSucceeded');
  });
});

describe('a lost answer', () => {
  it('is looked up before the next try, also when the look-up fails in between', async () => {
    world.work.plan('create', { type: 'lose-answer' });
    world.work.plan('find', { type: 'refuse', kind: 'network' });
    const { rest } = boot(world);
    for (const _ of [1, 2, 3]) {
      await rest('one');
      world.clock.advance(60_000);
    }
    expect(operations(world.work)).toEqual(['create', 'find', 'find', 'change']);
    expect((await typesIn(world.store, stream)).at(-1)).toBe('CalendarEventConfirmed');
    expect(world.work.events()).toHaveLength(1);
  });

  it('and a cancel after a failed look-up leave no orphan', async () => {
    world.work.plan('create', { type: 'lose-answer' });
    world.work.plan('find', { type: 'refuse', kind: 'forbidden' });
    const { rest, buses } = boot(world);
    await rest('one');
    world.clock.advance(60_000);
    await rest('one');
    await commanded(buses, 'one', command.cancel('guest', { at: '10:05' }));
    await rest('one');
    expect(world.work.events()).toEqual([]);
    expect((await typesIn(world.store, stream)).at(-1)).toBe('CalendarRemovalSucceeded');
  });
});

describe('a stop', () => {
  it('lets a call finish and writes its outcome', async () => {
    world.work.plan('create', { type: 'stall' });
    const { runner } = boot(world);
    await runner.run('one', 0);
    await asked(world.work, 1);
    const stopped = runner.stop(10_000);
    world.work.release();
    await stopped;
    expect((await typesIn(world.store, stream)).slice(-2)).toEqual(['CalendarSyncSucceeded', 'BookingAccepted']);
    expect(await runner.run('one', 0)).toEqual({ type: 'stopping' });
    expect(operations(world.work)).toEqual(['create']);
  });

  it('cuts a call that takes too long; its intent stays, and it is resolved at the next start', async () => {
    world.work.plan('create', { type: 'stall' });
    const { runner } = boot(world);
    await runner.run('one', 0);
    await asked(world.work, 1);
    const stopped = runner.stop(10_000);
    world.clock.advance(10_000);
    await stopped;
    expect(await typesIn(world.store, stream)).toEqual(['BookingRequested', 'CalendarSyncStarted']);

    await boot(world).rest('one');
    expect(operations(world.work)).toEqual(['create', 'find', 'create', 'change']);
    expect((await typesIn(world.store, stream)).at(-1)).toBe('CalendarEventConfirmed');
    expect(world.work.events()).toHaveLength(1);
  });

  it('begins nothing new', async () => {
    const { runner } = boot(world);
    await runner.stop(0);
    expect(await runner.run('one', 0)).toEqual({ type: 'stopping' });
    expect(world.work.calls).toEqual([]);
  });
});

describe('a store that cannot be written or read', () => {
  it('is asked once per look, and no calendar is called without the intent in the log', async () => {
    const full = refusing(() => true);
    const { runner, problems } = boot(world, { store: full.store });
    const progress = await runner.run('one', 0);
    expect(progress.type === 'busy' && (await progress.settled)).toBe('unavailable');
    expect(full.refused()).toBe(1);
    expect(world.work.calls).toEqual([]);
    expect(problems).toEqual([
      { where: 'saga StartCalendarSync of one', reason: expect.stringContaining('disk full') },
    ]);
  });

  it('a decision that cannot be written is not made again and again', async () => {
    world.work.always('create', { type: 'refuse', kind: 'network' });
    world.home.always('create', { type: 'refuse', kind: 'network' });
    const full = refusing((type) => type === 'BookingExpired');
    const { rest } = boot(world, { store: full.store });
    await rest('one');
    world.clock.advance(3 * 86_400_000);
    expect(await rest('one')).toMatchObject({ type: 'failed', reason: 'Expire could not be written' });
    expect(full.refused()).toBeLessThanOrEqual(2);
  });

  it('a read that fails is a failed look', async () => {
    const unreadable: EventStore = {
      ...world.store,
      readStream: () => async () => E.left({ type: 'Corrupt', reason: 'bits' }),
    };
    expect(await boot(world, { store: unreadable }).runner.run('one', 0)).toMatchObject({
      type: 'failed',
      reason: expect.stringContaining('bits'),
    });
  });
});
