import { describe, expect, it } from 'vitest';
import { describeWith } from '../support/install/describe-with.ts';
import { startRadicale } from '../support/radicale.ts';
import { runningServer } from '../support/running-server.ts';
import { realCalendar } from '../support/scenario-caldav.ts';
import type { Said } from '../support/scenario-people.ts';
import type { World } from '../support/scenario-world.ts';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

const isLeftPending = async ({ runa, odd, records, mails, hooks }: World, booked: Said): Promise<void> => {
  expect(booked).toMatchObject({ http: 201, status: 'pending', pendingReason: 'calendar_sync_failed' });
  expect(await runa.looksAt(booked.uid)).toMatchObject({ status: 'pending', pendingReason: 'calendar_sync_failed' });
  expect(await odd.looksAt(booked.uid)).toMatchObject({
    body: { data: { calendars: [{ calendarId: 'work', status: 'failed', failure: { kind: 'forbidden' } }] } },
  });
  expect(await records.theStream(booked.uid)).toEqual([
    'BookingRequested',
    'CalendarSyncStarted',
    'CalendarSyncFailed',
    'BookingLeftPending',
  ]);
  expect(await records.list()).toMatchObject([{ uid: booked.uid, status: 'pending' }]);
  expect(await mails.kindsTo('runa')).toEqual(['Not confirmed yet']);
  expect(await mails.kindsTo('odd')).toEqual(['Action needed']);
  expect(hooks()).toMatchObject([{ trigger: 'BOOKING_CALENDAR_SYNC_FAILED', status: 'PENDING', uid: booked.uid }]);
};

describe('S02 one calendar that refuses for good', () => {
  it('leaves the booking PENDING, says so to both, and confirms nothing', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    work.always('create', { type: 'refuse', kind: 'forbidden' });
    const scene = await world({ calendars: [work.calendar] });

    const booked = await scene.runa.books();
    await scene.settled();

    await isLeftPending(scene, booked);
    const [toRuna] = await scene.mails.to('runa');
    expect(toRuna?.text).toContain('Storgata 1, Oslo');
    expect(toRuna?.calendarParts).toEqual([]);
    const [toOdd] = await scene.mails.to('odd');
    expect(toOdd?.text).toContain('does not allow writing');
    expect(work.events()).toEqual([]);
  });

  it('does not try again on its own, and says no more, before the deadline', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    work.always('create', { type: 'refuse', kind: 'forbidden' });
    const scene = await world({ calendars: [work.calendar] });
    const booked = await scene.runa.books();
    await scene.settled();

    await scene.passes(23 * 3_600_000);

    await isLeftPending(scene, booked);
    expect(work.asked('create')).toBe(1);
  });
});

describeWith('radicale', 'S02 one calendar that refuses for good, on a real CalDAV server', () => {
  const server = runningServer(startRadicale);

  it('leaves the booking PENDING when the calendar can only be read', async () => {
    const work = await realCalendar(server());
    await work.setReadOnly(true);
    const scene = await world({ configured: [work.settings] });

    const booked = await scene.runa.books();
    await scene.settled();

    await isLeftPending(scene, booked);
    expect(await work.uids()).toEqual([]);
  });
});
