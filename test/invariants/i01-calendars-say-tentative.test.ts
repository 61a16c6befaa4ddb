import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import type { Calendar, CalendarEvent } from '../../src/application/ports/calendar.ts';
import type { CalendarSettings } from '../../src/adapters/calendars/providers.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { startRadicale } from '../support/radicale.ts';
import { runningServer } from '../support/running-server.ts';
import { realCalendar } from '../support/scenario-caldav.ts';
import { standInGoogle } from '../support/scenario-google.ts';
import { until, world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';
import { givenServer } from './given-server.ts';
import { book } from './guests.ts';

const poll = { timeout: 10_000, interval: 10 };

const feed: CalendarSettings = {
  type: 'local',
  id: 'built_in',
  label: 'Built-in',
  whenDeleted: 'cancel',
  whenMoved: 'follow',
  deletedGraceMs: 120_000,
};

/** What a reader of the text takes for a yes: iCalendar's words, or those of Google's API. */
const yesIn = (text: string): ReadonlyArray<string> =>
  text
    .replaceAll('\r\n ', '')
    .match(/^STATUS:CONFIRMED|PARTSTAT=ACCEPTED|"status":"confirmed"|"responseStatus":"accepted"/gm) ?? [];

describeWith('radicale', 'I1 nobody who reads a calendar reads a yes before the booking is accepted', () => {
  const server = runningServer(startRadicale);

  it('on a real CalDAV server, at Google (a stand-in), in the feed of a built-in calendar', async () => {
    const [work, { google, settings }] = [await realCalendar(server()), await standInGoogle()];
    const last = scriptedCalendar({ calendarId: 'last' });
    last.always('create', { type: 'stall' });
    const scene = await world({
      configured: [work.settings, settings, feed],
      calendars: [last.calendar],
      acceptance: 'all-of',
    });
    const readers = {
      caldav: async () => (await work.objects()).join(''),
      google: async () => [...google.primary.events.values()].map((event) => JSON.stringify(event)).join(''),
      feed: () => scene.feed(feed.id),
    };
    const all = () => Promise.all(Object.values(readers).map((read) => read()));
    const said = async () => (await all()).map((text) => yesIn(text).length);

    const { uid } = await scene.runa.books({}, { async: true });
    await until('three calendars hold it', async () =>
      (await all()).every((text) => /BEGIN:VEVENT|holdfastBooking/.test(text)),
    );
    await until('the log knows', async () => (await scene.records.dataOf(uid, 'CalendarSyncSucceeded')).length === 3);
    expect(await said()).toEqual([0, 0, 0]);
    expect(await scene.records.theStream(uid)).not.toContain('BookingAccepted');
    expect(await scene.freeSlots('2050-09-05')).not.toContain('09:00');

    last.always('create', { type: 'accept' });
    last.release();
    await scene.settled();
    expect(await scene.odd.looksAt(uid)).toMatchObject({ status: 'accepted' });
    expect(await said()).toEqual([2, 2, 2]);
    const stream = await scene.records.theStream(uid);
    expect(stream.filter((type) => type === 'CalendarEventConfirmed')).toHaveLength(4);
    expect(stream.indexOf('CalendarEventConfirmed')).toBeGreaterThan(stream.indexOf('BookingAccepted'));
  });
});

/** Notes with each write what it says, and what the log says of the booking at that moment. */
const noting = (calendar: Calendar, isAccepted: (uid: string) => boolean) => {
  const written: { status: CalendarEvent['status']; accepted: boolean }[] = [];
  const note = (event: CalendarEvent): void =>
    void written.push({ status: event.status, accepted: isAccepted(event.bookingUid) });
  const create: Calendar['create'] = (event, signal) =>
    TE.flatten(
      TE.fromIO(() => {
        note(event);
        return calendar.create(event, signal);
      }),
    );
  const change: Calendar['change'] = (event, stored, signal) =>
    TE.flatten(
      TE.fromIO(() => {
        note(event);
        return calendar.change(event, stored, signal);
      }),
    );
  return { calendar: { ...calendar, create, change }, written };
};

describe('I1 what is written to calendars', () => {
  it('says confirmed only once BookingAccepted is in the log, with one calendar as with two', async () => {
    const [work, home] = [scriptedCalendar({ calendarId: 'work' }), scriptedCalendar({ calendarId: 'home' })];
    home.plan('create', { type: 'refuse', kind: 'network' });
    const accepted = new Set<string>();
    const isAccepted = (uid: string): boolean => {
      for (const { type, stream } of server.log()) if (type === 'BookingAccepted') accepted.add(stream);
      return accepted.has(`booking-${uid}`);
    };
    const [noted, other] = [noting(work.calendar, isAccepted), noting(home.calendar, isAccepted)];
    const server = await givenServer({
      calendars: [
        { ...work, calendar: noted.calendar },
        { ...home, calendar: other.calendar },
      ],
    });
    for (const minutes of [0, 30, 60]) await book(server.client(), { minutes });
    await expect
      .poll(() => server.log().filter(({ type }) => type === 'CalendarEventConfirmed').length, poll)
      .toBeGreaterThanOrEqual(5);
    await server.idle();
    const written = [...noted.written, ...other.written];
    expect(written.filter(({ status, accepted: isOn }) => status === 'confirmed' && !isOn)).toEqual([]);
    for (const { events } of [work, home])
      expect(events().map(({ status }) => status)).toEqual(['confirmed', 'confirmed', 'confirmed']);
    expect(noted.written.filter(({ status }) => status === 'tentative')).toHaveLength(3);
  });
});
