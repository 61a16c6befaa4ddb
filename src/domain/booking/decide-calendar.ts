import { isRetryable } from '../calendar/calendar-failure.ts';
import { toInstant } from '../time/interval.ts';
import type { CalendarSync, KnownBooking } from './booking-state.ts';
import type { BookingCommandOf } from './commands.ts';
import type { BookingEvent, BookingEventData } from './events/index.ts';
import { retryDelayMs } from './retry.ts';

type FailureCommand = BookingCommandOf<'RecordCalendarFailure' | 'RecordDecorationFailure' | 'RecordRemovalFailure'>;

const syncOf = (booking: KnownBooking, calendarId: string): CalendarSync | undefined =>
  booking.calendars.find((sync) => sync.calendarId === calendarId);

/** A failure as it is stored; a retry that would come after `until` (epoch ms) is none. */
const failedData = (
  command: FailureCommand,
  until: number,
  always: boolean,
): BookingEventData<'CalendarSyncFailed'> => {
  const { kind, message, retryAfterMs } = command.failure;
  const due = command.now + retryDelayMs(command.retry, command.attempt, command.jitter, retryAfterMs);
  const retryable = always || isRetryable(kind);
  return {
    calendarId: command.calendarId,
    attempt: command.attempt,
    kind,
    message,
    retryable,
    retryAt: retryable && due < until ? toInstant(due) : null,
  };
};

/** Intent before the call. A write that is under way, done, or not wanted any more is not begun: success, no event. */
export const startSync = (
  booking: KnownBooking,
  command: BookingCommandOf<'StartCalendarSync'>,
): ReadonlyArray<BookingEvent> => {
  const sync = syncOf(booking, command.calendarId);
  const wanted =
    booking.phase === 'accepted' ||
    (booking.phase === 'pending' && (booking.approved || !booking.request.requiresApproval));
  const startable =
    sync !== undefined && (sync.status === 'idle' || sync.status === 'failed') && command.attempt === sync.attempt + 1;
  return wanted && startable
    ? [
        {
          type: 'CalendarSyncStarted',
          occurredAt: toInstant(command.now),
          data: { calendarId: command.calendarId, attempt: command.attempt },
        },
      ]
    : [];
};

/** What a calendar answered is a fact in every phase. A success without an id is a failure (S08). */
export const syncSuccess = (
  booking: KnownBooking,
  command: BookingCommandOf<'RecordCalendarSuccess'>,
  until: number,
): ReadonlyArray<BookingEvent> => {
  if (command.providerEventId.trim() === '') {
    const failure = { kind: 'provider-error', message: 'The calendar answered without an event id.' } as const;
    return syncFailure(booking, { ...command, type: 'RecordCalendarFailure', failure }, until);
  }
  const sync = syncOf(booking, command.calendarId);
  if (sync === undefined || sync.status === 'held' || sync.status === 'removed') return [];
  const { calendarId, attempt, providerEventId, meetingUrl, found } = command;
  return [
    {
      type: 'CalendarSyncSucceeded',
      occurredAt: toInstant(command.now),
      data: { calendarId, attempt, providerEventId, meetingUrl, found },
    },
  ];
};

export const syncFailure = (
  booking: KnownBooking,
  command: BookingCommandOf<'RecordCalendarFailure'>,
  until: number,
): ReadonlyArray<BookingEvent> =>
  syncOf(booking, command.calendarId)?.status === 'writing'
    ? [{ type: 'CalendarSyncFailed', occurredAt: toInstant(command.now), data: failedData(command, until, false) }]
    : [];

export const decoration = (
  booking: KnownBooking,
  command: BookingCommandOf<'RecordDecoration'>,
): ReadonlyArray<BookingEvent> => {
  const sync = syncOf(booking, command.calendarId);
  const { calendarId, attempt, meetingUrl } = command;
  return sync?.status === 'held' && !sync.decorated
    ? [
        {
          type: 'CalendarEventDecorated',
          occurredAt: toInstant(command.now),
          data: { calendarId, attempt, meetingUrl },
        },
      ]
    : [];
};

export const decorationFailure = (
  booking: KnownBooking,
  command: BookingCommandOf<'RecordDecorationFailure'>,
  until: number,
): ReadonlyArray<BookingEvent> =>
  syncOf(booking, command.calendarId)?.status === 'held'
    ? [
        {
          type: 'CalendarDecorationFailed',
          occurredAt: toInstant(command.now),
          data: failedData(command, until, false),
        },
      ]
    : [];

export const removal = (
  booking: KnownBooking,
  command: BookingCommandOf<'RecordRemoval'>,
): ReadonlyArray<BookingEvent> => {
  const { calendarId, attempt, outcome } = command;
  return syncOf(booking, calendarId)?.status === 'removed'
    ? []
    : [
        {
          type: 'CalendarRemovalSucceeded',
          occurredAt: toInstant(command.now),
          data: { calendarId, attempt, outcome },
        },
      ];
};

/** Removals are tried again whatever the kind: an orphan in somebody's calendar does not become less wrong. */
export const removalFailure = (
  booking: KnownBooking,
  command: BookingCommandOf<'RecordRemovalFailure'>,
  until: number,
): ReadonlyArray<BookingEvent> =>
  syncOf(booking, command.calendarId)?.status === 'removed'
    ? []
    : [{ type: 'CalendarRemovalFailed', occurredAt: toInstant(command.now), data: failedData(command, until, true) }];
