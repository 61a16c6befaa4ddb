import * as E from 'fp-ts/lib/Either.js';
import { toEpochMs, toInstant } from '../time/time.ts';
import { approvalDeadlineOf } from './approval.ts';
import {
  type KnownBooking,
  type Acceptance,
  guestsWait,
  isAwaitingApproval,
  isLive,
  acceptanceOf,
} from './booking-state.ts';
import { statusOf } from './booking-status.ts';
import type { BookingCommandOf, BookingRejection } from './commands.ts';
import { cancelledForDifferenceAt } from './difference.ts';
import type { BookingEvent, BookingEventData } from './events.ts';
import { awaitingReschedule, decideRescheduleRefusal, isRescheduleAnswered } from './decide-reschedule.ts';
import { lastFailureOf } from './evolve-calendar.ts';

type Decision = E.Either<BookingRejection, ReadonlyArray<BookingEvent>>;

/** Whether the meeting is over at `now` (epoch ms). */
const isOver = (booking: KnownBooking, now: number): boolean => now >= toEpochMs(booking.request.end);

const isDue = (at: string | null, now: number): boolean => at !== null && toEpochMs(at) <= now;

/** Of a booking that is on, it is about its move. */
export const decideRejection = (booking: KnownBooking, command: BookingCommandOf<'RejectBooking'>): Decision => {
  const { now, salt, reason } = command;
  const reschedule = awaitingReschedule(booking);
  if (reschedule !== null) return decideRescheduleRefusal(reschedule, command);
  if (isRescheduleAnswered(booking, 'declined')) return E.right([]);
  if (booking.phase === 'rejected') return E.right([]);
  if (booking.phase === 'accepted') return E.left({ type: 'NotPending', status: booking.phase });
  if (booking.phase !== 'pending') return E.left({ type: 'NotPending', status: statusOf(booking) });
  const data = { personal: { salt, reason } };
  return E.right([{ type: 'BookingRejected', occurredAt: toInstant(now), data }]);
};

/** Cancelling twice is success without an event: one cancellation, one notice (S38). */
export const decideCancellation = (booking: KnownBooking, command: BookingCommandOf<'CancelBooking'>): Decision => {
  const { by, reason, salt, now } = command;
  if (booking.phase === 'cancelled') return E.right([]);
  if (!isLive(booking)) return E.left({ type: 'NotLive', status: statusOf(booking) });
  // What no calendar held when the meeting was to begin is cancelled then, and also later, where no server ran.
  const isOverdue = by === 'host' && isDue(cancelledForDifferenceAt(booking), now);
  if (isOver(booking, now) && !isOverdue) return E.left({ type: 'AlreadyEnded', endedAt: booking.request.end });
  if (!command.cancellable) return E.left({ type: 'NotCancellable' });
  if (by === 'host' && command.hostMustGiveReason && (reason ?? '').trim() === '')
    return E.left({ type: 'ReasonRequired' });
  const data = { by, personal: { salt, reason } };
  return E.right([{ type: 'BookingCancelled', occurredAt: toInstant(now), data }]);
};

/** Nothing follows from it where nobody waits for it; of a booking that ended, or is over, nobody is told any more. */
export const decideVerification = (booking: KnownBooking, { now }: BookingCommandOf<'VerifyMailbox'>): Decision => {
  if (!guestsWait(booking)) return E.right([]);
  if (!isLive(booking)) return E.left({ type: 'NotLive', status: statusOf(booking) });
  if (isOver(booking, now)) return E.left({ type: 'AlreadyEnded', endedAt: booking.request.end });
  return E.right([{ type: 'MailboxVerified', occurredAt: toInstant(now), data: {} }]);
};

const acceptedBecause = (acceptance: Acceptance): BookingEventData<'BookingAccepted'>['reason'] | null => {
  switch (acceptance) {
    case 'no-calendar':
      return 'no_calendar_connected';
    case 'held':
      return 'calendar_holds_it';
    case 'open':
    case 'failed':
      return null;
  }
};

/** The one door to ACCEPTED: shut unless the stream itself shows why it may be opened (I1). */
export const decideAcceptance = (booking: KnownBooking, { now }: BookingCommandOf<'AcceptBooking'>): Decision => {
  if (booking.phase !== 'pending') return E.right([]);
  if (isAwaitingApproval(booking)) return E.left({ type: 'NotJustified', detail: 'the host has not approved' });
  const reason = acceptedBecause(acceptanceOf(booking));
  return reason === null
    ? E.left({ type: 'NotJustified', detail: 'no calendar is known to hold the booking' })
    : E.right([{ type: 'BookingAccepted', occurredAt: toInstant(now), data: { reason } }]);
};

const failuresOf = (booking: KnownBooking): BookingEventData<'BookingLeftPending'>['failures'] =>
  booking.calendars.flatMap((sync) => {
    const failure = lastFailureOf(sync);
    if (failure === null) return [];
    const { kind, message, retryable } = failure;
    return [{ calendarId: sync.calendarId, kind, message, retryable }];
  });

/** What a pending booking waits for decides which reason it may be left pending, and expire, for. */
const isFor = (booking: KnownBooking, waitsFor: 'approval' | 'calendars'): boolean =>
  isAwaitingApproval(booking) ? waitsFor === 'approval' : waitsFor === 'calendars' && acceptanceOf(booking) !== 'held';

/** A reason that was overtaken (approved, or held by a calendar meanwhile) is left unsaid: success without an event. */
export const decideLeavingPending = (
  booking: KnownBooking,
  { now, reason }: BookingCommandOf<'LeavePending'>,
): Decision => {
  const approval = reason === 'awaiting_approval';
  if (booking.phase !== 'pending' || booking.because === reason) return E.right([]);
  if (!isFor(booking, approval ? 'approval' : 'calendars')) return E.right([]);
  const data = {
    reason,
    deadline: approval ? approvalDeadlineOf(booking) : booking.deadline,
    failures: approval ? [] : failuresOf(booking),
  };
  return E.right([{ type: 'BookingLeftPending', occurredAt: toInstant(now), data }]);
};

/** Expires when its time has come and not before; a booking that was decided meanwhile stays as it is. */
export const decideExpiry = (
  booking: KnownBooking,
  { now, reason, dueMs }: BookingCommandOf<'ExpireBooking'>,
): Decision => {
  const approval = reason === 'approval_missed';
  if (booking.phase !== 'pending' || !isFor(booking, approval ? 'approval' : 'calendars')) return E.right([]);
  const due = approval ? approvalDeadlineOf(booking) : booking.deadline;
  // When a meeting is, is no matter of our clock.
  const dueBy = approval ? toEpochMs(due) : Math.min(toEpochMs(due), dueMs ?? Number.POSITIVE_INFINITY);
  return now < dueBy
    ? E.left({ type: 'NotJustified', detail: `it expires at ${due}` })
    : E.right([{ type: 'BookingExpired', occurredAt: toInstant(now), data: { reason } }]);
};
