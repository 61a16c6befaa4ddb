import { join } from 'node:path';
import { isLeft } from 'fp-ts/lib/Either.js';
import ICAL from 'ical.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalCalendars, openLocalCalendars } from '../../../../src/adapters/calendars/local/local-calendars.ts';
import type { DataFile } from '../../../../src/adapters/sqlite/data-file.ts';
import { anEvent, fails, live, ownOf, succeeds } from '../../../contract/calendar/given.ts';
import { makeTestClock } from '../../../support/clock.ts';
import { mustOpen, temporaryDataFile, temporaryFolder } from '../../../support/data-file.ts';

type Opened = Awaited<ReturnType<typeof temporaryDataFile>> & { readonly calendars: LocalCalendars };

const calendarsOf = (file: DataFile): LocalCalendars => {
  const calendars = openLocalCalendars({ file, clock: makeTestClock() });
  if (isLeft(calendars)) throw new Error(calendars.left.type);
  return calendars.right;
};

const open = async (): Promise<Opened> => {
  const data = await temporaryDataFile();
  return { ...data, calendars: calendarsOf(data.file) };
};

const eventsOf = (feed: string): ReadonlyArray<Readonly<Record<string, string>>> =>
  new ICAL.Component(ICAL.parse(feed))
    .getAllSubcomponents('vevent')
    .map((event) =>
      Object.fromEntries(
        ['uid', 'sequence', 'dtstamp', 'dtstart', 'dtend', 'summary', 'description', 'x-holdfast-booking'].map(
          (name) => [name, String(event.getFirstPropertyValue(name))],
        ),
      ),
    );

describe('feed of the built-in calendar', () => {
  let opened: Opened | undefined;
  const given = (): Opened => {
    if (opened === undefined) throw new Error('not open');
    return opened;
  };
  beforeEach(async () => {
    opened = await open();
  });
  afterEach(() => opened?.remove());

  it('has nobody in events of a booking whose people are erased, in any calendar', async () => {
    const { calendars } = given();
    const [one, two] = [anEvent({ summary: 'with Runa' }), anEvent({ summary: 'with Ivar' })];
    const ofIvar = { ...two, bookingUid: 'bk2', icsUid: 'bk2@holdfast.test' };
    for (const name of ['a', 'odd', 'z']) await succeeds(calendars.calendar(name).create(one, live()));
    await succeeds(calendars.calendar('odd').create(ofIvar, live()));
    await calendars.erasePeople(ownOf(one));
    const summaries = async (name: string) =>
      eventsOf(await succeeds(calendars.feed(name, name, live()))).map(({ summary }) => summary);
    expect(await summaries('a')).toEqual(['(erased)']);
    expect(await summaries('z')).toEqual(['(erased)']);
    expect((await summaries('odd')).toSorted()).toEqual(['(erased)', 'with Ivar']);
  });

  it('holds every event as it stands, with METHOD:PUBLISH, in the order of their starts', async () => {
    const { calendars } = given();
    const calendar = calendars.calendar('odd');
    const hostile = 'a;b,c\\d "e"\nEND:VEVENT é'.repeat(9);
    const stored = await succeeds(calendar.create(anEvent({ description: hostile }), live()));
    await succeeds(
      calendar.create(
        anEvent({
          bookingUid: 'bk2',
          icsUid: 'bk2@holdfast.test',
          start: '2050-09-01T09:00:00Z',
          end: '2050-09-01T09:30:00Z',
        }),
        live(),
      ),
    );
    await succeeds(calendar.change(anEvent({ description: hostile, sequence: 3 }), stored, live()));
    await succeeds(calendars.calendar('other').create(anEvent({ icsUid: 'elsewhere' }), live()));
    const feed = await succeeds(calendars.feed('odd', 'Odd; bookings', live()));
    expect(feed).toMatch(/^METHOD:PUBLISH\r$/m);
    expect(eventsOf(feed)).toMatchObject([
      { uid: 'bk2@holdfast.test', sequence: '0' },
      {
        uid: 'bk1@holdfast.test',
        sequence: '3',
        dtstamp: '2050-09-01T00:00:00Z',
        dtstart: '2050-09-05T09:00:00Z',
        dtend: '2050-09-05T09:30:00Z',
        description: hostile,
        'x-holdfast-booking': 'bk1',
      },
    ]);
  });

  it('says TENTATIVE of an event and everybody in it until it is confirmed, and blocks the time', async () => {
    const { calendars } = given();
    const calendar = calendars.calendar('odd');
    const lines = async (): Promise<ReadonlyArray<string>> =>
      (await succeeds(calendars.feed('odd', 'Odd', live()))).replaceAll('\r\n ', '').split('\r\n');
    const stored = await succeeds(calendar.create(anEvent({ status: 'tentative' }), live()));
    expect(await lines()).toEqual(expect.arrayContaining(['STATUS:TENTATIVE', 'TRANSP:OPAQUE']));
    expect((await lines()).filter((line) => /ACCEPTED|CONFIRMED/.test(line))).toEqual([]);
    await succeeds(calendar.change(anEvent({ status: 'confirmed' }), stored, live()));
    expect(await lines()).toEqual(expect.arrayContaining(['STATUS:CONFIRMED', 'TRANSP:OPAQUE']));
    expect((await lines()).filter((line) => /PARTSTAT=ACCEPTED/.test(line))).toHaveLength(1);
  });

  it('says CONFIRMED of what an earlier release wrote, which named no status', async () => {
    const { calendars, file } = given();
    await succeeds(calendars.calendar('odd').create(anEvent(), live()));
    file.db.exec(`UPDATE local_calendar_events SET event = json_remove(event, '$.status')`);
    expect(await succeeds(calendars.feed('odd', 'Odd', live()))).toMatch(/^STATUS:CONFIRMED\r$/m);
  });

  it('no longer holds an event that was removed', async () => {
    const { calendars } = given();
    await succeeds(calendars.calendar('odd').create(anEvent(), live()));
    await succeeds(calendars.calendar('odd').remove(ownOf(anEvent()), live()));
    expect(eventsOf(await succeeds(calendars.feed('odd', 'Odd', live())))).toEqual([]);
  });

  it('fails rather than leave out an event that is damaged', async () => {
    const { calendars, file } = given();
    await succeeds(calendars.calendar('odd').create(anEvent(), live()));
    file.db.exec(`UPDATE local_calendar_events SET event = '{}'`);
    expect((await fails(calendars.feed('odd', 'Odd', live()))).kind).toBe('provider-error');
  });

  it('keeps calendars apart, and one UID may be in two of them', async () => {
    const { calendars } = given();
    await succeeds(calendars.calendar('odd').create(anEvent(), live()));
    await succeeds(calendars.calendar('other').create(anEvent(), live()));
    await succeeds(calendars.calendar('odd').remove(ownOf(anEvent()), live()));
    expect(eventsOf(await succeeds(calendars.feed('other', 'Other', live())))).toHaveLength(1);
  });

  it('holds what was answered with success after the file is opened again', async () => {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'holdfast.sqlite');
    const first = mustOpen(path);
    await succeeds(calendarsOf(first).calendar('odd').create(anEvent(), live()));
    await first.close();
    const second = mustOpen(path);
    expect(eventsOf(await succeeds(calendarsOf(second).feed('odd', 'Odd', live())))).toHaveLength(1);
    await second.close();
    await folder.remove();
  });
});
