import { toInstant } from '../../../domain/time/time.ts';
import { BOOKING_MARK } from '../../icalendar/read-icalendar.ts';
import { statusWords, writeICalendar } from '../../icalendar/write-icalendar.ts';
import type { LocalEvent } from './event-rows.ts';

/** A whole calendar as iCalendar with METHOD:PUBLISH (RFC 5546, 3.2.1), for clients that subscribe to it. */
export const calendarFeed = (name: string, events: ReadonlyArray<LocalEvent>): string =>
  writeICalendar({
    method: 'PUBLISH',
    name,
    events: events.map(({ icsUid, bookingUid, writtenMs, status, attendees, ...event }) => ({
      ...event,
      uid: icsUid,
      dtstamp: toInstant(writtenMs),
      status: statusWords[status].status,
      transparency: 'OPAQUE',
      attendees: attendees.map((person) => ({ ...person, partstat: statusWords[status].partstat, rsvp: false })),
      extra: [[BOOKING_MARK, bookingUid]],
    })),
  });
