import type { BusyReading, OwnEvent, UnreadableObject } from '../../../application/ports/calendar.ts';
import { type Interval, overlaps, toInstant } from '../../../domain/time/interval.ts';
import { toUtcDateTime } from '../../icalendar/write-icalendar.ts';
import { calendarFailed, failureIn } from './calendar-failed.ts';
import type { CalendarReader } from './reading/calendar-reader.ts';
import type { ObjectDoubt, ReadingResult } from './reading/reading-job.ts';
import { findUnreadableDays, type KnownDays } from './reading/unreadable-days.ts';
import { type AtCalendar, ensureSighted, refused, sighted, xmlBody } from './session.ts';

/** Servers place floating times and dates in a zone of their own choice: more is asked for, and the rest left out here. */
const MARGIN_MS = 48 * 3_600_000;
/** Objects that are asked for by name; where more are missing, all are asked for at once. */
const MAX_MULTIGET = 200;

const DATA = '<D:prop><D:getetag/><C:calendar-data/></D:prop>';
const ETAGS = '<D:prop><D:getetag/></D:prop>';

const calendarQuery = ({ start, end }: Interval, properties: string): string => {
  const from = toUtcDateTime(toInstant(start));
  const to = toUtcDateTime(toInstant(end));
  return xmlBody(
    'C:calendar-query',
    `${properties}<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="${from}" end="${to}"/></C:comp-filter></C:comp-filter></C:filter>`,
  );
};

const XML_ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const multiget = (hrefs: ReadonlyArray<string>): string => {
  const elements = hrefs.map((href) => `<D:href>${href.replace(/[&<>]/g, (one) => XML_ESCAPES[one] ?? one)}</D:href>`);
  return xmlBody('C:calendar-multiget', `${DATA}${elements.join('')}`);
};

const WHAT = 'reading the busy times';
const report = async (at: AtCalendar, body: string): Promise<string> => {
  const headers = { depth: '1', 'content-type': 'application/xml; charset=utf-8' };
  const answer = await at.send({ method: 'REPORT', url: at.collection, headers, body });
  if (answer.status !== 207) throw await refused(at, answer, WHAT);
  return answer.body;
};

const unreadable = (reason: string): Error =>
  calendarFailed({ kind: 'provider-error', message: `the calendar cannot be read: ${reason}` });

/** `calendarId` and `hostTimeZone`: whose objects these are, and where their floating times and dates are. */
export type ReadingDeps = {
  readonly reader: CalendarReader;
  readonly calendarId: string;
  readonly hostTimeZone: string;
  readonly signal: AbortSignal;
  readonly known: KnownDays;
};

type Read = Extract<ReadingResult, { readonly type: 'read' }>;

const LEFT_OUT = 'the server left out its data';

/**
 * Busy times by calendar-query (RFC 4791, 7.8). Where objects of the calendar are kept, their ETags are asked for first and
 * then, by calendar-multiget (7.9), only what has changed. An object that cannot be read is busy when the server says that
 * it is there.
 */
export const readBusyTimes = async (
  at: AtCalendar,
  window: Interval,
  except: ReadonlyArray<OwnEvent>,
  { reader, calendarId, hostTimeZone, signal, known }: ReadingDeps,
): Promise<BusyReading> => {
  const wide = { start: window.start - MARGIN_MS, end: window.end + MARGIN_MS };
  const uids = except.map(({ icsUid }) => icsUid);
  const collection = at.collection.pathname;

  const calendar = `${calendarId} ${at.collection.href}`;

  const read = async (body: string, expected: ReadonlyArray<string> = []): Promise<Read> => {
    const answer = { calendar, hostTimeZone, window, except: uids, body, collection, expected };
    const result = await reader.read(answer, signal);
    switch (result.type) {
      case 'read':
        return result;
      case 'refused':
        throw unreadable(result.reason);
      case 'called-off':
        throw calendarFailed({ kind: 'network', message: 'the calendar could not be read within its time' });
    }
  };
  const all = async (): Promise<Read> => read(await report(at, calendarQuery(wide, DATA)));
  const missingData = async (hrefs: ReadonlyArray<string>): Promise<Read | null> => {
    if (hrefs.length > MAX_MULTIGET) return null;
    try {
      return await read(await report(at, multiget(hrefs)), hrefs);
    } catch (error) {
      // A server may not know the report at all; one that cannot be reached is said so by the query after it.
      if (failureIn(error) === undefined) throw error;
      return null;
    }
  };
  const leftOut = (hrefs: ReadonlyArray<string>): ReadonlyArray<ObjectDoubt> =>
    hrefs.map((href) => ({ href, version: null, reason: LEFT_OUT, blocked: null }));

  const byEtags = reader.keeps(calendar);
  let first = byEtags ? await read(await report(at, calendarQuery(wide, ETAGS))) : await all();
  // Collections that are no calendars answer nothing to a calendar-query: that is no free time.
  if (first.objects > 0) sighted(at);
  else await ensureSighted(at);
  let parts: ReadonlyArray<Read> = [first];
  if (first.missing.length > 0) {
    const more = await missingData(first.missing);
    if (more === null && byEtags) first = await all();
    parts = more === null ? [first] : [{ ...first, missing: [] }, more];
  }

  const busy = parts.flatMap((part) => part.busy);
  const doubts = parts.flatMap((part) => [...part.doubts, ...leftOut(part.missing)]);
  const located: ReadonlyArray<UnreadableObject> = doubts.flatMap(({ href, reason, blocked }) =>
    blocked === null ? [] : [{ href, reason, blocked }],
  );
  const unknown = doubts.filter(({ blocked }) => blocked === null);
  const found =
    unknown.length === 0
      ? []
      : await findUnreadableDays(
          unknown,
          window,
          hostTimeZone,
          (interval) => report(at, calendarQuery(interval, ETAGS)),
          known,
        );
  const inWindow = (times: ReadonlyArray<Interval>) => times.filter((time) => overlaps(time, window));
  return {
    busy: [...busy, ...found.flatMap(({ blocked }) => inWindow(blocked))],
    unreadable: [...located, ...found.map((object) => ({ ...object, blocked: inWindow(object.blocked) }))],
  };
};
