import type { BookingState, Acceptance } from '../booking/booking-state.ts';
import { isAwaitingApproval, acceptanceOf } from '../booking/booking-state.ts';
import { lastFailureOf } from '../booking/evolve-calendar.ts';
import { toEpochMs, toInstant } from '../time/interval.ts';
import type { Effect } from './effect.ts';
import { clearCalendars, confirmInCalendars, decorateCalendars, writeCalendars } from './react-to-calendars.ts';

type Pending = Extract<BookingState, { readonly phase: 'pending' }>;

const awaitApproval = (booking: Pending): ReadonlyArray<Effect> => [
  ...(booking.because === 'awaiting_approval'
    ? []
    : [{ type: 'LeavePending', reason: 'awaiting_approval', at: null } as const]),
  { type: 'Expire', reason: 'approval_missed', at: booking.request.end },
];

/** A failure beside open writes waits for them this long before anybody is told "not confirmed yet" (S07). */
const settledAt = (booking: Pending): string | null => {
  const failures = booking.calendars.flatMap((sync) => {
    const failure = lastFailureOf(sync);
    return failure === null ? [] : [toEpochMs(failure.failedAt)];
  });
  return failures.length === 0 ? null : toInstant(Math.min(...failures) + booking.request.settleWindowMs);
};

const leavePending = (booking: Pending, acceptance: Acceptance): ReadonlyArray<Effect> => {
  const isOpen = acceptance === 'open';
  const at = isOpen ? settledAt(booking) : null;
  return booking.because === 'calendar_sync_failed' || (isOpen && at === null)
    ? []
    : [{ type: 'LeavePending', reason: 'calendar_sync_failed', at }];
};

/** The room comes before the calendars, so that what is written to them holds its link. It never holds up a success. */
const decideByCalendars = (booking: Pending): ReadonlyArray<Effect> => {
  const acceptance = acceptanceOf(booking);
  const expire: Effect = { type: 'Expire', reason: 'calendar_sync_failed', at: booking.deadline };
  if (acceptance === 'held') return [{ type: 'Accept', at: null }];
  if (booking.room.status === 'wanted') return [{ type: 'MakeRoom', at: null }, expire];
  if (acceptance === 'no-calendar') return [{ type: 'Accept', at: null }];
  return [...leavePending(booking, acceptance), ...writeCalendars(booking), expire];
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
      return isAwaitingApproval(booking) ? awaitApproval(booking) : decideByCalendars(booking);
    case 'accepted':
      return [
        { type: 'ConfirmSlot', at: null },
        ...writeCalendars(booking, booking.acceptedAt),
        ...confirmInCalendars(booking),
        ...decorateCalendars(booking),
      ];
    case 'cancelled':
    case 'rejected':
    case 'expired':
      return [{ type: 'ReleaseSlot', reason: booking.phase, at: null }, ...clearCalendars(booking)];
  }
};
