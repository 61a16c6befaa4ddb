import type { BookingState } from '../booking/booking-state.ts';
import { toEpochMs, toInstant } from '../time/interval.ts';
import { acceptanceOf } from './acceptance.ts';
import type { Effect } from './effect.ts';
import { clearCalendars, decorateCalendars, writeCalendars } from './react-to-calendars.ts';

type Pending = Extract<BookingState, { readonly phase: 'pending' }>;

const awaitApproval = (booking: Pending): ReadonlyArray<Effect> => [
  ...(booking.because === 'awaiting_approval'
    ? []
    : [{ type: 'LeavePending', reason: 'awaiting_approval', at: null } as const]),
  { type: 'Expire', reason: 'approval_missed', at: booking.request.end },
];

/** A failure beside open writes waits for them this long before anybody is told "not confirmed yet" (S07). */
const settledAt = (booking: Pending): string | null => {
  const failures = booking.calendars.flatMap((sync) =>
    sync.status === 'failed' ? [toEpochMs(sync.failure.failedAt)] : [],
  );
  return failures.length === 0 ? null : toInstant(Math.min(...failures) + booking.request.settleWindowMs);
};

const leavePending = (booking: Pending, at: string | null): ReadonlyArray<Effect> =>
  booking.because === 'calendar_sync_failed' ? [] : [{ type: 'LeavePending', reason: 'calendar_sync_failed', at }];

const decideByCalendars = (booking: Pending): ReadonlyArray<Effect> => {
  const expire: Effect = { type: 'Expire', reason: 'calendar_sync_failed', at: booking.request.deadline };
  const acceptance = acceptanceOf(booking);
  switch (acceptance) {
    case 'no-calendar':
    case 'held':
      return [{ type: 'Accept', at: null }];
    case 'failed':
      return [...leavePending(booking, null), ...writeCalendars(booking), expire];
    case 'open': {
      const settled = settledAt(booking);
      return [...writeCalendars(booking), ...(settled === null ? [] : leavePending(booking, settled)), expire];
    }
  }
};

const pending = (booking: Pending): ReadonlyArray<Effect> => {
  if (booking.request.requiresApproval && !booking.approved) return awaitApproval(booking);
  return booking.room.status === 'wanted' ? [{ type: 'MakeRoom', at: null }] : decideByCalendars(booking);
};

/**
 * The saga: what is to be done, given all that is known of one booking. Pure; called for live bookings only, so a
 * replay, which folds and never reacts, causes no effect (I7). Ask again after every event: the answer is the whole
 * truth of the moment, not a difference, so a lost, repeated or reordered message changes nothing.
 */
export const react = (booking: BookingState): ReadonlyArray<Effect> => {
  switch (booking.phase) {
    case 'none':
      return [];
    case 'pending':
      return pending(booking);
    case 'accepted':
      return [{ type: 'ConfirmSlot', at: null }, ...writeCalendars(booking), ...decorateCalendars(booking)];
    case 'cancelled':
    case 'rejected':
    case 'expired':
      return [{ type: 'ReleaseSlot', reason: booking.phase, at: null }, ...clearCalendars(booking)];
  }
};
