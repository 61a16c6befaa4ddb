import * as E from 'fp-ts/lib/Either.js';
import { toEpochMs, toInstant } from '../time/interval.ts';
import type { KnownBooking } from './booking-state.ts';
import { isAwaitingApproval, isLive, statusOf } from './booking-state.ts';
import type { BookingCommandOf } from './commands.ts';
import type { BookingEvent } from './events/index.ts';
import type { BookingRejection } from './rejection.ts';

type Decision = E.Either<BookingRejection, ReadonlyArray<BookingEvent>>;

/** Whether the meeting is over at `now` (epoch ms). */
const isOver = (booking: KnownBooking, now: number): boolean => now >= toEpochMs(booking.request.end);

/** Approved already, or in no need of it: success without an event. */
export const approve = (booking: KnownBooking, { now }: BookingCommandOf<'ApproveBooking'>): Decision => {
  if (booking.phase !== 'pending') return E.left({ type: 'NotPending', status: statusOf(booking) });
  if (!isAwaitingApproval(booking)) return E.right([]);
  return isOver(booking, now)
    ? E.left({ type: 'AlreadyEnded', endedAt: booking.request.end })
    : E.right([{ type: 'BookingApproved', occurredAt: toInstant(now), data: {} }]);
};

export const reject = (booking: KnownBooking, { now, salt, reason }: BookingCommandOf<'RejectBooking'>): Decision => {
  if (booking.phase === 'rejected') return E.right([]);
  if (booking.phase !== 'pending') return E.left({ type: 'NotPending', status: statusOf(booking) });
  const data = { personal: { salt, reason } };
  return E.right([{ type: 'BookingRejected', occurredAt: toInstant(now), data }]);
};

/** Cancelling twice is success without an event: one cancellation, one notice (S38). */
export const cancel = (booking: KnownBooking, command: BookingCommandOf<'CancelBooking'>): Decision => {
  const { by, reason, salt, now } = command;
  if (booking.phase === 'cancelled') return E.right([]);
  if (!isLive(booking)) return E.left({ type: 'NotLive', status: statusOf(booking) });
  if (isOver(booking, now)) return E.left({ type: 'AlreadyEnded', endedAt: booking.request.end });
  if (!command.cancellable) return E.left({ type: 'NotCancellable' });
  if (by === 'host' && command.hostMustGiveReason && (reason ?? '').trim() === '')
    return E.left({ type: 'ReasonRequired' });
  const data = { by, personal: { salt, reason } };
  return E.right([{ type: 'BookingCancelled', occurredAt: toInstant(now), data }]);
};
