import type { FailureKind } from '../calendar/calendar-failure.ts';
import type { BookingCommand } from '../booking/commands.ts';
import { tookTime } from '../booking/decide-calendar.ts';
import type { BookingEvent, BookingEventData } from '../booking/events.ts';
import { ALL_EFFECTS } from '../booking/lease.ts';
import type { Seen } from '../booking/watch-commands.ts';
import { toEpochMs } from '../time/time.ts';

/**
 * `clocksMayBeSetBack`: an expiry before its deadline is believed, as it is right where a clock that was ahead was set back.
 * No event tells of that, so a log of a real machine has to be read with it; where time is told, without.
 */
export type JudgeOptions = { readonly clocksMayBeSetBack: boolean };

type Failed = BookingEventData<'CalendarSyncFailed'>;

/** Longer than any booking is waited for, so that the plan of a next try comes to nothing: a calendar may ask for any wait. */
const FOR_EVER_MS = Number.MAX_SAFE_INTEGER / 2;

/** The failure of which exactly this event was written: the calendar itself may ask for any wait. */
const failureOf = ({ calendarId, attempt, kind, message, retryAt }: Failed, now: number) => ({
  calendarId,
  attempt,
  now,
  jitter: 0,
  retry: { baseMs: 1, capMs: 1 },
  failure: {
    kind: kind satisfies FailureKind,
    message,
    retryAfterMs: retryAt === null ? FOR_EVER_MS : toEpochMs(retryAt) - now,
  },
});

const NEVER = '9999-12-31T00:00:00Z';

/** Another time that is asked for, whichever: what it does to the question before it is the same. */
const laterQuestion = {
  wanted: { rescheduleId: '', start: NEVER, end: NEVER, claim: { start: NEVER, end: NEVER } },
  by: 'host',
  reason: null,
  salt: '',
  approval: null,
  syncAllowanceMs: 0,
} as const;

type Looked = Extract<BookingEvent, { readonly type: `CalendarEvent${'Missing' | 'Moved' | 'Changed' | 'Verified'}` }>;

const seenIn = (event: Looked): Seen => {
  switch (event.type) {
    case 'CalendarEventMissing':
      return { type: 'missing' };
    case 'CalendarEventMoved':
      return { type: 'at', start: event.data.start, end: event.data.end };
    case 'CalendarEventChanged':
      return { type: event.data.change === 'organizer' ? 'other-organizer' : 'cancelled' };
    case 'CalendarEventVerified':
      return { type: 'as-booked' };
  }
};

/** The look of which exactly this event was written, by the policy that it states. */
const lookOf = (event: Looked, now: number): BookingCommand => {
  const { data } = event;
  const policy = {
    deleted:
      event.type === 'CalendarEventMissing' || event.type === 'CalendarEventChanged' ? event.data.policy : 'pending',
    moved: event.type === 'CalendarEventMoved' ? event.data.policy : 'ask',
    graceMs: 'settleAt' in data ? toEpochMs(data.settleAt) - now : 0,
  } as const;
  return { type: 'RecordLook', calendarId: data.calendarId, seen: seenIn(event), policy, isAsked: true, now };
};

