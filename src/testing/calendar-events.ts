import type { EventStatus } from '../domain/booking/calendar-events.ts';
import type { BookingEventData, BookingEventOf } from '../domain/booking/events.ts';
import { ALL_EFFECTS, calendarEffect } from '../domain/booking/lease.ts';
import type { FailureKind } from '../domain/calendar/calendar-failure.ts';
import { isRetryable } from '../domain/calendar/calendar-failure.ts';
import { writtenDetails } from '../domain/booking/decide-calendar.ts';
import type { At } from './booking-events.ts';
import type { Time } from './given.ts';
import { instant, START_OF_STORY } from './given.ts';

/** `attempt` is 1 where it is left out. */
export type AttemptOptions = At & { readonly attempt?: number };
/** How often guests or place had changed when the event was written; left out: never. */
export type WrittenOptions = AttemptOptions & { readonly detailsVersion?: number };

/** `retryAt` left out: not tried again. */
export type FailureOptions = AttemptOptions & { readonly retryAt?: Time; readonly message?: string };

type Failure = BookingEventData<'CalendarSyncFailed'>;

const failure = (calendarId: string, kind: FailureKind, retryable: boolean, options: FailureOptions): Failure => ({
  calendarId,
  attempt: options.attempt ?? 1,
  kind,
  message: options.message ?? kind,
  retryable,
  retryAt: options.retryAt === undefined ? null : instant(options.retryAt),
});

const occurredAt = ({ at = START_OF_STORY }: At): string => instant(at);

/** Node `node` is at the calendar until then; on a log that several nodes share. */
export const leased = (
  calendarId: string,
  node: string,
  until: Time,
  options: At = {},
): BookingEventOf<'EffectLeased'> => ({
  type: 'EffectLeased',
  occurredAt: occurredAt(options),
  data: { effect: calendarEffect(calendarId), node, until: instant(until) },
});

/** Node `node` is at all that is done for the booking until then; on a log that several nodes share. */
export const leasedWhole = (node: string, until: Time, options: At = {}): BookingEventOf<'EffectLeased'> => ({
  type: 'EffectLeased',
  occurredAt: occurredAt(options),
  data: { effect: ALL_EFFECTS, node, until: instant(until) },
});

/** A write is about to go to the calendar; its outcome is not known yet. */
export const started = (calendarId: string, options: AttemptOptions = {}): BookingEventOf<'CalendarSyncStarted'> => ({
  type: 'CalendarSyncStarted',
  occurredAt: occurredAt(options),
  data: { calendarId, attempt: options.attempt ?? 1 },
});

/** The calendar holds the event, by default under the id `evt-1`, and says that it is tentative. */
export const succeeded = (
  calendarId: string,
  providerEventId = 'evt-1',
  options: WrittenOptions & {
    readonly found?: boolean;
    readonly meetingUrl?: string;
    readonly calendarAddress?: string;
    readonly status?: EventStatus;
  } = {},
): BookingEventOf<'CalendarSyncSucceeded'> => ({
  type: 'CalendarSyncSucceeded',
  occurredAt: occurredAt(options),
  data: {
    calendarId,
    attempt: options.attempt ?? 1,
    providerEventId,
    ...(options.calendarAddress === undefined ? {} : { calendarAddress: options.calendarAddress }),
    ...writtenDetails(options),
    status: options.status ?? 'tentative',
    meetingUrl: options.meetingUrl ?? null,
    found: options.found ?? false,
  },
});

/** The calendar did not take the event. `retryAt`: when it is tried again. */
export const failed = (
  calendarId: string,
  kind: FailureKind = 'network',
  options: FailureOptions = {},
): BookingEventOf<'CalendarSyncFailed'> => ({
  type: 'CalendarSyncFailed',
  occurredAt: occurredAt(options),
  data: failure(calendarId, kind, isRetryable(kind), options),
});

/** The calendar says that the booking is on. */
export const confirmed = (
  calendarId: string,
  options: WrittenOptions = {},
): BookingEventOf<'CalendarEventConfirmed'> => ({
  type: 'CalendarEventConfirmed',
  occurredAt: occurredAt(options),
  data: { calendarId, attempt: options.attempt ?? 1, ...writtenDetails(options) },
});

/** The calendar was not told that the booking is on. */
export const confirmationFailed = (
  calendarId: string,
  kind: FailureKind = 'network',
  options: FailureOptions = {},
): BookingEventOf<'CalendarConfirmationFailed'> => ({
  type: 'CalendarConfirmationFailed',
  occurredAt: occurredAt(options),
  data: failure(calendarId, kind, isRetryable(kind), options),
});

/** The host, or a start of the server, asks for another try of what failed. */
export const retryRequested = (calendarId: string, options: At = {}): BookingEventOf<'CalendarRetryRequested'> => ({
  type: 'CalendarRetryRequested',
  occurredAt: occurredAt(options),
  data: { calendarId },
});

/** A person deals with what the calendar would not remove. */
export const removalAcknowledged = (
  calendarId: string,
  options: At = {},
): BookingEventOf<'CalendarRemovalAcknowledged'> => ({
  type: 'CalendarRemovalAcknowledged',
  occurredAt: occurredAt(options),
  data: { calendarId },
});

/** The event in the calendar says where to meet. */
export const decorated = (
  calendarId: string,
  meetingUrl = 'https://meet.example/booking1',
  options: AttemptOptions = {},
): BookingEventOf<'CalendarEventDecorated'> => ({
  type: 'CalendarEventDecorated',
  occurredAt: occurredAt(options),
  data: { calendarId, attempt: options.attempt ?? 1, meetingUrl },
});

/** The link was not written into the event. */
export const decorationFailed = (
  calendarId: string,
  kind: FailureKind = 'network',
  options: FailureOptions = {},
): BookingEventOf<'CalendarDecorationFailed'> => ({
  type: 'CalendarDecorationFailed',
  occurredAt: occurredAt(options),
  data: failure(calendarId, kind, isRetryable(kind), options),
});

/** The event is out of the calendar. */
export const removed = (
  calendarId: string,
  options: AttemptOptions & { readonly outcome?: 'removed' | 'already-gone' } = {},
): BookingEventOf<'CalendarRemovalSucceeded'> => ({
  type: 'CalendarRemovalSucceeded',
  occurredAt: occurredAt(options),
  data: { calendarId, attempt: options.attempt ?? 1, outcome: options.outcome ?? 'removed' },
});

/** Removals are worth trying again whatever the kind, but for a calendar that is not connected. */
export const removalFailed = (
  calendarId: string,
  kind: FailureKind = 'network',
  options: FailureOptions = {},
): BookingEventOf<'CalendarRemovalFailed'> => ({
  type: 'CalendarRemovalFailed',
  occurredAt: occurredAt(options),
  data: failure(calendarId, kind, kind !== 'no-credential', options),
});
