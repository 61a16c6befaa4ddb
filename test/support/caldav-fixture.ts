import { isLeft } from 'fp-ts/lib/Either.js';
import ICAL from 'ical.js';
import { Agent } from 'undici';
import { makeCalDavCalendar } from '../../src/adapters/calendars/caldav/caldav-calendar.ts';
import { readMultistatus, propertyText } from '../../src/adapters/calendars/caldav/multistatus.ts';
import { toUtcDateTime } from '../../src/adapters/icalendar/write-icalendar.ts';
import { toInstant } from '../../src/domain/time/time.ts';
import type { BoxedCalendarFixture, HeldEvent, MakeCalendarFixture } from '../contract/calendar/calendar-fixture.ts';
import { type CalDavServer, makeCalendar, rawRequest } from './caldav-server.ts';
import { calendarReader } from './calendar-reader.ts';
import { startFaultProxy } from './fault-proxy.ts';
import { startHoldingProxy } from './holding-proxy.ts';

const ALL_OBJECTS =
  '<?xml version="1.0"?><C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR"/></C:filter></C:calendar-query>';

const heldEvent = (text: string): HeldEvent => {
  const event = new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent');
  const value = (name: string): string => String(event?.getFirstPropertyValue(name) ?? '');
  return {
    icsUid: value('uid'),
    sequence: Number(value('sequence')),
    status: value('status').toLowerCase(),
    answers: (event?.getAllProperties('attendee') ?? []).map((one) =>
      String(one.getFirstParameter('partstat')).toLowerCase(),
    ),
    summary: value('summary'),
    description: value('description'),
    location: value('location'),
    start: Temporal.Instant.from(value('dtstart')).epochMilliseconds,
    end: Temporal.Instant.from(value('dtend')).epochMilliseconds,
  };
};

/** Everything in a calendar of a server, read past the adapter. */
export const objectsIn = async (server: CalDavServer, url: string): Promise<ReadonlyArray<string>> => {
  const headers = { depth: '1', 'content-type': 'application/xml; charset=utf-8' };
  const resources = readMultistatus((await rawRequest(server, 'REPORT', url, ALL_OBJECTS, headers)).body);
  if (isLeft(resources)) throw new Error(resources.left);
  return resources.right.map(({ properties }) => propertyText(properties['calendar-data']) ?? '');
};

const foreignObject = (uid: string, ...lines: ReadonlyArray<string>): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Host//EN',
    'BEGIN:VEVENT',
    `UID:${uid}`,
    'DTSTAMP:20500101T000000Z',
    ...lines,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');

const WRITES = ['PUT', 'DELETE'];

let calendars = 0;

/** A fresh calendar on a real CalDAV server, with a fault proxy between it and the adapter. */
export const calDavFixture =
  (server: () => CalDavServer): MakeCalendarFixture<BoxedCalendarFixture> =>
  async ({ timeLimitMs }) => {
    const { credentials, origin } = server();
    calendars += 1;
    const url = await makeCalendar(server(), `calendar${calendars}`);
    const box = await startHoldingProxy(origin);
    const proxy = await startFaultProxy(box.origin);
    const dispatcher = new Agent();
    const put = async (name: string, body: string): Promise<void> => {
      const headers = { 'content-type': 'text/calendar; charset=utf-8' };
      const { status } = await rawRequest(server(), 'PUT', `${url}${encodeURIComponent(name)}.ics`, body, headers);
      if (status !== 201) throw new Error(`PUT answered ${status}`);
    };
    const fixture: BoxedCalendarFixture = {
      calendar: makeCalDavCalendar({
        dispatcher,
        clock: { now: () => 0, elapsed: () => 0, at: () => () => undefined },
        reader: calendarReader,
      })({
        calendarId: 'c1',
        url: url.replace(origin, proxy.origin),
        ...credentials,
        hostTimeZone: 'Europe/Oslo',
        timeLimitMs,
      }),
      held: async () => (await objectsIn(server(), url)).map(heldEvent),
      occupy: ({ icsUid }) =>
        put(icsUid, foreignObject(icsUid, 'DTSTART:20500101T000000Z', 'DTEND:20500101T010000Z', 'SUMMARY:Dentist')),
      addForeign: ({ start, end }) => {
        const times = [`DTSTART:${toUtcDateTime(toInstant(start))}`, `DTEND:${toUtcDateTime(toInstant(end))}`];
        return put(`foreign${start}`, foreignObject(`foreign${start}`, ...times));
      },
      makeUnreadable: () =>
        put(
          'odd',
          foreignObject('odd', 'DTSTART;TZID=Middle-earth:20500905T120000', 'DTEND;TZID=Middle-earth:20500905T130000'),
        ),
      stall: async () => proxy.set({ type: 'stall' }),
      boxed: (what, answer) =>
        box.faults((method) => (what === 'all' || (what === 'writes' && WRITES.includes(method)) ? answer : 'pass')),
      loseNextAnswer: async () => proxy.once({ type: 'lose-answer' }),
      close: async () => {
        await dispatcher.destroy();
        await proxy.close();
        await box.close();
        await rawRequest(server(), 'DELETE', url);
      },
    };
    return fixture;
  };
