import * as O from 'fp-ts/lib/Option.js';
import type { CalendarSync, KnownBooking } from '../../domain/booking/booking-state.ts';
import type { Organizer } from '../../domain/booking/events.ts';
import { wantedTime } from '../../domain/booking/reschedule-state.ts';
import { meetingPlace } from '../../domain/booking/booking-facts.ts';
import { presentGuests } from '../../domain/booking/guests.ts';
import { mailboxKey, parseMailAddress } from '../../domain/mail/mail-address.ts';
import { readableText, visibleName } from '../../domain/visible-text.ts';
import type { CalendarEvent, OwnEvent, Person } from '../ports/calendar.ts';

const answers = (responses: KnownBooking['request']['personal']['responses']): ReadonlyArray<string> =>
  Object.entries(responses).map(
    ([slug, value]) => `${slug}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );

const description = (booking: KnownBooking): string => {
  const { place, link, isFallback } = meetingPlace(booking);
  const where =
    link === null ? [] : [`Join: ${link}${isFallback ? ' (replacement link: the video provider gave none)' : ''}`];
  const room = place === null ? [] : [`Where: ${place}`];
  return readableText([...room, ...where, ...answers(booking.request.personal.responses)].join('\n'));
};

/** Each mailbox once, the host's own not among the guests; what is no mail address (logs of earlier versions) is left out. */
const attendeesOf = (booking: KnownBooking, host: Pick<Organizer, 'email'>): ReadonlyArray<Person> =>
  [
    booking.request.personal.attendee,
    ...presentGuests(booking).filter(({ email }) => mailboxKey(email) !== mailboxKey(host.email)),
  ]
    .map(({ name, email }) => ({ name: visibleName(name), email }))
    .filter(({ email }) => parseMailAddress(email) !== null);

/**
 * The booking as its calendars are to show it: times, people, place; a link only where there is one that works. Until it
 * is accepted the event is tentative, so that nobody who reads a calendar reads a yes before there is one (I1).
 *
 * Where the booking is being moved it shows the new time, with the SEQUENCE that the mails will have once it has moved.
 *
 * SEQUENCE is the booking's own, as in the mails, and stays as it is when the event is confirmed: the tentative copy was
 * never sent to anybody, so the first revision that goes out, by mail as REQUEST 0, is the confirmed one. Were the
 * calendar's copy raised to 1, a guest who has both would take the mailed invitation for an outdated one, and the
 * cancellation (CANCEL 1) for one of the same revision (RFC 5546, 2.1.4 and 2.1.5).
 */
export const calendarEventOf = (
  uid: string,
  booking: KnownBooking,
  host: Organizer,
  sync: CalendarSync,
): CalendarEvent => {
  const { request } = booking;
  const { attendee } = request.personal;
  const { place, link } = meetingPlace(booking);
  const { start, end, sequence } = wantedTime(booking);
  const wantsMeet = request.room?.provider === 'google-meet' && sync.provider === 'google';
  return {
    bookingUid: uid,
    icsUid: request.icsUid,
    sequence,
    status: booking.phase === 'accepted' ? 'confirmed' : 'tentative',
    summary: `${request.title}: ${visibleName(attendee.name)}`,
    description: description(booking),
    location: link ?? place ?? '',
    start,
    end,
    timeZone: host.timeZone,
    organizer: { name: host.name, email: host.email },
    attendees: attendeesOf(booking, host),
    conference: wantsMeet ? O.some({ requestId: uid }) : O.none,
  };
};

/** The booking's event in one calendar, as the log knows it. */
export const ownEventOf = (
  uid: string,
  {
    request,
    request: {
      personal: { organizer },
    },
  }: KnownBooking,
  sync: Pick<CalendarSync, 'stored'> | undefined,
): OwnEvent => ({
  bookingUid: uid,
  icsUid: request.icsUid,
  start: request.start,
  end: request.end,
  ...(organizer === null ? {} : { organizer: { name: organizer.name, email: organizer.email } }),
  ...(sync === undefined || sync.stored === null ? {} : { stored: sync.stored }),
});
