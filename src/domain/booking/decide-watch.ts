import * as E from 'fp-ts/lib/Either.js';
import { toEpochMs, toInstant } from '../time/time.ts';
import { type CalendarSync, isLive, type KnownBooking } from './booking-state.ts';
import type { BookingCommandOf, BookingRejection } from './commands.ts';
import { cancelledForDifferenceAt, isShownAt, reasonForDifference } from './difference.ts';
import { differenceOf, statusOf } from './booking-status.ts';
import type { BookingEvent } from './events.ts';
import { goingReschedule, isSameInstant } from './reschedule-state.ts';
import type { LookBasis, Seen } from './watch-commands.ts';

type Held = Extract<CalendarSync, { readonly status: 'held' }>;
type Look = BookingCommandOf<'RecordLook'>;

/** What a look at this calendar would have to be based on now; null: nothing of the booking is to be watched there. */
export const lookBasisOf = (booking: KnownBooking, calendarId: string, now: number): LookBasis | null => {
  const sync = booking.calendars.find((one) => one.calendarId === calendarId);
  if (booking.phase !== 'accepted' || sync?.status !== 'held') return null;
  // Our own writes are in flight, or their outcome is open: what the calendar shows may be our doing.
  if (sync.move.writing || sync.move.uncertain || goingReschedule(booking) !== null) return null;
  if (now >= toEpochMs(booking.request.start)) return null;
  return { attempt: sync.attempt, moves: sync.move.attempts, number: sync.differences ?? 0 };
};

const isSameBasis = (a: LookBasis, b: LookBasis): boolean =>
  a.attempt === b.attempt && a.moves === b.moves && a.number === b.number;

/** Where the event is expected to be. One that we could not move yet is known to be at its old time. */
const isExpected = ({ request }: KnownBooking, sync: Held, { start, end }: { start: string; end: string }): boolean => {
  if (isSameInstant(start, request.start) && isSameInstant(end, request.end)) return true;
  const isBehind = sync.difference === undefined && !isSameInstant(sync.start, request.start);
  return isBehind && isSameInstant(start, sync.start);
};

type Differing = Exclude<Seen, { readonly type: 'as-booked' }>;

const isKnown = (sync: Held, seen: Exclude<Differing, { type: 'other-organizer' }>): boolean => {
  const difference = differenceOf(sync);
  if (seen.type !== 'at') return difference?.kind === seen.type;
  return difference !== null && isShownAt(difference.start, seen.start) && isShownAt(difference.end, seen.end);
};

const noticed = (
  booking: KnownBooking,
  sync: Held,
  { calendarId, policy, now }: Look,
  seen: Differing,
): ReadonlyArray<BookingEvent> => {
  const occurredAt = toInstant(now);
  const number = (sync.differences ?? 0) + 1;
  const start = toEpochMs(booking.request.start);
  const due = (wants: string): string => toInstant(Math.min(wants === 'cancel' ? now + policy.graceMs : now, start));
  switch (seen.type) {
    case 'missing': {
      const data = { calendarId, number, policy: policy.deleted, settleAt: due(policy.deleted) };
      return isKnown(sync, seen) ? [] : [{ type: 'CalendarEventMissing', occurredAt, data }];
    }
    case 'cancelled': {
      const data = { calendarId, number, change: seen.type, policy: policy.deleted, settleAt: due(policy.deleted) };
      return isKnown(sync, seen) ? [] : [{ type: 'CalendarEventChanged', occurredAt, data }];
    }
    case 'other-organizer': {
      const data = { calendarId, number, change: 'organizer' as const, policy: policy.deleted, settleAt: due('') };
      return sync.otherOrganizer === true ? [] : [{ type: 'CalendarEventChanged', occurredAt, data }];
    }
    case 'at': {
      const { start: from, end } = seen;
      const data = { calendarId, number, start: from, end, policy: policy.moved, settleAt: due('') };
      return isKnown(sync, seen) ? [] : [{ type: 'CalendarEventMoved', occurredAt, data }];
    }
  }
};

/**
 * What two direct answers of a calendar mean. Nothing, where our own writes are in flight or were made since the look
 * began, where the booking is not on, where the meeting has begun, and where it is in the log already.
 */
export const recordLook = (booking: KnownBooking, command: Look): ReadonlyArray<BookingEvent> => {
  const { calendarId, seen, basis, now, isAsked } = command;
  const present = lookBasisOf(booking, calendarId, now);
  const sync = booking.calendars.find((one) => one.calendarId === calendarId);
  if (present === null || sync?.status !== 'held') return [];
  if (basis !== undefined && !isSameBasis(basis, present)) return [];
  const isAsBooked = seen.type === 'as-booked' || (seen.type === 'at' && isExpected(booking, sync, seen));
  const found = isAsBooked ? [] : noticed(booking, sync, command, seen);
  if (!isAsBooked && seen.type !== 'other-organizer') return found;
  // Whoever organizes it, it is at its time: what was found before is settled.
  const isNews = sync.seenAt === undefined || toEpochMs(sync.seenAt) < now;
  const data = { calendarId, number: present.number + found.length };
  return (isAsked && isNews) || sync.difference !== undefined
    ? [...found, { type: 'CalendarEventVerified', occurredAt: toInstant(now), data }]
    : found;
};

/** Already being restored, or nothing to restore: success without events. What is over cannot be had back. */
export const requestRestore = (
  booking: KnownBooking,
  { calendarId, by, now }: BookingCommandOf<'RequestRestore'>,
): E.Either<BookingRejection, ReadonlyArray<BookingEvent>> => {
  if (!isLive(booking)) return E.left({ type: 'NotLive', status: statusOf(booking) });
  if (booking.phase !== 'accepted' || now >= toEpochMs(booking.request.end)) return E.right([]);
  return E.right(
    booking.calendars.flatMap((sync): ReadonlyArray<BookingEvent> => {
      const difference = differenceOf(sync);
      const isMeant = calendarId === null || calendarId === sync.calendarId;
      if (!isMeant || difference === null || difference.wants === 'restore') return [];
      const data = { calendarId: sync.calendarId, number: sync.differences ?? 0, by };
      return [{ type: 'CalendarEventRestoreRequested', occurredAt: toInstant(now), data }];
    }),
  );
};

export const recordNotFollowed = (
  booking: KnownBooking,
  { calendarId, reason, takenBy, now }: BookingCommandOf<'RecordNotFollowed'>,
): ReadonlyArray<BookingEvent> => {
  const sync = booking.calendars.find((one) => one.calendarId === calendarId);
  if (booking.phase !== 'accepted' || sync === undefined || differenceOf(sync)?.wants !== 'follow') return [];
  const taken = takenBy === undefined ? {} : { takenBy };
  const data = { calendarId, number: sync.differences ?? 0, reason, ...taken };
  return [{ type: 'CalendarEventNotFollowed', occurredAt: toInstant(now), data }];
};

/** By the host's own doing, so it needs no reason of theirs. What was settled meanwhile is not cancelled. */
export const decideDifferenceCancellation = (
  booking: KnownBooking,
  { salt, now }: BookingCommandOf<'CancelForDifference'>,
): E.Either<BookingRejection, ReadonlyArray<BookingEvent>> => {
  const at = cancelledForDifferenceAt(booking);
  if (at === null) return E.right([]);
  if (now < toEpochMs(at)) return E.left({ type: 'NotJustified', detail: `it is cancelled at ${at}` });
  const data = { by: 'host', personal: { salt, reason: reasonForDifference(booking) } } as const;
  return E.right([{ type: 'BookingCancelled', occurredAt: toInstant(now), data }]);
};
