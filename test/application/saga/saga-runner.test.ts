import { beforeEach, describe, expect, it } from 'vitest';
import { command, epochMs } from '../../../src/testing/index.ts';
import { bookingRequested, commanded, recorded, typesIn } from '../process.helper.ts';
import type { World } from './running.helper.ts';
import { asked, boot, makeWorld, operations } from './running.helper.ts';

const stream = 'booking-one';

let world: World;
beforeEach(() => {
  world = makeWorld();
});

describe('the saga runner', () => {
  it('I1 S01 writes down its intent, then the outcome, and only then accepts', async () => {
    const { buses, rest } = boot(world);
    await bookingRequested(buses, 'one');
    expect(await rest('one')).toEqual({ type: 'idle', due: null, revision: 4 });
    const types = [
      'BookingRequested',
      'CalendarSyncStarted',
      'CalendarSyncSucceeded',
      'BookingAccepted',
      'CalendarEventConfirmed',
    ];
    expect(await typesIn(world.store, stream)).toEqual(types);
    expect(world.work.events()).toHaveLength(1);
  });

  it('I1 S08 an answer without an id accepts nothing; the next try finds what it left behind', async () => {
    world.work.plan('create', { type: 'accept-without-id' });
    const { buses, rest } = boot(world);
    await bookingRequested(buses, 'one');
    expect(await rest('one')).toMatchObject({ type: 'idle', due: epochMs('10:00:05') });
    expect(await typesIn(world.store, stream)).not.toContain('BookingAccepted');
    world.clock.advance(5_000);
    await rest('one');
    expect(await typesIn(world.store, stream)).toContain('BookingAccepted');
    expect(operations(world.work)).toEqual(['create', 'find', 'change']);
    expect(world.work.events()).toHaveLength(1);
  });

  it('S04 S05 both calendars are asked at once, and every event says what caused it', async () => {
    const { buses, runner, rest } = boot(world);
    world.work.plan('create', { type: 'stall' });
    world.home.plan('create', { type: 'stall' });
    await bookingRequested(buses, 'one', { calendars: ['work', 'home'] });
    expect(await runner.run('one', 0)).toMatchObject({ type: 'busy', due: epochMs('12:00') });
    await Promise.all([asked(world.work, 1), asked(world.home, 1)]);
    world.work.release();
    world.home.release();
    await rest('one');
    const events = await recorded(world.store, stream);
    const ids = events.map(({ id }) => id);
    for (const { causationId, type } of events.slice(1)) expect(ids, type).toContain(causationId);
    expect(events.slice(1).every(({ actor }) => actor.kind === 'system')).toBe(true);
  });

  it('a fault in the look that follows a call is told, and the booking goes on when it is progress', async () => {
    let fault: Error | undefined;
    const { runner, buses, problems, rest } = boot(world, {
      loadUpTo: (load) => (uid, revision) => {
        if (fault !== undefined) throw fault;
        return load(uid, revision);
      },
    });
    await bookingRequested(buses, 'one');
    const progress = await runner.run('one', 0);
    if (progress.type !== 'busy') throw new Error(`it is ${progress.type}`);
    fault = new Error('a fault of ours');
    expect(await progress.settled).toBe('done');
    await expect.poll(() => problems.map(({ reason }) => reason)).toEqual(['Error: a fault of ours']);
    fault = undefined;
    await rest('one');
    expect(await typesIn(world.store, stream)).toContain('BookingAccepted');
  });

  it('many runs at once write once', async () => {
    const { buses, runner, rest } = boot(world);
    await bookingRequested(buses, 'one');
    await Promise.all(Array.from({ length: 5 }, () => runner.run('one', 0)));
    await rest('one');
    await Promise.all(Array.from({ length: 5 }, () => runner.run('one', 0)));
    expect(operations(world.work)).toEqual(['create', 'change']);
    expect(await typesIn(world.store, stream)).toHaveLength(5);
  });

  it('S07 tells nobody within the settle window, and is due at its end while a call is under way', async () => {
    const { buses, runner, rest } = boot(world);
    world.work.plan('create', { type: 'refuse', kind: 'forbidden' });
    world.home.plan('create', { type: 'stall' });
    await bookingRequested(buses, 'one', { calendars: ['work', 'home'] });
    await runner.run('one', 0);
    await expect.poll(() => typesIn(world.store, stream)).toContain('CalendarSyncFailed');
    expect(await runner.run('one', 0)).toMatchObject({ type: 'busy', due: epochMs('10:00:03') });
    expect(await typesIn(world.store, stream)).not.toContain('BookingLeftPending');
    world.clock.advance(3_000);
    await runner.run('one', 0);
    expect(await typesIn(world.store, stream)).toContain('BookingLeftPending');
    world.home.release();
    await rest('one');
    expect((await typesIn(world.store, stream)).at(-1)).toBe('CalendarEventConfirmed');
  });

  it('after a downtime past the deadline it expires the booking instead of writing it', async () => {
    const before = boot(world);
    world.work.plan('create', { type: 'refuse', kind: 'network' });
    await bookingRequested(before.buses, 'one');
    await before.rest('one');
    world.clock.set(epochMs('13:00'));
    await boot(world).rest('one');
    expect((await typesIn(world.store, stream)).at(-1)).toBe('BookingExpired');
    expect(operations(world.work)).toEqual(['create']);
  });

  it('S36 S37 takes the event out after a cancel, and tries again when it cannot', async () => {
    const { buses, rest } = boot(world);
    world.work.plan('remove', { type: 'refuse', kind: 'auth-revoked' });
    await bookingRequested(buses, 'one');
    await rest('one');
    await commanded(buses, 'one', command.cancel('guest', { at: '10:01' }));
    expect(await rest('one')).toMatchObject({ due: epochMs('10:00:05') });
    expect(world.work.events()).toHaveLength(1);
    world.clock.advance(5_000);
    expect(await rest('one')).toMatchObject({ due: null });
    expect(world.work.events()).toEqual([]);
    expect((await typesIn(world.store, stream)).slice(-3)).toEqual([
      'BookingCancelled',
      'CalendarRemovalFailed',
      'CalendarRemovalSucceeded',
    ]);
  });

  it('S12 S13 a room comes first; without one the booking goes on', async () => {
    const { buses, rest, problems } = boot(world);
    world.rooms.plan('works', 'fails', 'fails');
    await bookingRequested(buses, 'one', { room: 'jitsi' });
    await bookingRequested(buses, 'two', { room: 'jitsi' });
    await bookingRequested(buses, 'three', { room: 'jitsi', fallbackLink: 'https://fallback.example' });
    for (const uid of ['one', 'two', 'three']) await rest(uid);
    const outcomes = await Promise.all(['one', 'two', 'three'].map((uid) => typesIn(world.store, `booking-${uid}`)));
    expect(outcomes.map((types) => [types[1], types.at(-1)])).toEqual([
      ['RoomReady', 'CalendarEventConfirmed'],
      ['RoomFailed', 'CalendarEventConfirmed'],
      ['RoomReady', 'CalendarEventConfirmed'],
    ]);
    expect(problems).toHaveLength(2);
  });
});
