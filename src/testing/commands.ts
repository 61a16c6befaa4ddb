import { writtenDetails } from '../domain/booking/decide-calendar.ts';
import type { BookingCommand, BookingCommandOf, RetryPolicy } from '../domain/booking/commands.ts';
import type { EventStatus } from '../domain/booking/calendar-events.ts';
import type { CalendarFailure, FailureKind } from '../domain/calendar/calendar-failure.ts';
import { type At, type RequestOptions, requestData } from './booking-events.ts';
import { type Time, epochMs, START_OF_STORY } from './given.ts';
export type AttemptCommandOptions = At & { readonly attempt?: number };
/** How often guests or place had changed when the event was written; left out: never. */
export type WrittenCommandOptions = AttemptCommandOptions & { readonly detailsVersion?: number };
/** `jitter` is 0 where it is left out, so that the next try is a round time away. */
export type FailureCommandOptions = AttemptCommandOptions & {
  readonly jitter?: number;
  readonly retryAfterMs?: number;
  readonly message?: string;
};

/** 5 s, doubled after each attempt, up to 15 min. */
const usualRetry: RetryPolicy = { baseMs: 5_000, capMs: 900_000 };

const now = ({ at = START_OF_STORY }: At): { readonly now: number } => ({ now: epochMs(at) });
const on = (calendarId: string, options: AttemptCommandOptions) => ({
  calendarId,
  attempt: options.attempt ?? 1,
  ...now(options),
});
const planned = ({ jitter = 0 }: FailureCommandOptions) => ({ jitter, retry: usualRetry });
const failure = (kind: FailureKind, { message, retryAfterMs }: FailureCommandOptions): CalendarFailure => ({
  kind,
  message: message ?? kind,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

const notDone = (calendarId: string, kind: FailureKind, options: FailureCommandOptions) => ({
  failure: failure(kind, options),
  ...on(calendarId, options),
  ...planned(options),
});

type Cancel = BookingCommandOf<'CancelBooking'>;

/** Commands on a booking, at 10:00:00 if not told otherwise. */
export const command = {
  /** Somebody asks for a time. */
  request: (options: RequestOptions = {}): BookingCommand => ({
    type: 'RequestBooking',
    request: requestData(options),
    ...now(options),
  }),
  /** The attendee shows that the mailbox is theirs. */
  verifyMailbox: (options: At = {}): BookingCommand => ({ type: 'VerifyMailbox', ...now(options) }),
  /** A write to the calendar is about to begin. */
  startSync: (calendarId: string, options: AttemptCommandOptions = {}): BookingCommand => ({
    type: 'StartCalendarSync',
    ...on(calendarId, options),
  }),
  /** The calendar answered that it holds the event. */
  recordSuccess: (
    calendarId: string,
    providerEventId = 'evt-1',
    options: WrittenCommandOptions & { readonly found?: boolean; readonly status?: EventStatus } = {},
  ): BookingCommand => ({
    type: 'RecordCalendarSuccess',
    providerEventId,
    status: options.status ?? 'tentative',
    meetingUrl: null,
    found: options.found ?? false,
    ...writtenDetails(options),
    ...on(calendarId, options),
    ...planned({}),
  }),
  /** The calendar answered that it does not take the event, or did not answer. */
  recordFailure: (
    calendarId: string,
    kind: FailureKind = 'network',
    options: FailureCommandOptions = {},
  ): BookingCommand => ({
    type: 'RecordCalendarFailure',
    ...notDone(calendarId, kind, options),
  }),
  /** The calendar was told that the booking is on; `meetingUrl`: the link that went in with it. */
  recordConfirmation: (
    calendarId: string,
    options: WrittenCommandOptions & { readonly meetingUrl?: string } = {},
  ): BookingCommand => ({
    type: 'RecordConfirmation',
    meetingUrl: options.meetingUrl ?? null,
    ...writtenDetails(options),
    ...on(calendarId, options),
  }),
  /** The calendar could not be told that the booking is on. */
  recordConfirmationFailure: (
    calendarId: string,
    kind: FailureKind = 'network',
    options: FailureCommandOptions = {},
  ): BookingCommand => ({
    type: 'RecordConfirmationFailure',
    ...notDone(calendarId, kind, options),
  }),
  /** The meeting link was written into the event. */
  recordDecoration: (
    calendarId: string,
    meetingUrl = 'https://meet.example/booking1',
    options: WrittenCommandOptions = {},
  ): BookingCommand => ({
    type: 'RecordDecoration',
    meetingUrl,
    ...writtenDetails(options),
    ...on(calendarId, options),
  }),
  /** The meeting link could not be written. */
  recordDecorationFailure: (
    calendarId: string,
    kind: FailureKind = 'network',
    options: FailureCommandOptions = {},
  ): BookingCommand => ({
    type: 'RecordDecorationFailure',
    ...notDone(calendarId, kind, options),
  }),
  /** The event was taken out. */
  recordRemoval: (calendarId: string, options: AttemptCommandOptions = {}): BookingCommand => {
    return { type: 'RecordRemoval', outcome: 'removed', ...on(calendarId, options) };
  },
  /** The event could not be taken out. */
  recordRemovalFailure: (
    calendarId: string,
    kind: FailureKind = 'network',
    options: FailureCommandOptions = {},
  ): BookingCommand => ({
    type: 'RecordRemovalFailure',
    ...notDone(calendarId, kind, options),
  }),
  /** The saga wants to say that the booking is on. */
  accept: (options: At = {}): BookingCommand => ({ type: 'AcceptBooking', ...now(options) }),
  /** The saga wants the host to be reminded; reminders count from 1. */
  remindOfApproval: (number: number, at: At = {}): BookingCommand => {
    return { type: 'RemindOfApproval', number, ...now(at) };
  },
  /** The saga wants to say that it is not on yet. */
  leavePending: (reason: BookingCommandOf<'LeavePending'>['reason'], options: At = {}): BookingCommand => ({
    type: 'LeavePending',
    reason,
    ...now(options),
  }),
  /** The saga wants to give up. */
  expire: (reason: BookingCommandOf<'ExpireBooking'>['reason'], options: At = {}): BookingCommand => ({
    type: 'ExpireBooking',
    reason,
    ...now(options),
  }),
  /** The host says yes. */
  approve: (options: At = {}): BookingCommand => ({ type: 'ApproveBooking', ...now(options) }),
  /** The host says no. */
  reject: (options: At & { readonly reason?: string } = {}): BookingCommand => ({
    type: 'RejectBooking',
    reason: options.reason ?? null,
    salt: '00000000000000000000000000000000',
    ...now(options),
  }),
  /** Guest or host calls it off. */
  cancel: (
    by: Cancel['by'] = 'guest',
    options: At & Partial<Pick<Cancel, 'reason' | 'cancellable' | 'hostMustGiveReason'>> = {},
  ): BookingCommand => ({
    type: 'CancelBooking',
    by,
    reason: options.reason ?? null,
    salt: '00000000000000000000000000000000',
    cancellable: options.cancellable ?? true,
    hostMustGiveReason: options.hostMustGiveReason ?? false,
    ...now(options),
  }),
  /** The clock may have brought something. */
  fireTimers: (options: At = {}): BookingCommand => ({ type: 'FireTimers', ...now(options) }),
  /** Somebody says who was absent. `attendees`: whether each was absent, by mail address. */
  markAbsence: (
    absences: { readonly host?: boolean; readonly attendees?: Readonly<Record<string, boolean>> },
    options: At = {},
  ): BookingCommand => ({
    type: 'MarkAbsence',
    host: absences.host ?? null,
    attendees: Object.entries(absences.attendees ?? {}).map(([email, absent]) => ({ email, absent })),
    salt: '00000000000000000000000000000000',
    ...now(options),
  }),
  /** A person has dealt with what the calendar would not remove. */
  acknowledgeRemoval: (calendarId: string, at: At = {}): BookingCommand => {
    return { type: 'AcknowledgeRemoval', calendarId, ...now(at) };
  },
  /** Of all calendars; with `calendarId` of one, and only what failed before `failedBefore`. */
  retryCalendars: (
    options: At & { readonly calendarId?: string; readonly failedBefore?: Time } = {},
  ): BookingCommand => ({
    type: 'RetryCalendars',
    ...(options.calendarId === undefined
      ? {}
      : { only: { calendarId: options.calendarId, failedBefore: epochMs(options.failedBefore ?? START_OF_STORY) } }),
    ...now(options),
  }),
};
