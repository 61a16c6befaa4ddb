import type { Booked, CalendarSync, Failed } from '../booking/booking-state.ts';
import { lastFailureOf } from '../booking/evolve-calendar.ts';
import { toEpochMs } from '../time/interval.ts';
import type { Effect } from './effect.ts';

type OnCalendar = Extract<Effect, { readonly calendarId: string }>;

/** What the plan of an effect on a calendar was made after. */
const failureBefore = (sync: CalendarSync | undefined, effect: OnCalendar): Failed | null => {
  if (sync === undefined) return null;
  if (sync.status === 'removal-failed') return sync.failure;
  if (sync.status !== 'held') return lastFailureOf(sync);
  return effect.type === 'ConfirmCalendarEvent' ? sync.confirmation.failure : sync.decoration.failure;
};

/** What somebody asked for is due at once. */
const waitOn = (booking: Booked, effect: OnCalendar): number => {
  const sync = booking.calendars.find(({ calendarId }) => calendarId === effect.calendarId);
  const failure = failureBefore(sync, effect);
  if (failure === null || failure.retryAt === null || failure.retryRequested) return 0;
  return toEpochMs(failure.retryAt) - toEpochMs(failure.failedAt);
};

/**
 * For how many milliseconds an effect was put off when it was planned, by the times in the log alone: all of them were
 * read from one clock, so the span is right even where that clock was not. Infinity where the effect is due at a
 * time of the meeting itself, which no clock of ours has made.
 */
export const longestWaitMs = (booking: Booked, effect: Effect): number => {
  if (effect.at === null) return 0;
  switch (effect.type) {
    case 'WriteCalendar':
    case 'ResolveCalendarWrite':
    case 'ConfirmCalendarEvent':
    case 'DecorateCalendarEvent':
    case 'RemoveFromCalendar':
      return Math.max(0, waitOn(booking, effect));
    case 'LeavePending':
      return booking.request.settleWindowMs;
    case 'Expire':
      return effect.reason === 'approval_missed'
        ? Number.POSITIVE_INFINITY
        : Math.max(0, toEpochMs(booking.request.deadline) - toEpochMs(booking.requestedAt));
    case 'MakeRoom':
    case 'Accept':
    case 'ConfirmSlot':
    case 'ReleaseSlot':
      return 0;
  }
};
