import {
  type BookingState,
  type CalendarSync,
  type Failed,
  type KnownBooking,
} from '../../domain/booking/booking-state.ts';
import { calendarStatusOf, isUnsettled, statusOf } from '../../domain/booking/booking-status.ts';
import { lastFailureOf } from '../../domain/booking/evolve-calendar.ts';
import { presentGuests } from '../../domain/booking/guests.ts';
import { ERASED } from '../../domain/log/sealed-data.ts';

/**
 * Where one calendar stands with the booking. `lastSeenAt`: when it last said, by the log, that it holds the event. `failure`: what it answered last, where that was no success.
 */
export type CalendarStandingThen = {
  readonly calendarId: string;
  readonly status: ReturnType<typeof calendarStatusOf>;
  readonly lastSeenAt: string | null;
  readonly attempt: number;
  readonly providerEventId: string | null;
  readonly failure: string | null;
};

/**
 * What a booking was like at a moment, for auditors: all instants in UTC. `status`: as the API says it; `phase` tells an
 * expired booking from a rejected one. `since`: since when it has had this status. `guest` null: erased. `guests`: who comes
 * along. `absent`: who did not come, as somebody has said.
 */
export type BookingStanding = {
  readonly status: string;
  readonly phase: KnownBooking['phase'];
  readonly since: string;
  readonly reason: string | null;
  readonly hostId: string;
  readonly eventType: { readonly id: number; readonly slug: string };
  readonly title: string;
  readonly start: string;
  readonly end: string;
  readonly hostZone: string | null;
  readonly requestedAt: string;
  readonly guest: { readonly name: string; readonly email: string; readonly timeZone: string } | null;
  readonly guests: ReadonlyArray<string>;
  readonly absent: ReadonlyArray<string>;
  readonly location: string | null;
  readonly room: string;
  readonly calendars: ReadonlyArray<CalendarStandingThen>;
  readonly moveTo: string | null;
  readonly sequence: number;
};

const becauseOf = (booking: KnownBooking): string | null => {
  switch (booking.phase) {
    case 'pending':
      return booking.because;
    case 'accepted':
      return isUnsettled(booking) ? 'calendar_does_not_hold_it' : booking.reason;
    case 'rejected':
    case 'expired':
    case 'cancelled':
      return booking.reason;
  }
};

/** What the calendar answered last, where that was no success. */
const failureNow = (sync: CalendarSync): Failed | null => {
  if (sync.status !== 'held') return sync.status === 'removal-failed' ? sync.failure : lastFailureOf(sync);
  return sync.move.failure ?? sync.confirmation.failure ?? sync.decoration.failure;
};

const calendarStanding = (sync: CalendarSync): CalendarStandingThen => {
  const failure = failureNow(sync);
  return {
    calendarId: sync.calendarId,
    status: calendarStatusOf(sync),
    lastSeenAt: sync.status === 'held' ? (sync.seenAt ?? null) : null,
    attempt: sync.attempt,
    providerEventId: sync.stored?.providerEventId ?? null,
    failure: failure === null ? null : `${failure.kind}: ${failure.message}`,
  };
};

const locationOf = ({ request, room }: KnownBooking): string | null =>
  room.status === 'ready' ? room.url : (request.personal.location ?? request.location);

/** Whoever booked is left out where they are erased: what stands in their place says nothing. */
export const standingThen = (booking: KnownBooking, since: string): BookingStanding => {
  const { request, requestedAt, calendars, room, reschedule, sequence, absence } = booking;
  const { attendee, organizer } = request.personal;
  const { name, email, timeZone } = attendee;
  return {
    status: statusOf(booking),
    phase: booking.phase,
    since,
    reason: becauseOf(booking),
    hostId: request.hostId,
    eventType: { id: request.eventTypeId, slug: request.eventTypeSlug },
    title: request.title,
    start: request.start,
    end: request.end,
    hostZone: organizer?.timeZone ?? null,
    requestedAt,
    guest: email === ERASED ? null : { name, email, timeZone },
    guests: presentGuests(booking).map((guest) => guest.email),
    absent: [...(absence.host ? ['the host'] : []), ...absence.absent],
    location: locationOf(booking),
    room: room.status,
    calendars: calendars.map(calendarStanding),
    moveTo: reschedule?.start ?? null,
    sequence,
  };
};

/** One thing that an event changed. Null: it was not there before, or is not any more. */
export type StandingChange = { readonly what: string; readonly from: string | null; readonly to: string | null };

/** An expired booking reads as rejected elsewhere, and one whose calendar does not hold it any more as pending. */
export const statusInWords = ({ status, phase }: Pick<BookingStanding, 'status' | 'phase'>): string =>
  phase === status ? status : `${status} (${phase})`;

/** What of a standing is worth a line when it changes, by the name that people read. */
const facts = (standing: BookingStanding | null): ReadonlyMap<string, string> => {
  if (standing === null) return new Map();
  const { reason, title, start, end, location, room, guest, guests, absent, moveTo, calendars } = standing;
  const listed = (people: ReadonlyArray<string>): string | null => (people.length === 0 ? null : people.join(', '));
  const entries: ReadonlyArray<readonly [string, string | null]> = [
    ['status', statusInWords(standing)],
    ['because', reason],
    ['title', title],
    ['start', start],
    ['end', end],
    ['location', location],
    ['room', room === 'none' ? null : room],
    ['guest', guest === null ? null : `${guest.name} <${guest.email}>`],
    ['further guests', listed(guests)],
    ['absent', listed(absent)],
    ['to be moved to', moveTo],
    ...calendars.map((one) => [`calendar ${one.calendarId}`, one.status] as const),
  ];
  return new Map(entries.flatMap(([what, value]) => (value === null ? [] : [[what, value] as const])));
};

/** What differs between two standings, by name. */
export const changesBetween = (
  before: BookingStanding | null,
  after: BookingStanding | null,
): ReadonlyArray<StandingChange> => {
  const [was, is] = [facts(before), facts(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((what) => {
    const [from, to] = [was.get(what) ?? null, is.get(what) ?? null];
    return from === to ? [] : [{ what, from, to }];
  });
};

/** The fold of a booking for auditors: the state, and since when it has had its status. */
export type Tracked = { readonly state: BookingState; readonly since: string };

const isSame = (before: BookingState, next: BookingState): boolean =>
  before.phase === next.phase &&
  (before.phase === 'none' || next.phase === 'none' || statusOf(before) === statusOf(next));

export const tracked = ({ state, since }: Tracked, next: BookingState, at: string): Tracked => ({
  state: next,
  since: isSame(state, next) ? since : at,
});
