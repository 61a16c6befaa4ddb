import { toEpochMs, toInstant } from '../time/interval.ts';
import type { BookingState, KnownBooking } from './booking-state.ts';
import { isAwaitingApproval } from './booking-state.ts';

/** Phases only move forward: what ended stays ended, whatever arrives late, twice or in another order. */
export const hasEnded = (booking: KnownBooking): boolean =>
  booking.phase === 'cancelled' || booking.phase === 'rejected' || booking.phase === 'expired';

type Pending = Extract<BookingState, { readonly phase: 'pending' }>;

/** Waiting for an approval that has come already is no news. */
export const leftPending = (booking: Pending, because: Exclude<Pending['because'], 'deciding'>): Pending =>
  because === 'awaiting_approval' && !isAwaitingApproval(booking)
    ? booking
    : {
        ...booking,
        because,
        wasToldUnconfirmed: booking.wasToldUnconfirmed || because === 'calendar_sync_failed',
      };

/**
 * The calendars get as long after the approval as they would have had after the request; until the meeting's start at
 * the latest, or its end where the host said yes in between.
 */
const deadlineAfterApproval = ({ request, requestedAt }: Pending, approvedAt: string): string => {
  const approvedMs = toEpochMs(approvedAt);
  const allowance = toEpochMs(request.deadline) - toEpochMs(requestedAt);
  const start = toEpochMs(request.start);
  return toInstant(Math.min(approvedMs + allowance, approvedMs < start ? start : toEpochMs(request.end)));
};

/** An approval given again, or never asked for, is no news. */
export const approved = (booking: Pending, at: string): Pending =>
  isAwaitingApproval(booking)
    ? { ...booking, approved: true, because: 'deciding', deadline: deadlineAfterApproval(booking, at) }
    : booking;
