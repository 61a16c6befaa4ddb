import * as E from 'fp-ts/lib/Either.js';
import type { Acceptance } from '../saga/acceptance.ts';
import { toEpochMs, toInstant } from '../time/interval.ts';
import type { KnownBooking } from './booking-state.ts';
import { isLive, statusOf } from './booking-state.ts';
import type { BookingCommandOf } from './commands.ts';
import type { BookingEvent, BookingEventData } from './events/index.ts';
import type { BookingRejection } from './rejection.ts';

type Decision = E.Either<BookingRejection, ReadonlyArray<BookingEvent>>;

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
export const accept = (
  booking: KnownBooking,
  command: BookingCommandOf<'AcceptBooking'>,
  acceptance: Acceptance,
): Decision => {
  if (booking.phase !== 'pending') return E.right([]);
  if (booking.request.requiresApproval && !booking.approved)
    return E.left({ type: 'NotJustified', detail: 'the host has not approved' });
  const reason = acceptedBecause(acceptance);
  return reason === null
    ? E.left({ type: 'NotJustified', detail: 'no calendar is known to hold the booking' })
    : E.right([{ type: 'BookingAccepted', occurredAt: toInstant(command.now), data: { reason } }]);
};

const failuresOf = (booking: KnownBooking): BookingEventData<'BookingLeftPending'>['failures'] =>
  booking.calendars.flatMap((sync) =>
    sync.status === 'failed'
      ? [
          {
            calendarId: sync.calendarId,
            kind: sync.failure.kind,
            message: sync.failure.message,
            retryable: sync.failure.retryable,
          },
        ]
      : [],
  );

export const leavePending = (booking: KnownBooking, command: BookingCommandOf<'LeavePending'>): Decision => {
  if (booking.phase !== 'pending' || booking.because === command.reason) return E.right([]);
  const approval = command.reason === 'awaiting_approval';
  const data = {
    reason: command.reason,
    deadline: approval ? booking.request.end : booking.request.deadline,
    failures: approval ? [] : failuresOf(booking),
  };
  return E.right([{ type: 'BookingLeftPending', occurredAt: toInstant(command.now), data }]);
};

/** Expires when its time has come and not before; a booking that was decided meanwhile stays as it is. */
export const expire = (booking: KnownBooking, command: BookingCommandOf<'ExpireBooking'>): Decision => {
  if (booking.phase !== 'pending') return E.right([]);
  const due = command.reason === 'approval_missed' ? booking.request.end : booking.request.deadline;
  return command.now < toEpochMs(due)
    ? E.left({ type: 'NotJustified', detail: `it expires at ${due}` })
    : E.right([{ type: 'BookingExpired', occurredAt: toInstant(command.now), data: { reason: command.reason } }]);
};

/** Cancelling twice is success without an event: one cancellation, one notice (S38). */
export const cancel = (booking: KnownBooking, command: BookingCommandOf<'CancelBooking'>): Decision => {
  if (booking.phase === 'cancelled') return E.right([]);
  if (!isLive(booking)) return E.left({ type: 'NotLive', status: statusOf(booking) });
  if (command.now >= toEpochMs(booking.request.end))
    return E.left({ type: 'AlreadyEnded', endedAt: booking.request.end });
  if (!command.cancellable) return E.left({ type: 'NotCancellable' });
  if (command.by === 'host' && command.hostMustGiveReason && (command.reason ?? '').trim() === '')
    return E.left({ type: 'ReasonRequired' });
  const data = { by: command.by, personal: { salt: command.salt, reason: command.reason } };
  return E.right([{ type: 'BookingCancelled', occurredAt: toInstant(command.now), data }]);
};