/** The command under which an event of a booking would be written, with all that the event itself says of the world. */
export const commandBehind = (event: BookingEvent, { clocksMayBeSetBack }: JudgeOptions): BookingCommand => {
  const now = toEpochMs(event.occurredAt);
  switch (event.type) {
    case 'BookingRequested':
      return { type: 'RequestBooking', request: event.data, now };
    case 'RequestAbandoned':
      return { type: 'AbandonRequest', now };
    case 'RoomReady':
      return { type: 'RecordRoom', room: event.data, now };
    case 'RoomFailed':
      return { type: 'RecordRoomFailure', ...event.data, now };
    case 'CalendarSyncStarted':
      return { type: 'StartCalendarSync', ...event.data, now };
    case 'CalendarSyncSucceeded':
      return { type: 'RecordCalendarSuccess', ...event.data, now, jitter: 0, retry: { baseMs: 1, capMs: 1 } };
    case 'CalendarSyncFailed':
      return { type: 'RecordCalendarFailure', ...failureOf(event.data, now) };
    case 'CalendarEventConfirmed':
      return { type: 'RecordConfirmation', meetingUrl: null, ...event.data, now };
    case 'CalendarConfirmationFailed':
      return { type: 'RecordConfirmationFailure', ...failureOf(event.data, now), ...tookTime(event.data) };
    case 'CalendarRetryRequested':
      return { type: 'RetryCalendars', now };
    case 'CalendarEventDecorated':
      return { type: 'RecordDecoration', ...event.data, now };
    case 'CalendarDecorationFailed':
      return { type: 'RecordDecorationFailure', ...failureOf(event.data, now), ...tookTime(event.data) };
    case 'EffectLeased': {
      const { effect, node, until } = event.data;
      const alone = effect !== ALL_EFFECTS;
      return { type: 'LeaseEffect', effect, alone, lease: { node, until: toEpochMs(until) }, now };
    }
    case 'BookingAccepted':
      return { type: 'AcceptBooking', now };
    case 'BookingLeftPending':
      return { type: 'LeavePending', reason: event.data.reason, now };
    case 'BookingApproved':
      return { type: 'ApproveBooking', now };
    case 'MailboxVerified':
      return { type: 'VerifyMailbox', now };
    case 'ApprovalReminderDue':
      return { type: 'RemindOfApproval', ...event.data, now };
    case 'BookingRejected':
      return { type: 'RejectBooking', ...event.data.personal, now };
    case 'BookingExpired':
      return {
        type: 'ExpireBooking',
        reason: event.data.reason,
        now,
        ...(clocksMayBeSetBack ? { dueMs: now } : {}),
      };
    case 'BookingCancelled': {
      const { by, personal } = event.data;
      return { type: 'CancelBooking', by, ...personal, cancellable: true, hostMustGiveReason: false, now };
    }
    case 'ReminderFellDue':
    case 'MeetingStarted':
    case 'NoShowCheckFellDue':
    case 'MeetingEnded':
      return { type: 'FireTimers', now };
    case 'AbsenceMarked':
      return { type: 'MarkAbsence', host: event.data.host, ...event.data.personal, now };
    case 'CalendarRemovalSucceeded':
      return { type: 'RecordRemoval', ...event.data, now };
    case 'CalendarRemovalFailed':
      return { type: 'RecordRemovalFailure', ...failureOf(event.data, now), ...tookTime(event.data) };
    case 'CalendarRemovalAcknowledged':
      return { type: 'AcknowledgeRemoval', ...event.data, now };
    case 'CalendarMoveStarted':
      return { type: 'StartCalendarMove', ...event.data, now };
    case 'CalendarMoveSucceeded':
      return { type: 'RecordCalendarMove', ...event.data, now, jitter: 0, retry: { baseMs: 1, capMs: 1 } };
    case 'CalendarMoveFailed': {
      const { start, end } = event.data;
      return { type: 'RecordCalendarMoveFailure', ...failureOf(event.data, now), start, end };
    }
    case 'GuestsAdded':
      return { type: 'AddGuests', by: event.data.by, ...event.data.personal, now };
    case 'PersonalDataErased':
      return { type: 'ErasePersonalData', ...event.data, now };
    case 'GuestRemoved':
      return { type: 'RemoveGuest', ...event.data, now };
    case 'LocationChanged': {
      const { by, room, personal } = event.data;
      return { type: 'ChangeLocation', by, room, ...personal, now };
    }
    case 'RescheduleRequested': {
      const { rescheduleId, start, end, claim, by, approval, syncAllowanceMs, personal } = event.data;
      const wanted = { rescheduleId, start, end, claim };
      const asked = { wanted, by, approval: approval ?? null, syncAllowanceMs };
      return { type: 'RequestReschedule', ...asked, ...personal, now };
    }
    case 'RescheduleApproved':
      return { type: 'ApproveBooking', now };
    case 'BookingRescheduled':
      return { type: 'CompleteReschedule', now };
    case 'RescheduleDeclined':
      return { type: 'RejectBooking', ...event.data.personal, now };
    case 'RescheduleFailed':
      return {
        type: 'FailReschedule',
        reason: event.data.reason,
        now,
        ...(clocksMayBeSetBack ? { dueMs: now } : {}),
      };
    case 'RescheduleWithdrawn':
      return { type: 'RequestReschedule', ...laterQuestion, now };
    case 'RescheduleAbandoned':
      return { type: 'AbandonReschedule', ...event.data, now };
    case 'CalendarEventMissing':
    case 'CalendarEventMoved':
    case 'CalendarEventChanged':
    case 'CalendarEventVerified':
      return lookOf(event, now);
    case 'CalendarEventRestoreRequested':
      return { type: 'RequestRestore', ...event.data, now };
    case 'CalendarEventNotFollowed':
      return { type: 'RecordNotFollowed', ...event.data, now };
    case 'NotificationSent':
      return { type: 'RecordNotification', sent: event.data, now };
    case 'NotificationParked':
      return { type: 'ParkNotification', parked: event.data, now };
  }
};
