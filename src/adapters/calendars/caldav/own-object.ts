import type { CalendarEvent, OwnEvent } from '../../../application/ports/calendar.ts';
import { BOOKING_MARK, type ObjectIdentity } from '../../icalendar/read-identity.ts';
import { statusWords, writeICalendar } from '../../icalendar/write-icalendar.ts';

/** The object's name in the collection, derived from the UID, so that it is known without having been told. */
export const objectName = ({ icsUid }: OwnEvent): string => `${encodeURIComponent(icsUid)}.ics`;

/**
 * The calendar object resource of a booking (RFC 4791, 4.1: no METHOD). SCHEDULE-AGENT=CLIENT on everybody: the guest
 * gets our mail and none of the server's (RFC 6638, 7.1). The guest asked for the time and so has accepted it, once the
 * booking is on; until then everybody is as tentative as the event (RFC 5545, 3.2.12), whose time is blocked all the same.
 */
export const calendarObject = (event: CalendarEvent, dtstamp: string): string => {
  const words = statusWords[event.status];
  return writeICalendar({
    events: [
      {
        uid: event.icsUid,
        sequence: event.sequence,
        dtstamp,
        start: event.start,
        end: event.end,
        summary: event.summary,
        description: event.description,
        location: event.location,
        status: words.status,
        transparency: 'OPAQUE',
        organizer: event.organizer,
        attendees: event.attendees.map((person) => ({ ...person, partstat: words.partstat, rsvp: false })),
        scheduleAgent: 'CLIENT',
        extra: [[BOOKING_MARK, event.bookingUid]],
      },
    ],
  });
};

/** Ours is what carries our UID and our mark; the UID alone may have been chosen by anybody. */
export const isOurs = (identity: ObjectIdentity, own: OwnEvent): boolean =>
  identity.uid === own.icsUid && identity.bookingMark === own.bookingUid;
