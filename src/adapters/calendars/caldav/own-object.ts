import type { CalendarEvent, OwnEvent } from '../../../application/ports/calendar.ts';
import { toEpochMs } from '../../../domain/time/time.ts';
import { BOOKING_MARK, type ObjectIdentity } from '../../icalendar/read-icalendar.ts';
import { statusWords, writeICalendar } from '../../icalendar/write-icalendar.ts';
import { isInside, isSamePlace } from './multistatus.ts';
import type { AtCalendar } from './session.ts';

/** The object's name in the collection, derived from the UID, so that it need not be stored. */
const objectName = ({ icsUid }: OwnEvent): string => `${encodeURIComponent(icsUid)}.ics`;

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

/** The URL that the event is written to; it follows from the UID. */
export const urlOf = ({ collection }: AtCalendar, own: OwnEvent): URL => new URL(objectName(own), collection);

/** A URL without credentials, for messages and logs. */
export const shownUrl = ({ origin, pathname }: URL): string => `${origin}${pathname}`;

/**
 * The URL where the event was stored according to the log; null where it does not say. The id is a path; logs of
 * earlier versions do not name the server.
 */
export const loggedUrlOf = ({ collection }: AtCalendar, { stored }: Pick<OwnEvent, 'stored'>): URL | null =>
  stored === undefined ? null : URL.parse(stored.providerEventId, stored.calendarAddress ?? collection);

/** `doubtful`: it may be ours or another's, so it is neither used nor removed. */
export type Whose = 'ours' | 'doubtful' | 'somebody-elses';

const isSameInstant = (a: string | null, b: string | undefined): boolean =>
  a !== null && b !== undefined && toEpochMs(a) === toEpochMs(b);

/**
 * Whose event lies at `url` (ADR 0043). Our mark says that it is ours, another's that it is not. Servers and clients drop
 * the mark: then our UID, which nobody can guess, does where the log says that we stored it there, or where the
 * event begins when ours does. The UID alone came to the guest by mail, and a calendar may have taken it from there.
 */
export const whoseIs = (at: AtCalendar, url: URL, identity: ObjectIdentity, own: OwnEvent): Whose => {
  if (identity.bookingMark === own.bookingUid) return 'ours';
  if (identity.bookingMark !== null) return 'somebody-elses';
  const logged = loggedUrlOf(at, own);
  const isLogged = logged !== null && isSamePlace(logged, url);
  if (identity.uid !== own.icsUid) return isLogged || isSamePlace(url, urlOf(at, own)) ? 'doubtful' : 'somebody-elses';
  return isLogged || isSameInstant(identity.start, own.start) ? 'ours' : 'doubtful';
};

/** The URLs at which the event may be: as the log says, and under the name that we give it. */
export const placesOf = (at: AtCalendar, own: OwnEvent): ReadonlyArray<URL> => {
  const logged = loggedUrlOf(at, own);
  const named = urlOf(at, own);
  return logged === null || isSamePlace(logged, named) || !isInside(logged, at.collection) ? [named] : [logged, named];
};

/** Whether the object is what was written: a server may have dropped it, changed it or never taken it. */
export const isAsWritten = (identity: ObjectIdentity, event: CalendarEvent): boolean =>
  identity.sequence === event.sequence &&
  (identity.start === null || isSameInstant(identity.start, event.start)) &&
  (identity.status === null || identity.status === statusWords[event.status].status);
