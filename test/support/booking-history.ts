import { sha256Hex } from '../../src/adapters/hashing/sha256.ts';
import { deterministicId } from '../../src/adapters/identity/ids.ts';
import type { BookingEvent } from '../../src/domain/booking/events.ts';
import { type LoggedEvent, newestVersion } from '../../src/domain/log/decode.ts';
import type { Envelope, JsonObject } from '../../src/domain/log/envelope.ts';
import { GENESIS_HASH, seal } from '../../src/domain/log/hash-chain.ts';

const occurredAt = '2050-09-05T08:00:00Z';
/** Replaced by the id of the decision before it, where the events are sealed. */
const causedBy = '';
const told = { causedBy, channel: 'mail', recipient: 'attendee', messageId: '<told@example.com>' } as const;
const attempt = (number: number) => ({ calendarId: 'work', attempt: number });

const requested: BookingEvent = {
  type: 'BookingRequested',
  occurredAt,
  data: {
    hostId: 'odd',
    eventTypeId: 1,
    eventTypeSlug: 'intro',
    title: 'Introduction',
    start: '2050-09-06T09:00:00Z',
    end: '2050-09-06T09:30:00Z',
    lengthInMinutes: 30,
    claim: { start: '2050-09-06T09:00:00Z', end: '2050-09-06T09:30:00Z' },
    icsUid: 'booking@example.com',
    requiresApproval: false,
    acceptance: 'any-of',
    calendars: [{ calendarId: 'work', provider: 'caldav' }],
    room: null,
    location: 'https://meet.example.org/odd',
    settleWindowMs: 3000,
    deadline: '2050-09-06T08:00:00Z',
    timers: null,
    fingerprint: sha256Hex('the request'),
    personal: {
      salt: '0123456789abcdef0123456789abcdef',
      organizer: { id: 1, username: 'odd', name: 'Odd', email: 'odd@example.com', timeZone: 'Europe/Oslo' },
      attendee: {
        name: 'Runa Berg',
        email: 'runa@example.org',
        timeZone: 'Europe/Oslo',
        language: 'en',
        phoneNumber: null,
      },
      guests: ['guest@example.org'],
      location: null,
      responses: { notes: 'About the garden, and what could grow there.' },
      metadata: {},
    },
  },
};

/** A booking whose calendar refuses twice and then takes it: ten events, about 500 bytes each. */
export const phantomHistory: ReadonlyArray<BookingEvent> = [
  requested,
  { type: 'CalendarSyncStarted', occurredAt, data: attempt(1) },
  {
    type: 'CalendarSyncFailed',
    occurredAt,
    data: {
      ...attempt(1),
      kind: 'provider-error',
      message: 'the calendar server answered 503',
      retryable: true,
      retryAt: '2050-09-05T08:00:05Z',
    },
  },
  {
    type: 'BookingLeftPending',
    occurredAt,
    data: {
      reason: 'calendar_sync_failed',
      deadline: '2050-09-06T08:00:00Z',
      failures: [
        { calendarId: 'work', kind: 'provider-error', message: 'the calendar server answered 503', retryable: true },
      ],
    },
  },
  { type: 'NotificationSent', occurredAt, data: { ...told, notification: 'received-not-confirmed' } },
  { type: 'NotificationSent', occurredAt, data: { ...told, notification: 'action-needed', recipient: 'host' } },
  { type: 'CalendarSyncStarted', occurredAt, data: attempt(2) },
  {
    type: 'CalendarSyncSucceeded',
    occurredAt,
    data: { ...attempt(2), providerEventId: '/odd/booking.ics', status: 'tentative', meetingUrl: null, found: false },
  },
  { type: 'BookingAccepted', occurredAt, data: { reason: 'calendar_holds_it' } },
  { type: 'NotificationSent', occurredAt, data: { ...told, notification: 'confirmed' } },
];

/** Its first six events, of a request that competes with others: it waits, and no schedule needs to hold its time. */
export const pendingHistory: ReadonlyArray<BookingEvent> = phantomHistory.slice(0, 6).map((event) =>
  event.type === 'BookingRequested'
    ? {
        ...event,
        data: { ...event.data, approval: { deadline: '2050-09-06T08:00:00Z', remindAt: [], holdsSlot: false } },
      }
    : event,
);

const decisions: ReadonlyArray<string> = ['BookingLeftPending', 'BookingAccepted'];
const lastDecision = (events: ReadonlyArray<LoggedEvent>, before: number): number =>
  events.slice(0, before).findLastIndex(({ type }) => decisions.includes(type));

/** The events of one stream as they lie in the log, ids and hash chain included. */
export const sealed = (stream: string, events: ReadonlyArray<LoggedEvent>): ReadonlyArray<Envelope> =>
  seal(sha256Hex)(
    GENESIS_HASH,
    events.map(({ type, data, occurredAt: at }, ordinal) => ({
      id: deterministicId(stream, ordinal),
      type,
      version: newestVersion(type),
      // As in the program: codecs let only JSON in, the type of free-form answers is `unknown`.
      data: (type === 'NotificationSent'
        ? { ...data, causedBy: deterministicId(stream, lastDecision(events, ordinal)) }
        : data) as JsonObject,
      occurredAt: at,
      actor: { kind: 'system' },
      correlationId: stream.slice(stream.indexOf('-') + 1),
      causationId: null,
    })),
  );
