import { describe, expect, it } from 'vitest';
import { describeWith } from '../support/install/describe-with.ts';
import { startRadicale } from '../support/radicale.ts';
import { runningServer } from '../support/running-server.ts';
import { realCalendar } from '../support/scenario-caldav.ts';
import type { Said } from '../support/scenario-people.ts';
import type { World } from '../support/scenario-world.ts';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

const oneHoldsIt = async ({ odd, records, mails, hooks }: World, booked: Said): Promise<void> => {
  expect(booked).toMatchObject({ http: 201, status: 'accepted' });
  expect(await odd.looksAt(booked.uid)).toMatchObject({
    body: {
      data: {
        calendars: [
          { calendarId: 'work', status: 'held' },
          { calendarId: 'home', status: 'failed', failure: { kind: 'forbidden' } },
        ],
      },
    },
  });
  const shown = { uid: booked.uid, calendars: [{ status: 'held' }, { status: 'failed' }] };
  expect(await records.list()).toMatchObject([shown]);
  expect(await mails.kindsTo('runa')).toEqual(['Confirmed']);
  const toOdd = await mails.to('odd');
  expect(toOdd.filter(({ kind }) => kind === 'Confirmed')).toHaveLength(1);
  const naming = toOdd.filter(({ text }) => /home/.test(text));
  expect(naming).toHaveLength(1);
  expect(naming[0]?.text).not.toMatch(/work calendar/);
  expect(hooks().map(({ trigger }) => trigger)).toEqual(['BOOKING_CREATED']);
};

describe('S04 two calendars, of which one refuses', () => {
  const refusing = () => {
    const home = scriptedCalendar({ calendarId: 'home' });
    home.always('create', { type: 'refuse', kind: 'forbidden' });
    return home;
  };

  it('makes the booking ACCEPTED, once, and names the failing calendar to the host alone', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const home = refusing();
    const scene = await world({ calendars: [work.calendar, home.calendar] });

    const booked = await scene.runa.books();
    await scene.settled();

    await oneHoldsIt(scene, booked);
    expect([work.events().length, home.events().length]).toEqual([1, 0]);
    const [toRuna] = await scene.mails.to('runa');
    expect(toRuna?.text).not.toContain('home');
  });

  it('leaves it PENDING where the host wants all of them', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const home = refusing();
    const { runa, settled, mails } = await world({ calendars: [work.calendar, home.calendar], acceptance: 'all-of' });

    const booked = await runa.books();
    await settled();

    expect(booked).toMatchObject({ status: 'pending', pendingReason: 'calendar_sync_failed' });
    expect(await mails.kindsTo('runa')).toEqual(['Not confirmed yet']);
  });
});

describeWith('radicale', 'S04 two calendars, of which one refuses, on a real CalDAV server', () => {
  const server = runningServer(startRadicale);

  it('makes the booking ACCEPTED, and one calendar holds it', async () => {
    const work = await realCalendar(server());
    const home = await realCalendar(server(), 'home');
    await home.setReadOnly(true);
    const scene = await world({ configured: [work.settings, home.settings] });

    const booked = await scene.runa.books();
    await scene.settled();

    await oneHoldsIt(scene, booked);
    expect([await work.uids(), await home.uids()]).toEqual([[`${booked.uid}@holdfast`], []]);
  });
});
