import type { BookingEventData, BookingEventOf } from '../domain/booking/events.ts';
import { type Time, instant, START_OF_STORY } from './given.ts';

type Requested = BookingEventData<'BookingRequested'>;
type ConnectedCalendar = Requested['calendars'][number];
export type At = { readonly at?: Time };

/**
 * What differs from the usual request: one `local` calendar called `work`, any-of, no approval, no room; 14:00 to 14:30,
 * given up at 12:00, settle window 3 s. A calendar's name alone stands for a local one.
 */
export type RequestOptions = At & {
  readonly calendars?: ReadonlyArray<string | ConnectedCalendar>;
  readonly acceptance?: Requested['acceptance'];
  readonly requiresApproval?: boolean;
  /** How the host is asked; left out: until the meeting ends, without reminders, the slot held, as in old logs. */
  readonly approval?: {
    readonly deadline: Time;
    readonly remindAt?: ReadonlyArray<Time>;
    readonly holdsSlot?: boolean;
  };
  /** Provider of a video room to be made. */
  readonly room?: string;
  readonly fallbackLink?: string;
  readonly start?: Time;
  readonly end?: Time;
  readonly deadline?: Time;
  readonly settleWindowMs?: number;
  /** Minutes before the start at which everybody is reminded; none by default. */
  readonly remindersInMinutes?: ReadonlyArray<number>;
  /** Minutes after the start at which the host is asked who came; left out: nobody is asked. */
  readonly noShowCheckInMinutes?: number;
  /** Mail addresses of other guests; none by default. */
  readonly guests?: ReadonlyArray<string>;
  /** A stranger asked: the guests are told only once the attendee is verified. */
  readonly invitesOnceVerified?: true;
};

const connected = (calendar: string | ConnectedCalendar): ConnectedCalendar =>
  typeof calendar === 'string' ? { calendarId: calendar, provider: 'local' } : calendar;

const personal: Requested['personal'] = {
  salt: '00000000000000000000000000000000',
  organizer: { id: 1, username: 'odd', name: 'Odd', email: 'odd@example.com', timeZone: 'Europe/Oslo' },
  attendee: {
    name: 'Runa',
    email: 'runa@example.com',
    timeZone: 'Europe/Oslo',
    language: 'en',
    phoneNumber: null,
  },
  guests: [],
  location: null,
  responses: {},
  metadata: {},
};

const approvalOf = ({ deadline, remindAt = [], holdsSlot = true }: NonNullable<RequestOptions['approval']>) => ({
  deadline: instant(deadline),
  remindAt: remindAt.map((at) => instant(at)),
  holdsSlot,
});

/** Data of `BookingRequested`, for commands and for tests that go through a store. */
export const requestData = (options: RequestOptions = {}): Requested => {
  const start = instant(options.start ?? '14:00');
  const end = instant(options.end ?? '14:30');
  const { room, fallbackLink } = options;
  return {
    hostId: 'odd',
    eventTypeId: 1,
    eventTypeSlug: 'intro',
    title: 'Intro',
    start,
    end,
    lengthInMinutes: 30,
    claim: { start, end },
    icsUid: 'booking1@holdfast',
    requiresApproval: options.requiresApproval ?? options.approval !== undefined,
    acceptance: options.acceptance ?? 'any-of',
    calendars: (options.calendars ?? ['work']).map(connected),
    room: room === undefined ? null : { provider: room, requestId: 'booking1', fallbackLink: fallbackLink ?? null },
    location: null,
    settleWindowMs: options.settleWindowMs ?? 3_000,
    deadline: instant(options.deadline ?? '12:00'),
    timers: {
      remindersInMinutes: options.remindersInMinutes ?? [],
      noShowCheckInMinutes: options.noShowCheckInMinutes ?? null,
    },
    fingerprint: 'fingerprint1',
    ...(options.approval === undefined ? {} : { approval: approvalOf(options.approval) }),
    ...(options.invitesOnceVerified === undefined ? {} : { invitesOnceVerified: true }),
    personal: { ...personal, guests: options.guests ?? [] },
  };
};

/** Somebody asked for a time. Every sequence begins with it. */
export const requested = (options: RequestOptions = {}): BookingEventOf<'BookingRequested'> => ({
  type: 'BookingRequested',
  occurredAt: instant(options.at ?? START_OF_STORY),
  data: requestData(options),
});

