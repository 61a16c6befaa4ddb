import * as E from 'fp-ts/lib/Either.js';
import { presentGuests } from './guests.ts';
import { ERASED } from '../log/sealed-data.ts';
import { mailboxKey } from '../mail/mail-address.ts';
import { toEpochMs, toInstant } from '../time/time.ts';
import type { Absence, Booked, KnownBooking } from './booking-state.ts';
import { statusOf } from './booking-status.ts';
import type { BookingCommandOf, BookingRejection } from './commands.ts';
import type { BookingEvent, BookingEventData } from './events.ts';

/** Nobody has said anything; Holdfast is at no meeting, and cannot know. */
export const nothingSaid: Absence = { isSaid: false, host: false, absent: [] };

export const isAbsent = ({ absence }: Pick<Booked, 'absence'>, email: string): boolean =>
  absence.absent.includes(mailboxKey(email));

/** Everybody who was to come besides the host, by mail address. */
export const expectedAt = (booking: Pick<Booked, 'request' | 'guests'>): ReadonlyArray<string> => [
  booking.request.personal.attendee.email,
  ...presentGuests(booking).map(({ email }) => email),
];

/**
 * Somebody says who was absent, or takes it back. Only what is new becomes an event. Refused before the start, of a meeting
 * that is not on, and for an address that is nobody's of this booking.
 */
export const decideAbsence = (
  booking: KnownBooking,
  { now, salt, host, attendees }: BookingCommandOf<'MarkAbsence'>,
): E.Either<BookingRejection, ReadonlyArray<BookingEvent>> => {
  if (booking.phase !== 'accepted') return E.left({ type: 'NotAccepted', status: statusOf(booking) });
  const { start } = booking.request;
  if (now < toEpochMs(start)) return E.left({ type: 'NotStarted', startsAt: start });
  const expected = new Set(expectedAt(booking).map(mailboxKey));
  const stranger = attendees.findIndex(({ email }) => !expected.has(mailboxKey(email)));
  if (stranger >= 0) return E.left({ type: 'UnknownAttendee', index: stranger });
  const newHost = host === null || host === booking.absence.host ? null : host;
  // Of two words on one mailbox the last counts, so that the same request again says nothing new.
  const lastWords = [...new Map(attendees.map((marked) => [mailboxKey(marked.email), marked])).values()];
  const newAttendees = lastWords.filter(({ email, absent }) => absent !== isAbsent(booking, email));
  if (newHost === null && newAttendees.length === 0) return E.right([]);
  const data = { host: newHost, personal: { salt, attendees: newAttendees } };
  return E.right([{ type: 'AbsenceMarked', occurredAt: toInstant(now), data }]);
};

/** What was said last of each of them. Of several who are erased nobody could tell which one it was said of. */
export const afterMark = (absence: Absence, { host, personal }: BookingEventData<'AbsenceMarked'>): Absence => {
  const named = personal.attendees.filter(({ email }) => email !== ERASED);
  const marked = new Map(named.map(({ email, absent }) => [mailboxKey(email), absent]));
  return {
    isSaid: true,
    host: host ?? absence.host,
    absent: [
      ...absence.absent.filter((mailbox) => !marked.has(mailbox)),
      ...[...marked].flatMap(([mailbox, absent]) => (absent ? [mailbox] : [])),
    ],
  };
};
