import * as E from 'fp-ts/lib/Either.js';
import { ERASED } from '../log/sealed-data.ts';
import { mailboxKey } from '../mail/mail-address.ts';
import { toEpochMs, toInstant } from '../time/time.ts';
import { isLive, type KnownBooking } from './booking-state.ts';
import type { BookingCommandOf, BookingRejection } from './commands.ts';
import type { BookingEvent, BookingEventOf } from './events.ts';
import { type Guest, presentGuests } from './guests.ts';

/** How a booking names its people without saying who they are; mails and events name recipients so too. */
const ATTENDEE = 'attendee';
const guestKey = ({ number }: Pick<Guest, 'number'>): string => `guest-${number}`;

/** Which of a booking's people have this mailbox: `attendee`, `guest-1`... Also those who were removed. */
export const peopleByMailbox = (booking: KnownBooking, mailbox: string): ReadonlyArray<string> => [
  ...(mailboxKey(booking.request.personal.attendee.email) === mailbox ? [ATTENDEE] : []),
  ...booking.guests.filter(({ email }) => mailboxKey(email) === mailbox).map(guestKey),
];

/** Whether the meeting is still to come for this person, who would be waited for. */
export const isStillExpected = (booking: KnownBooking, person: string, now: number): boolean =>
  isLive(booking) &&
  now < toEpochMs(booking.request.end) &&
  (person === ATTENDEE || presentGuests(booking).some((guest) => guestKey(guest) === person));

const isOfBooking = (booking: KnownBooking, person: string): boolean =>
  person === ATTENDEE || booking.guests.some((guest) => guestKey(guest) === person);

/** Refused for whoever is still expected: a meeting with nobody that anybody can name helps no one. */
export const decideErasure = (
  booking: KnownBooking,
  { now, subject, people }: BookingCommandOf<'ErasePersonalData'>,
): E.Either<BookingRejection, ReadonlyArray<BookingEvent>> => {
  const gone = new Set(booking.erased ?? []);
  const wanted = people.filter((person) => isOfBooking(booking, person) && !gone.has(person));
  if (wanted.length === 0) return E.right([]);
  if (wanted.some((person) => isStillExpected(booking, person, now)))
    return E.left({ type: 'StillExpected', endsAt: booking.request.end });
  return E.right([{ type: 'PersonalDataErased', occurredAt: toInstant(now), data: { subject, people: wanted } }]);
};

const withoutGuests = (booking: KnownBooking, people: ReadonlySet<string>): KnownBooking => {
  const isGone = (guest: Pick<Guest, 'number'>): boolean => people.has(guestKey(guest));
  const { erased: _, ...personal } = { erased: undefined, ...booking.request.personal };
  const nobody = { name: ERASED, email: ERASED, timeZone: null, language: null, phoneNumber: null };
  const guests = personal.guests.map((email, index) => (isGone({ number: index + 1 }) ? ERASED : email));
  return {
    ...booking,
    request: { ...booking.request, personal: { ...personal, guests } },
    guests: booking.guests.map((guest) => (isGone(guest) ? { ...guest, ...nobody } : guest)),
  };
};

/** What the attendee said, and what was said to them, goes with them; the other guests are people of their own. */
const withoutAttendee = (booking: KnownBooking): KnownBooking => {
  const { reschedule, reschedules, request } = booking;
  const personal = {
    salt: '',
    organizer: null,
    attendee: { name: ERASED, email: ERASED, timeZone: 'UTC', language: 'en', phoneNumber: null },
    guests: request.personal.guests,
    location: null,
    responses: {},
    metadata: {},
  };
  const rest = {
    request: { ...request, personal },
    reschedule: reschedule === null ? null : { ...reschedule, reason: null },
    reschedules: reschedules.map((one) => ({ ...one, reason: null })),
  };
  return booking.phase === 'cancelled' || booking.phase === 'rejected'
    ? { ...booking, ...rest, reason: null }
    : { ...booking, ...rest };
};

/** The booking without these people. The same whether their data was there until now, or its key is gone already. */
export const evolveErasure = (booking: KnownBooking, { data }: BookingEventOf<'PersonalDataErased'>): KnownBooking => {
  const people = new Set(data.people);
  const mailboxes = new Set([
    ...(people.has(ATTENDEE) ? [mailboxKey(booking.request.personal.attendee.email)] : []),
    ...booking.guests.filter((guest) => people.has(guestKey(guest))).map(({ email }) => mailboxKey(email)),
  ]);
  const rest = withoutGuests(booking, people);
  const absent = booking.absence.absent.filter((mailbox) => !mailboxes.has(mailbox));
  return {
    ...(people.has(ATTENDEE) ? withoutAttendee(rest) : rest),
    absence: { ...booking.absence, absent },
    erased: [...new Set([...(booking.erased ?? []), ...data.people])],
  };
};
