import { describe, expect, it } from 'vitest';
import { describeWith } from '../support/install/describe-with.ts';
import { startRadicale } from '../support/radicale.ts';
import { runningServer } from '../support/running-server.ts';
import { realCalendar } from '../support/scenario-caldav.ts';
import type { Said } from '../support/scenario-people.ts';
import type { World } from '../support/scenario-world.ts';
import { until, world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

const isConfirmedOnce = async ({ records, mails, hooks }: World, booked: Said): Promise<void> => {
  expect(booked).toMatchObject({ http: 201, status: 'accepted' });
  expect(await records.theStream(booked.uid)).toEqual([
    'BookingRequested',
    'CalendarSyncStarted',
    'CalendarSyncSucceeded',
    'BookingAccepted',
    'CalendarEventConfirmed',
  ]);
  expect(await mails.kindsTo('runa')).toEqual(['Confirmed']);
  expect(await mails.kindsTo('odd')).toEqual(['Confirmed']);
  expect(hooks()).toMatchObject([{ trigger: 'BOOKING_CREATED', status: 'ACCEPTED', uid: booked.uid }]);
};

describe('S01 one calendar that accepts', () => {
  it('makes the booking ACCEPTED, after PENDING, and tells everybody once', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const scene = await world({ calendars: [work.calendar] });

    const booked = await scene.runa.books();
    await scene.settled();

    await isConfirmedOnce(scene, booked);
    expect(work.events()).toHaveLength(1);
    expect(work.asked('create')).toBe(1);
    const [stored] = await scene.records.dataOf(booked.uid, 'CalendarSyncSucceeded');
    expect(stored).toMatchObject({ providerEventId: `scripted-work-${booked.uid}@holdfast`, found: false });
    expect(scene.problems).toEqual([]);
  });

  it('shows PENDING, to readers and to nobody else, until the calendar has answered', async () => {
    const work = scriptedCalendar({ calendarId: 'work', plan: { create: [{ type: 'stall' }] } });
    const { runa, settled, mails, hooks } = await world({ calendars: [work.calendar] });

    const booked = await runa.books({}, { async: true });
    expect(booked).toMatchObject({ http: 201, status: 'pending', pendingReason: 'deciding' });
    expect(await runa.looksAt(booked.uid)).toMatchObject({ status: 'pending' });
    expect([await mails.all(), hooks()]).toEqual([[], []]);

    await until('the calendar is asked', () => work.asked('create') === 1);
    work.release();
    await settled();
    expect(await runa.looksAt(booked.uid)).toMatchObject({ status: 'accepted', pendingReason: null });
  });
});

describeWith('radicale', 'S01 one calendar that accepts, on a real CalDAV server', () => {
  const server = runningServer(startRadicale);

  it('holds exactly one event, whose id the log knows', async () => {
    const work = await realCalendar(server());
    const scene = await world({ configured: [work.settings] });

    const booked = await scene.runa.books();
    await scene.settled();

    await isConfirmedOnce(scene, booked);
    expect(await work.uids()).toEqual([`${booked.uid}@holdfast`]);
    const [stored] = await scene.records.dataOf(booked.uid, 'CalendarSyncSucceeded');
    const path = `${new URL(work.settings.url).pathname}${encodeURIComponent(`${booked.uid}@holdfast`)}.ics`;
    expect(stored).toMatchObject({ providerEventId: path, found: false });
  });
});
