import {
  type Booked,
  type CalendarSync,
  type EventChange,
  type Failed,
  isAwaitingApproval,
  acceptanceOf,
  type BookingState,
  type Acceptance,
} from '../booking/booking-state.ts';
import { approvalDeadlineOf, nextApprovalReminder } from '../booking/approval.ts';
import { lastFailureOf } from '../booking/evolve-calendar.ts';
import { toEpochMs, toInstant } from '../time/time.ts';
import type { Effect } from './effect.ts';
import { settleDifferences } from './react-to-difference.ts';
import { rescheduleDecisions, isToBeMoved, moveInCalendars, settleReschedules } from './react-to-reschedule.ts';

/**
 * When a failed write is due again. While a booking is pending nothing is planned past its deadline; once it is accepted
 * after all, what was given up for that reason alone is taken up again.
 */
const dueAgain = (failure: Failed, acceptedAt: string | null): string | null => {
  const isTakenUp = acceptedAt !== null && failure.retryable && toEpochMs(failure.failedAt) < toEpochMs(acceptedAt);
  return failure.retryAt ?? (isTakenUp ? acceptedAt : null);
};

const write = (sync: CalendarSync, acceptedAt: string | null): ReadonlyArray<Effect> => {
  const { calendarId } = sync;
  switch (sync.status) {
    case 'idle':
      return [{ type: 'WriteCalendar', calendarId, attempt: sync.attempt + 1, at: null }];
    case 'writing':
      return [{ type: 'ResolveCalendarWrite', calendarId, attempt: sync.attempt, at: null }];
    case 'failed': {
      const at = dueAgain(sync.failure, acceptedAt);
      return at === null ? [] : [{ type: 'WriteCalendar', calendarId, attempt: sync.attempt + 1, at }];
    }
    case 'held':
    case 'removed':
    case 'removal-failed':
      return [];
  }
};

/** Writes that are due or will be: first attempts, attempts whose outcome was lost, retries. */
const writeCalendars = (booking: Booked, acceptedAt: string | null = null): ReadonlyArray<Effect> =>
  booking.calendars.flatMap((sync) => write(sync, acceptedAt));

/** No further try is planned. */
const isGivenUp = ({ done, failure }: EventChange): boolean => !done && failure !== null && failure.retryAt === null;

/** Tentative events of a booking that is accepted now: each is to say so. */
const confirmInCalendars = (booking: Booked): ReadonlyArray<Effect> =>
  booking.calendars.flatMap((sync): ReadonlyArray<Effect> => {
    if (sync.status !== 'held' || sync.confirmation.done || isGivenUp(sync.confirmation)) return [];
    if (sync.difference !== undefined) return [];
    if (isToBeMoved(booking, sync)) return [];
    const { attempts, failure } = sync.confirmation;
    const { calendarId } = sync;
    return [{ type: 'ConfirmCalendarEvent', calendarId, attempt: attempts + 1, at: failure?.retryAt ?? null }];
  });

/** Only a calendar that makes rooms of its own (Google Meet) has a link to write back into its event. */
export const wantsDecoration = (booking: Booked, sync: CalendarSync): boolean =>
  booking.request.room?.provider === 'google-meet' && sync.provider === 'google';

/**
 * The link of a room that came with the event, to be written into the event's text: a step of its own, retried alone.
 * The write that confirms the event takes the link along where there is one, so it goes first.
 */
const decorateCalendars = (booking: Booked): ReadonlyArray<Effect> =>
  booking.calendars.flatMap((sync): ReadonlyArray<Effect> => {
    if (sync.status !== 'held' || !wantsDecoration(booking, sync) || isToBeMoved(booking, sync)) return [];
    if (sync.difference !== undefined) return [];
    const { calendarId, confirmation, decoration } = sync;
    if (decoration.done || isGivenUp(decoration) || !(confirmation.done || isGivenUp(confirmation))) return [];
    const at = decoration.failure?.retryAt ?? null;
    return [{ type: 'DecorateCalendarEvent', calendarId, attempt: decoration.attempts + 1, at }];
  });

const remove = (sync: CalendarSync): ReadonlyArray<Effect> => {
  const { calendarId } = sync;
  switch (sync.status) {
    case 'idle':
    case 'removed':
      return [];
    case 'writing':
    case 'held':
      return [{ type: 'RemoveFromCalendar', calendarId, attempt: 1, at: null }];
    case 'failed':
      return sync.mayHold !== 'no' ? [{ type: 'RemoveFromCalendar', calendarId, attempt: 1, at: null }] : [];
    case 'removal-failed':
      return sync.failure.retryAt === null
        ? []
        : [{ type: 'RemoveFromCalendar', calendarId, attempt: sync.removalAttempts + 1, at: sync.failure.retryAt }];
  }
};

/** Compensation: whatever a calendar holds, or may hold, of a booking that is not live is taken out again. */
const clearCalendars = (booking: Booked): ReadonlyArray<Effect> => booking.calendars.flatMap(remove);

type Pending = Extract<BookingState, { readonly phase: 'pending' }>;

const remindOfApproval = (booking: Pending): ReadonlyArray<Effect> => {
  const next = nextApprovalReminder(booking);
  return next === null ? [] : [{ type: 'RemindOfApproval', ...next }];
};

const awaitApproval = (booking: Pending): ReadonlyArray<Effect> => [
  ...(booking.reschedule === null ? [] : [{ type: 'CompleteReschedule', at: null } as const]),
  ...(booking.because === 'awaiting_approval'
    ? []
    : [{ type: 'LeavePending', reason: 'awaiting_approval', at: null } as const]),
  ...remindOfApproval(booking),
  { type: 'Expire', reason: 'approval_missed', at: approvalDeadlineOf(booking) },
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
  if (booking.reschedule !== null) return [{ type: 'CompleteReschedule', at: null }];
  if (acceptance === 'held') return [{ type: 'Accept', at: null }];
  if (booking.room.status === 'wanted') return [{ type: 'MakeRoom', at: null }, expire];
  if (acceptance === 'no-calendar') return [{ type: 'Accept', at: null }];
  return [...leavePending(booking, acceptance), ...writeCalendars(booking), ...moveInCalendars(booking), expire];
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
      return [
        ...settleReschedules(booking),
        ...(isAwaitingApproval(booking) ? awaitApproval(booking) : decideByCalendars(booking)),
      ];
    case 'accepted':
      return [
        ...settleReschedules(booking),
        { type: 'ConfirmSlot', at: null },
        ...rescheduleDecisions(booking),
        ...settleDifferences(booking),
        ...moveInCalendars(booking),
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
