import { describe, expect, it } from 'vitest';
import type { CalendarSettings } from '../../src/adapters/calendars/providers.ts';
import { secretOf } from '../../src/application/secret.ts';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

const MINUTE_MS = 60_000;

/** A booking that Odd's calendar holds, and everybody was told of. */
const booked = async () => {
  const work = scriptedCalendar({ calendarId: 'work' });
  const scene = await world({ calendars: [work.calendar] });
  const { uid } = await scene.runa.books();
  await scene.settled();
  return { ...scene, work, uid };
};

/** The clock goes through a day; what becomes due in between is done. */
const aDayPasses = async ({ passes }: Pick<Awaited<ReturnType<typeof booked>>, 'passes'>): Promise<void> => {
  for (let minutes = 0; minutes < 24 * 60; minutes += 10) await passes(10 * MINUTE_MS);
};

describe('a host and a calendar that were taken out of the configuration, with a live booking', () => {
  it('given a cancellation, then guest and host are told from the log: same ORGANIZER, and a CANCEL', async () => {
    const scene = await booked();
    await scene.restarts({ calendars: [], calendarIds: [], withoutOdd: true });

    expect(await scene.runa.cancels(scene.uid)).toMatchObject({ http: 200, status: 'cancelled' });
    await scene.settled();

    expect(await scene.mails.kindsTo('runa')).toEqual(['Confirmed', 'Cancelled']);
    const [confirmed, cancelled] = await scene.mails.to('runa');
    const invitation = (mail: typeof confirmed) => (mail?.calendarParts[0]?.content ?? '').replaceAll(/\r?\n /g, '');
    const organizerOf = (mail: typeof confirmed) => /^ORGANIZER.*$/m.exec(invitation(mail))?.[0];
    expect(organizerOf(cancelled)).toContain('odd@example.com');
    expect(organizerOf(cancelled)).toBe(organizerOf(confirmed));
    expect(invitation(cancelled)).toContain('METHOD:CANCEL');
    expect(await scene.mails.kindsTo('odd')).toEqual(['Confirmed', 'Cancelled', 'Still in your calendar']);
    expect(scene.hooks().map(({ trigger }) => trigger)).toEqual(['BOOKING_CREATED', 'BOOKING_CANCELLED']);
    expect(await scene.records.parked()).toEqual([]);
  });

  it('is named at the start, with the bookings: the host, the calendar, an event type', async () => {
    const scene = await booked();
    const { uid: other } = await scene.runa.books({ eventTypeId: 2, start: '2050-09-06T09:00:00Z' });
    await scene.settled();
    expect(scene.problems).toEqual([]);

    await scene.restarts({ calendars: [], calendarIds: [], withoutOdd: true });
    await scene.settled();
    expect(scene.problems).toEqual([
      `configuration: host "odd" is not configured any more, and has 2 live bookings: ${scene.uid}, ${other}`,
      `configuration: calendar "work" is not configured any more; it has to do with 1 live booking: ${scene.uid}`,
    ]);

    scene.problems.length = 0;
    await scene.restarts({
      withoutOdd: false,
      calendars: [scene.work.calendar],
      calendarIds: ['work'],
      intro: { id: 99 },
    });
    await scene.settled();
    expect(scene.problems).toEqual([
      `configuration: event type 1 is not configured any more, and has 1 live booking: ${scene.uid}`,
    ]);
  });

  it('given an event type that is renamed, then the start names the bookings that go on as they were', async () => {
    const scene = await booked();
    await scene.restarts({ calendars: [scene.work.calendar], calendarIds: ['work'], intro: { slug: 'hello' } });
    await scene.settled();
    expect(scene.problems).toEqual([
      `configuration: event type 1 is called "hello" (Intro) now, and was "intro" (Intro); 1 live booking: ${scene.uid} goes on as it was made`,
    ]);
    expect(await scene.runa.cancels(scene.uid)).toMatchObject({ http: 200, status: 'cancelled' });
  });

  it('given a cancelled booking, when a day passes, then its removal is outstanding, the log the same', async () => {
    const scene = await booked();
    await scene.restarts({ calendars: [], calendarIds: [], withoutOdd: true });
    await scene.runa.cancels(scene.uid);
    await scene.settled();
    const before = await scene.records.theStream(scene.uid);
    expect(before.filter((type) => type === 'CalendarRemovalFailed')).toHaveLength(1);

    await aDayPasses(scene);

    expect(await scene.records.theStream(scene.uid)).toEqual(before);
    expect(await scene.records.dataOf(scene.uid, 'CalendarRemovalFailed')).toMatchObject([
      { calendarId: 'work', kind: 'no-credential', retryAt: null },
    ]);
    expect(scene.work.events()).toHaveLength(1);
  });

  it('given a refused booking, when its calendar is gone from the configuration, then it is tried once', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    work.always('create', { type: 'refuse', kind: 'network' });
    const scene = await world({ calendars: [work.calendar] });
    const { uid } = await scene.runa.books();
    await scene.settled();
    await scene.restarts({ calendars: [], calendarIds: [], withoutOdd: true });
    await scene.passes(10 * MINUTE_MS);
    const before = await scene.records.theStream(uid);

    await aDayPasses(scene);

    const tries = (types: ReadonlyArray<string>) => types.filter((type) => type === 'CalendarSyncStarted').length;
    expect(tries(await scene.records.theStream(uid))).toBe(tries(before));
    expect((await scene.records.dataOf(uid, 'CalendarSyncFailed')).at(-1)).toMatchObject({ kind: 'no-credential' });
  });
});

