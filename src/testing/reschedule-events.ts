import { writtenDetails } from '../domain/booking/decide-calendar.ts';
import type { BookingEventData, BookingEventOf, BookingEventType } from '../domain/booking/events.ts';
import { type FailureKind, isRetryable } from '../domain/calendar/calendar-failure.ts';
import type { ScheduleEvent } from '../domain/schedule/schedule-state.ts';
import type { At } from './booking-events.ts';
import type { AttemptOptions, FailureOptions, WrittenOptions } from './calendar-events.ts';
import { epochMs, instant, START_OF_STORY, type Time } from './given.ts';

/** Words for moves to another time: a half hour from `to` on, which is 15:00 where it is left out, of move `move1`. */
export type To = { readonly to?: Time; readonly id?: string };

const HALF_HOUR_MS = 1_800_000;
export const MOVE_SALT = '00000000000000000000000000000000';

const occurredAt = ({ at = START_OF_STORY }: At): string => instant(at);
/** The move's id: `move1` where nothing else is said. */
export const moveIdOf = ({ id = 'move1' }: To): string => id;
/** The half hour that the move is to. */
export const moveTimeOf = ({ to = '15:00' }: To): { readonly start: string; readonly end: string } => ({
  start: instant(to),
  end: instant(Temporal.Instant.fromEpochMilliseconds(epochMs(to) + HALF_HOUR_MS).toString()),
});

const ofType = <T extends BookingEventType>(type: T, options: At, data: BookingEventData<T>): BookingEventOf<T> => ({
  type,
  occurredAt: occurredAt(options),
  data,
});

/** Another time was asked for, and is held; by the guest, and without approval, where nothing else is said. Tried for 5 minutes. */
export const rescheduleRequested = (
  options: At & To & Partial<Pick<BookingEventData<'RescheduleRequested'>, 'by' | 'requiresApproval'>> = {},
): BookingEventOf<'RescheduleRequested'> =>
  ofType('RescheduleRequested', options, {
    rescheduleId: moveIdOf(options),
    by: options.by ?? 'guest',
    ...moveTimeOf(options),
    claim: moveTimeOf(options),
    requiresApproval: options.requiresApproval ?? false,
    syncAllowanceMs: 300_000,
    personal: { salt: MOVE_SALT, reason: null },
    ...(options.requiresApproval === true
      ? { approval: { deadline: moveTimeOf(options).start, remindAt: [], holdsSlot: true } }
      : {}),
  });

/** The host said yes to the new time. */
export const rescheduleApproved = (options: At & To = {}): BookingEventOf<'RescheduleApproved'> =>
  ofType('RescheduleApproved', options, { rescheduleId: moveIdOf(options) });

/** The booking has moved, from 14:00 where nothing else is said. */
export const rescheduled = (
  options: At & To & { readonly from?: Time; readonly by?: 'guest' | 'host' } = {},
): BookingEventOf<'BookingRescheduled'> =>
  ofType('BookingRescheduled', options, {
    rescheduleId: moveIdOf(options),
    by: options.by ?? 'guest',
    previous: moveTimeOf({ to: options.from ?? '14:00' }),
    ...moveTimeOf(options),
    claim: moveTimeOf(options),
  });

/** The host said no to the new time: the old one stays. */
export const rescheduleDeclined = (options: At & To = {}): BookingEventOf<'RescheduleDeclined'> =>
  ofType('RescheduleDeclined', options, {
    rescheduleId: moveIdOf(options),
    personal: { salt: MOVE_SALT, reason: null },
  });

/** The new time came to nothing: the old one stays. */
export const rescheduleFailed = (
  reason: BookingEventData<'RescheduleFailed'>['reason'] = 'calendar_refused',
  options: At & To = {},
): BookingEventOf<'RescheduleFailed'> =>
  ofType('RescheduleFailed', options, { rescheduleId: moveIdOf(options), reason, failures: [] });

/** Another new time was asked for before the host had answered. */
export const rescheduleWithdrawn = (options: At & To = {}): BookingEventOf<'RescheduleWithdrawn'> =>
  ofType('RescheduleWithdrawn', options, { rescheduleId: moveIdOf(options), reason: 'superseded' });

/** The calendar is about to be asked to move the event; its outcome is not known yet. */
export const moveStarted = (
  calendarId: string,
  options: AttemptOptions & To = {},
): BookingEventOf<'CalendarMoveStarted'> =>
  ofType('CalendarMoveStarted', options, { calendarId, attempt: options.attempt ?? 1, ...moveTimeOf(options) });

/** The calendar holds the event at the new time, by default under the id that it had, and says that the booking is on. */
export const moved = (
  calendarId: string,
  options: WrittenOptions & To & { readonly providerEventId?: string; readonly created?: boolean } = {},
): BookingEventOf<'CalendarMoveSucceeded'> =>
  ofType('CalendarMoveSucceeded', options, {
    calendarId,
    attempt: options.attempt ?? 1,
    providerEventId: options.providerEventId ?? 'evt-1',
    ...moveTimeOf(options),
    status: 'confirmed',
    meetingUrl: null,
    created: options.created ?? false,
    ...writtenDetails(options),
  });

/** The calendar did not move the event. */
export const moveFailed = (
  calendarId: string,
  kind: FailureKind = 'forbidden',
  options: FailureOptions & To = {},
): BookingEventOf<'CalendarMoveFailed'> =>
  ofType('CalendarMoveFailed', options, {
    calendarId,
    attempt: options.attempt ?? 1,
    kind,
    message: options.message ?? kind,
    retryable: isRetryable(kind),
    retryAt: options.retryAt === undefined ? null : instant(options.retryAt),
    ...moveTimeOf(options),
  });

/** The booking holds another span of odd's time, for a move. */
export const slotForMoveHeld = (
  bookingUid: string,
  start: Time,
  end: Time,
  options: At & To = {},
): Extract<ScheduleEvent, { readonly type: 'NewSlotHeld' }> => ({
  type: 'NewSlotHeld',
  occurredAt: occurredAt(options),
  data: {
    bookingUid,
    rescheduleId: moveIdOf(options),
    icsUid: `${bookingUid}@holdfast`,
    eventTypeId: 1,
    start: instant(start),
    end: instant(end),
    claim: { start: instant(start), end: instant(end) },
  },
});

/** The new span is the one that the booking holds. */
export const slotMoved = (bookingUid: string, options: At & To = {}): ScheduleEvent => ({
  type: 'SlotMoved',
  occurredAt: occurredAt(options),
  data: { bookingUid, rescheduleId: moveIdOf(options) },
});

/** The new span is free again. */
export const slotForMoveReleased = (bookingUid: string, options: At & To = {}): ScheduleEvent => ({
  type: 'NewSlotReleased',
  occurredAt: occurredAt(options),
  data: { bookingUid, rescheduleId: moveIdOf(options) },
});
