import type { BookingEventData } from '../booking/events.ts';
import type { ReleaseReason } from '../schedule/schedule-state.ts';
import type { Booked, CalendarSync, Failed } from '../booking/booking-state.ts';
import { differencesOf } from '../booking/difference.ts';
import { lastFailureOf } from '../booking/evolve-calendar.ts';
import { toEpochMs } from '../time/time.ts';

/**
 * What is to be done next for one booking, as data. `at`: not before this UTC instant; null: now. Doing one of them
 * appends events, which lead to the next; doing it twice is harmless.
 */
export type Effect = { readonly at: string | null } & (
  | { readonly type: 'MakeRoom' }
  /** `attempt` is the one to begin. */
  | { readonly type: 'WriteCalendar'; readonly calendarId: string; readonly attempt: number }
  /** An attempt was begun and its outcome is not in the log: look the event up by our own id, write only if it is absent. */
  | { readonly type: 'ResolveCalendarWrite'; readonly calendarId: string; readonly attempt: number }
  /** The booking is accepted: its event there says so from now on, and where to meet as far as that is known. */
  | { readonly type: 'ConfirmCalendarEvent'; readonly calendarId: string; readonly attempt: number }
  | { readonly type: 'DecorateCalendarEvent'; readonly calendarId: string; readonly attempt: number }
  /** The event is to begin at another time than it does there; `attempt` is the one to begin. */
  | { readonly type: 'MoveCalendarEvent'; readonly calendarId: string; readonly attempt: number }
  /** A move was begun and its outcome is not in the log: look the event up, write only what is not so already. */
  | { readonly type: 'ResolveCalendarMove'; readonly calendarId: string; readonly attempt: number }
  | { readonly type: 'RemoveFromCalendar'; readonly calendarId: string; readonly attempt: number }
  /** A person moved the event in this calendar: the booking is to be moved to that time, as by the host. */
  | {
      readonly type: 'FollowCalendarEvent';
      readonly calendarId: string;
      /** Of what was found in this calendar. */
      readonly number: number;
      readonly start: string;
      readonly end: string;
    }
  /** No calendar holds the booking any more, by the host's own doing, and the grace or the time to answer is over. */
  | { readonly type: 'CancelForDifference' }
  | { readonly type: 'Accept' }
  | { readonly type: 'LeavePending'; readonly reason: BookingEventData<'BookingLeftPending'>['reason'] }
  /** The host has not decided about the request yet. `number`: of the reminder, from 1. */
  | { readonly type: 'RemindOfApproval'; readonly number: number }
  | { readonly type: 'Expire'; readonly reason: BookingEventData<'BookingExpired'>['reason'] }
  | { readonly type: 'CompleteReschedule' }
  | { readonly type: 'FailReschedule'; readonly reason: BookingEventData<'RescheduleFailed'>['reason'] }
  /** The schedule is to know what became of the times that were held for moves. */
  | { readonly type: 'SettleReschedules'; readonly ended: ReadonlyArray<SettledReschedule> }
  | { readonly type: 'ConfirmSlot' }
  | { readonly type: 'ReleaseSlot'; readonly reason: ReleaseReason }
);

/** `moved`: the time that was held for it is the booking's own now; else it is free again. */
export type SettledReschedule = { readonly rescheduleId: string; readonly moved: boolean };

type OnCalendar = Extract<Effect, { readonly calendarId: string }>;

/** What the plan of an effect on a calendar was made after. */
const failureBefore = (sync: CalendarSync | undefined, effect: OnCalendar): Failed | null => {
  if (sync === undefined) return null;
  if (sync.status === 'removal-failed') return sync.failure;
  if (sync.status !== 'held') return lastFailureOf(sync);
  if (effect.type === 'FollowCalendarEvent') return null;
  if (effect.type === 'MoveCalendarEvent' || effect.type === 'ResolveCalendarMove') return sync.move.failure;
  return effect.type === 'ConfirmCalendarEvent' ? sync.confirmation.failure : sync.decoration.failure;
};

/** What somebody asked for is due at once. */
const waitOn = (booking: Booked, effect: OnCalendar): number => {
  const sync = booking.calendars.find(({ calendarId }) => calendarId === effect.calendarId);
  const failure = failureBefore(sync, effect);
  if (failure === null || failure.retryAt === null || failure.retryRequested) return 0;
  return toEpochMs(failure.retryAt) - toEpochMs(failure.failedAt);
};

/** A grace is counted by the clock that found the difference; a host who does not answer has until the meeting. */
const graceMs = (booking: Booked, at: string): number => {
  const graced = differencesOf(booking).find(({ difference }) => difference.settleAt === at);
  if (graced?.difference.wants !== 'cancel') return Number.POSITIVE_INFINITY;
  return Math.max(0, toEpochMs(at) - toEpochMs(graced.difference.since));
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
    case 'MoveCalendarEvent':
    case 'ResolveCalendarMove':
    case 'RemoveFromCalendar':
      return Math.max(0, waitOn(booking, effect));
    case 'LeavePending':
      return booking.request.settleWindowMs;
    case 'RemindOfApproval':
      return Math.max(0, toEpochMs(effect.at) - toEpochMs(booking.requestedAt));
    case 'Expire':
      return effect.reason === 'approval_missed'
        ? Number.POSITIVE_INFINITY
        : Math.max(0, toEpochMs(booking.request.deadline) - toEpochMs(booking.requestedAt));
    case 'FailReschedule':
      return effect.reason === 'approval_missed'
        ? Number.POSITIVE_INFINITY
        : (booking.reschedule?.syncAllowanceMs ?? 0);
    case 'CancelForDifference':
      return graceMs(booking, effect.at);
    case 'MakeRoom':
    case 'FollowCalendarEvent':
    case 'CompleteReschedule':
    case 'SettleReschedules':
    case 'Accept':
    case 'ConfirmSlot':
    case 'ReleaseSlot':
      return 0;
  }
};