describe('a calendar that keeps its id and gets another address', () => {
  it('is in the log, and the start names the live bookings that are stored at the old one', async () => {
    const configured = (label: string): CalendarSettings => ({
      type: 'local',
      id: 'own',
      label,
      whenDeleted: 'cancel',
      whenMoved: 'follow',
      deletedGraceMs: 120_000,
    });
    const elsewhere: CalendarSettings = {
      type: 'caldav',
      id: 'own',
      label: 'Own',
      whenDeleted: 'cancel',
      whenMoved: 'follow',
      deletedGraceMs: 120_000,
      url: 'http://user:secret@127.0.0.1:9/dav/?token=secret#secret',
      username: 'odd',
      password: secretOf('secret'),
      calendarName: null,
      ca: null,
    };
    const scene = await world({ configured: [configured('Own')] });
    const { uid } = await scene.runa.books();
    await scene.restarts({ configured: [configured('Another label')] });
    await scene.settled();
    expect(scene.problems).toEqual([]);

    await scene.restarts({ configured: [elsewhere] });
    await scene.settled();

    expect(scene.problems).toContain(
      `configuration: calendar "own" has another address now; stored at the old one: 1 live booking: ${uid}`,
    );
  });
});

describe('what changes in the configuration under a live booking', () => {
  const dav = (password: string): CalendarSettings => ({
    type: 'caldav',
    id: 'work',
    label: 'Work',
    whenDeleted: 'cancel',
    whenMoved: 'follow',
    deletedGraceMs: 120_000,
    url: 'http://127.0.0.1:9/dav/',
    username: 'odd',
    password: secretOf(password),
    calendarName: null,
    ca: null,
  });

  it.each([
    ['the zone of the host', { timeZone: 'Asia/Tokyo' }, 'host "odd" has the zone Asia/Tokyo now, and had Europe/Oslo'],
    ['an event type that is deleted', { intro: { id: 99 } }, 'event type 1 is not configured any more'],
    ['an event type that is renamed', { intro: { slug: 'hello' } }, 'event type 1 is called "hello"'],
    ['another title', { intro: { title: 'Hello' } }, 'event type 1 is called "intro" (Hello)'],
    [
      'a calendar that is removed',
      { configured: [], calendars: [], calendarIds: [] },
      'calendar "work" is not configured',
    ],
    ['a credential that is rotated', { configured: [dav('another')] }, 'calendar "work" has another credential'],
  ] as const)(
    '%s: told with the bookings at a start and at a reload, and the booking goes on',
    async (_, changed, words) => {
      for (const how of ['restarts', 'reloads'] as const) {
        const work = scriptedCalendar({ calendarId: 'work' });
        const scene = await world({ calendars: [work.calendar], configured: [dav('secret')], calendarIds: ['work'] });
        const { uid } = await scene.runa.books();
        await scene.settled();
        expect(scene.problems).toEqual([]);
        await scene[how](changed);
        await scene.settled();
        const told = [...scene.problems, ...scene.said].filter((line) => line.includes(words));
        expect(told.join()).toContain(uid);
        expect(told.join()).not.toMatch(/secret|another"/);
        expect(await scene.runa.cancels(uid)).toMatchObject({ http: 200, status: 'cancelled' });
        await scene.settled();
        expect(await scene.records.parked()).toEqual([]);
      }
    },
  );
});
