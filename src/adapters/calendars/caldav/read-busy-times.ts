import { isLeft } from 'fp-ts/lib/Either.js';
import type { BusyReading, OwnEvent } from '../../../application/ports/calendar.ts';
import { type Interval, toInstant } from '../../../domain/time/interval.ts';
import { readBusy } from '../../icalendar/read-busy.ts';
import { toUtcDateTime } from '../../icalendar/write-icalendar.ts';
import { calendarFailed } from './calendar-failed.ts';
import { type DavResource, textOf } from './multistatus.ts';
import { type AtCalendar, ensureSighted, query, sighted, xmlBody } from './session.ts';

/** Servers place floating times and dates in a zone of their own choice: more is asked for, and the rest left out here. */
const MARGIN_MS = 48 * 3_600_000;

const calendarQuery = ({ start, end }: Interval): string => {
  const from = toUtcDateTime(toInstant(start - MARGIN_MS));
  const to = toUtcDateTime(toInstant(end + MARGIN_MS));
  return xmlBody(
    'C:calendar-query',
    `<D:prop><D:getetag/><C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="${from}" end="${to}"/></C:comp-filter></C:comp-filter></C:filter>`,
  );
};

const unreadable = (reason: string): Error =>
  calendarFailed({ kind: 'provider-error', message: `the calendar cannot be read: ${reason}` });

/** RFC 4791, 7.8.1: a server that leaves objects out says so by a resource with status 507. */
const calendarData = (resource: DavResource): string => {
  const text = textOf(resource.properties['calendar-data']);
  if (resource.status !== 200) throw unreadable(`the server answered ${resource.status} for a part of it`);
  if (text === null) throw unreadable('the server left out the data of an event');
  return text;
};

/** calendar-query (RFC 4791, 7.8) over the window; all objects are read, or none of it counts. */
export const readBusyTimes = async (
  at: AtCalendar,
  window: Interval,
  except: ReadonlyArray<OwnEvent>,
  hostTimeZone: string,
): Promise<BusyReading> => {
  const request = { method: 'REPORT', url: at.collection, depth: '1', body: calendarQuery(window) } as const;
  const resources = await query(at, request, 'reading the busy times');
  // Collections that are no calendars answer nothing to a calendar-query: that is no free time.
  if (resources.length > 0) sighted(at);
  else await ensureSighted(at);
  const busy = readBusy(resources.map(calendarData), {
    window,
    hostTimeZone,
    except: new Set(except.map(({ icsUid }) => icsUid)),
  });
  if (isLeft(busy)) throw unreadable(busy.left);
  return { busy: busy.right, unreadable: [] };
};
