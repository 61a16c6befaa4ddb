import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { deterministicId } from '../../../src/adapters/identity/ids.ts';
import { record } from '../../../src/application/commands/record.ts';
import type {
  BookingEvent,
  BookingEventData,
  BookingEventOf,
  BookingEventType,
} from '../../../src/domain/booking/events.ts';
import type { DomainEvent } from '../../../src/domain/log/decode.ts';
import type { Envelope } from '../../../src/domain/log/envelope.ts';

type Request = BookingEventData<'BookingRequested'>;
export type RequestOverrides = Partial<Omit<Request, 'personal'>> & {
  readonly personal?: Partial<Request['personal']>;
};

const attendee = {
  name: 'Runa',
  email: 'runa@example.com',
  timeZone: 'Europe/Oslo',
  language: 'en',
  phoneNumber: null,
};

const base: Request = {
  hostId: 'odd',
  eventTypeId: 1,
  eventTypeSlug: 'intro',
  title: 'Intro',
  start: '2050-09-05T09:00:00Z',
  end: '2050-09-05T09:30:00Z',
  lengthInMinutes: 30,
  claim: { start: '2050-09-05T09:00:00Z', end: '2050-09-05T09:30:00Z' },
  icsUid: 'one@holdfast',
  requiresApproval: false,
  acceptance: 'any-of',
  calendars: [{ calendarId: 'work', provider: 'local' }],
  room: null,
  location: null,
  settleWindowMs: 2_000,
  deadline: '2050-09-04T09:00:00Z',
  timers: null,
  fingerprint: 'fingerprint',
  personal: { salt: '00', organizer: null, attendee, guests: [], location: null, responses: {}, metadata: {} },
};

export const AT = '2050-09-01T08:00:00Z';

export const event = <T extends BookingEventType>(
  type: T,
  data: BookingEventData<T>,
  occurredAt = AT,
): BookingEventOf<T> => ({ type, data, occurredAt });

export const requested = (overrides: RequestOverrides = {}, occurredAt = AT): BookingEventOf<'BookingRequested'> =>
  event(
    'BookingRequested',
    { ...base, ...overrides, personal: { ...base.personal, ...overrides.personal } },
    occurredAt,
  );

export const syncStarted = event('CalendarSyncStarted', { calendarId: 'work', attempt: 1 });
export const syncSucceeded = event('CalendarSyncSucceeded', {
  calendarId: 'work',
  attempt: 1,
  providerEventId: 'event1',
  status: 'tentative',
  meetingUrl: null,
  found: false,
});
const failure = { kind: 'network', message: 'no route', retryable: true, retryAt: '2050-09-01T08:01:00Z' } as const;
export const syncFailed = event('CalendarSyncFailed', { calendarId: 'work', attempt: 1, ...failure });
export const removalFailed = event('CalendarRemovalFailed', { calendarId: 'work', attempt: 1, ...failure });
export const removed = event('CalendarRemovalSucceeded', { calendarId: 'work', attempt: 2, outcome: 'removed' });
export const accepted = event('BookingAccepted', { reason: 'calendar_holds_it' });
export const leftPending = event('BookingLeftPending', {
  reason: 'calendar_sync_failed',
  deadline: '2050-09-04T09:00:00Z',
  failures: [],
});
export const cancelled = event('BookingCancelled', { by: 'guest', personal: { salt: '00', reason: null } });
export const rejected = event('BookingRejected', { personal: { salt: '00', reason: null } });
export const expired = event('BookingExpired', { reason: 'calendar_sync_failed' });

/** The stories that most tests need. */
export const acceptedStory = (overrides: RequestOverrides = {}, occurredAt = AT): ReadonlyArray<BookingEvent> => [
  requested(overrides, occurredAt),
  syncStarted,
  syncSucceeded,
  accepted,
];

/** As the command bus records them; the event ids follow from the stream and the place in it. */
export const envelopes = (
  stream: string,
  events: ReadonlyArray<DomainEvent>,
  from = 0,
  previousHash = '',
): ReadonlyArray<Envelope> =>
  record({ eventId: deterministicId, sha256: sha256Hex })(
    events,
    { commandId: `${stream}@${from}`, actor: { kind: 'system' }, correlationId: stream, causationId: null },
    previousHash,
  );
