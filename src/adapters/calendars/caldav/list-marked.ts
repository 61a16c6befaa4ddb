import { isLeft } from 'fp-ts/lib/Either.js';
import type { MarkedEvent } from '../../../application/ports/calendar.ts';
import { type Interval, toInstant } from '../../../domain/time/time.ts';
import { BOOKING_MARK, readIdentity } from '../../icalendar/read-icalendar.ts';
import { calendarFailed } from './failures.ts';
import { isGone } from './locate-event.ts';
import { propertyText } from './multistatus.ts';
import { type AtCalendar, ensureCalendar, query, xmlBody } from './session.ts';

/** `2050-09-05T09:00:00Z` as RFC 5545, 3.3.5 writes it. */
const utc = (epochMs: number): string => toInstant(epochMs).replace(/[-:]|\.\d+/g, '');

const timeQuery = ({ start, end }: Interval): string =>
  xmlBody(
    'C:calendar-query',
    `<D:prop><D:getetag/><C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="${utc(start)}" end="${utc(end)}"/></C:comp-filter></C:comp-filter></C:filter>`,
  );

/**
 * Events with our mark in a time (RFC 4791, 7.8 and 9.9). Servers differ in searching for a property of ours, so all events
 * of that time are answered and looked at. What cannot be read has no mark that could be seen.
 */
export const listMarkedEvents = async (at: AtCalendar, window: Interval): Promise<ReadonlyArray<MarkedEvent>> => {
  await ensureCalendar(at);
  const request = { method: 'REPORT', url: at.collection, depth: '1', body: timeQuery(window) } as const;
  const resources = await query(at, request, 'listing the events');
  return resources.flatMap(({ href, status, properties }): ReadonlyArray<MarkedEvent> => {
    if (isGone(status)) return [];
    const text = propertyText(properties['calendar-data']);
    if (text === null) {
      const message = 'the answer to listing the events holds no events';
      throw calendarFailed({ kind: 'provider-error', message });
    }
    if (!text.includes(BOOKING_MARK)) return [];
    const identity = readIdentity(text);
    return isLeft(identity) || identity.right.bookingMark === null
      ? []
      : [{ bookingUid: identity.right.bookingMark, href, start: identity.right.start }];
  });
};