/** There is a video room to meet in; `fallback`: the event type's own link stands in for it. */
export const roomReady = (
  url = 'https://rooms.example/booking1',
  { at = START_OF_STORY, fallback = false }: At & { readonly fallback?: boolean } = {},
): BookingEventOf<'RoomReady'> => ({
  type: 'RoomReady',
  occurredAt: instant(at),
  data: { provider: 'jitsi', roomId: fallback ? null : 'booking1', url, fallback },
});

/** No video room could be had; the booking goes on without a link. */
export const roomFailed = (message = 'no room', { at = START_OF_STORY }: At = {}): BookingEventOf<'RoomFailed'> => ({
  type: 'RoomFailed',
  occurredAt: instant(at),
  data: { provider: 'jitsi', message },
});

const SALT = '00000000000000000000000000000000';

const occurredAt = ({ at = START_OF_STORY }: At): string => instant(at);

/** The booking is on. `reason`: `calendar_holds_it`, or `no_calendar_connected`. */
export const accepted = (
  options: At & { readonly reason?: BookingEventData<'BookingAccepted'>['reason'] } = {},
): BookingEventOf<'BookingAccepted'> => ({
  type: 'BookingAccepted',
  occurredAt: occurredAt(options),
  data: { reason: options.reason ?? 'calendar_holds_it' },
});

type PendingFailure = BookingEventData<'BookingLeftPending'>['failures'][number];

/** What is said of a failure where a booking is left pending. */
const briefly = (failure: PendingFailure | BookingEventOf<'CalendarSyncFailed'>): PendingFailure => {
  const { calendarId, kind, message, retryable } = 'type' in failure ? failure.data : failure;
  return { calendarId, kind, message, retryable };
};

/**
 * The booking stays undecided, and this is why. `failures`: the last one of each calendar, as `failed()` told it. `deadline`:
 * 12:00 as in `requested()`, and the meeting's end 14:30 for `awaiting_approval`, if not told otherwise.
 */
export const leftPending = (
  reason: BookingEventData<'BookingLeftPending'>['reason'] = 'calendar_sync_failed',
  options: At & {
    readonly deadline?: Time;
    readonly failures?: ReadonlyArray<PendingFailure | BookingEventOf<'CalendarSyncFailed'>>;
  } = {},
): BookingEventOf<'BookingLeftPending'> => ({
  type: 'BookingLeftPending',
  occurredAt: occurredAt(options),
  data: {
    reason,
    deadline: instant(options.deadline ?? (reason === 'awaiting_approval' ? '14:30' : '12:00')),
    failures: (options.failures ?? []).map(briefly),
  },
});

/** The host said yes. */
export const approved = (options: At = {}): BookingEventOf<'BookingApproved'> => ({
  type: 'BookingApproved',
  occurredAt: occurredAt(options),
  data: {},
});

/** The host has not decided, and a planned reminder is due. `number`: of the reminders that the request planned, from 1. */
export const approvalReminderDue = (number = 1, options: At = {}): BookingEventOf<'ApprovalReminderDue'> => ({
  type: 'ApprovalReminderDue',
  occurredAt: occurredAt(options),
  data: { number },
});

/** The host said no. */
export const rejected = (options: At & { readonly reason?: string } = {}): BookingEventOf<'BookingRejected'> => ({
  type: 'BookingRejected',
  occurredAt: occurredAt(options),
  data: { personal: { salt: SALT, reason: options.reason ?? null } },
});

/** At 12:00, the deadline of `requested()`, if not told otherwise. */
export const expired = (
  reason: BookingEventData<'BookingExpired'>['reason'] = 'calendar_sync_failed',
  { at = '12:00' }: At = {},
): BookingEventOf<'BookingExpired'> => ({ type: 'BookingExpired', occurredAt: instant(at), data: { reason } });

/** Guest or host called it off. */
export const cancelled = (
  by: 'guest' | 'host' = 'guest',
  options: At & { readonly reason?: string } = {},
): BookingEventOf<'BookingCancelled'> => ({
  type: 'BookingCancelled',
  occurredAt: occurredAt(options),
  data: { by, personal: { salt: SALT, reason: options.reason ?? null } },
});
