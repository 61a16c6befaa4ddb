import * as O from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';
import type { CalendarEvent } from '../../../src/application/ports/calendar.ts';
import { command, instant, requestData, rescheduleCommand } from '../../../src/testing/index.ts';
import { mustRun } from '../../support/must.ts';
import { anEvent } from '../../contract/calendar/given.ts';
import { bookingRequested, commanded, recorded } from '../process.helper.ts';
import { boot, makeWorld, operations, type World } from './running.helper.ts';

const live = (): AbortSignal => new AbortController().signal;

/** Our own event, which the calendar has since an attempt that it answered as a failure. */
const leftBehind = (world: World, start: string): Promise<unknown> => {
  const own: Partial<CalendarEvent> = { bookingUid: 'one', icsUid: 'one@holdfast' };
  return mustRun(world.work.calendar.create(anEvent({ ...own, start: instant(start) }), live()));
};

describe('a calendar that has the event already, at another time', () => {
  it('given a booking that has moved meanwhile, then it is moved there, and only then it is accepted', async () => {
    const world = makeWorld();
    const { buses, rest } = boot(world);
    await bookingRequested(buses, 'one', { calendars: ['work'] });
    await leftBehind(world, '12:00');
    await rest('one');
    const [event] = world.work.events();
    const events = await recorded(world.store, 'booking-one');
    expect(event?.start).toBe(requestData().start);
    // The test's own, the saga's, the move of it, and that the booking is on.
    expect(operations(world.work)).toEqual(['create', 'create', 'change', 'change']);
    expect(events.map(({ type }) => type)).toContain('BookingAccepted');
  });

  it('given it will not move it, then nothing says that it holds the booking, nor that it holds nothing', async () => {
    const world = makeWorld();
    const { buses, rest } = boot(world);
    await bookingRequested(buses, 'one', { calendars: ['work'] });
    await leftBehind(world, '12:00');
    world.work.always('change', { type: 'refuse', kind: 'forbidden' });
    await rest('one');
    const events = await recorded(world.store, 'booking-one');
    expect(events.map(({ type }) => type)).not.toContain('CalendarSyncSucceeded');
    expect(events.find(({ type }) => type === 'CalendarSyncFailed')?.data).toMatchObject({ kind: 'outcome-unknown' });
    world.work.always('change', { type: 'accept' });
    await commanded(buses, 'one', command.cancel());
    await rest('one');
    expect(world.work.events()).toEqual([]);
  });

  it('given it calls the event of a move gone, and has it, then it is moved before that is said', async () => {
    const world = makeWorld();
    const { buses, rest } = boot(world);
    await bookingRequested(buses, 'one', { calendars: ['work'] });
    await rest('one');
    await commanded(buses, 'one', rescheduleCommand.request());
    world.work.plan('change', { type: 'refuse', kind: 'calendar-not-found' });
    await rest('one');
    const events = await recorded(world.store, 'booking-one');
    const moved = events.find(({ type }) => type === 'BookingRescheduled');
    expect(moved?.data.start).not.toBe(requestData().start);
    expect(world.work.events().map(({ start }) => start)).toEqual([moved?.data.start]);
    // The event that was there is changed; it is neither written anew nor believed to be at the new time.
    expect(operations(world.work).slice(-3)).toEqual(['change', 'create', 'change']);
    expect(events.find(({ type }) => type === 'CalendarMoveSucceeded')?.data).toMatchObject({ created: false });
  });

  it('given a person who moves it between acceptance and confirmation, then it is not put back unasked', async () => {
    const world = makeWorld();
    const { buses, rest } = boot(world);
    await bookingRequested(buses, 'one', { calendars: ['work'] });
    // The write that tells the calendar that the booking is on fails, and is repeated later.
    world.work.plan('change', { type: 'refuse', kind: 'network' });
    await rest('one');
    const written = world.work.events()[0];
    if (written === undefined) throw new Error('nothing was written');
    const moved = { ...written, start: instant('12:00'), end: instant('12:30') };
    const stored = { providerEventId: 'any', etag: O.none, meetingUrl: O.none };
    await mustRun(world.work.calendar.change(moved, stored, live()));
    world.clock.advance(60_000);
    await rest('one');
    expect(world.work.events()).toMatchObject([{ start: moved.start, status: 'tentative' }]);
    const failures = (await recorded(world.store, 'booking-one')).filter(
      ({ type }) => type === 'CalendarConfirmationFailed',
    );
    expect(failures.length).toBeGreaterThan(1);
    // Back where it was, it is confirmed.
    await mustRun(world.work.calendar.change(written, stored, live()));
    world.clock.advance(3_600_000);
    await rest('one');
    expect(world.work.events()).toMatchObject([{ start: written.start, status: 'confirmed' }]);
  });
});
