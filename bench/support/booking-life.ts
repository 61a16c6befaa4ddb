import type { BookingEvent, BookingEventData } from '../../src/domain/booking/events.ts';
import type { DomainEvent } from '../../src/domain/log/decode.ts';
import { toInstant } from '../../src/domain/time/time.ts';

const HOSTS = 50;
const MINUTE_MS = 60_000;
const FIRST_START_MS = Temporal.Instant.from('2050-01-03T08:00:00Z').epochMilliseconds;
const FIRST_REQUEST_MS = Temporal.Instant.from('2049-12-01T08:00:00Z').epochMilliseconds;

/** What is appended to one stream at once. */
export type Chapter = { readonly stream: string; readonly events: ReadonlyArray<DomainEvent> };

/** What happens to a booking at one moment; `after`: how many other bookings are requested until then. */
export type Moment = { readonly after: number; readonly chapters: ReadonlyArray<Chapter> };

const requestOf = (index: number, start: string, end: string): BookingEventData<'BookingRequested'> => ({
  hostId: `host${index % HOSTS}`,
  eventTypeId: (index % HOSTS) * 10 + (index % 3),
  eventTypeSlug: 'intro',
  title: 'Introduction',
  start,
  end,
  lengthInMinutes: 30,
  claim: { start, end },
  icsUid: `${index.toString(36).padStart(8, '0')}@holdfast.example`,
  requiresApproval: false,
  acceptance: 'any-of',
  calendars: [{ calendarId: `work${index % HOSTS}`, provider: 'caldav' }],
  room: null,
  location: 'Storgata 1, Oslo',
  settleWindowMs: 2_000,
  deadline: start,
  timers: null,
  fingerprint: `fingerprint${index.toString(36).padStart(32, '0')}`,
  personal: {
    salt: index.toString(16).padStart(32, '0'),
    organizer: {
      id: (index % HOSTS) + 1,
      username: `host${index % HOSTS}`,
      name: `Host Number ${index % HOSTS}`,
      email: `host.${index % HOSTS}@example.com`,
      timeZone: 'Europe/Oslo',
    },
    attendee: {
      name: `Guest Number ${index}`,
      email: `guest.${index}@example.com`,
      timeZone: 'Europe/Oslo',
      language: 'en',
      phoneNumber: null,
    },
    guests: [],
    location: null,
    responses: { topic: `What booking number ${index} is about` },
    metadata: {},
  },
});

/** One in ten fails at first, one in seven is cancelled long after; about ten events each, with the schedule's. */
export const lifeOf = (index: number): ReadonlyArray<Moment> => {
  const uid = `uid${index.toString(36).padStart(20, '0')}`;
  const start = toInstant(FIRST_START_MS + Math.floor(index / HOSTS) * 30 * MINUTE_MS);
  const end = toInstant(FIRST_START_MS + (Math.floor(index / HOSTS) + 1) * 30 * MINUTE_MS);
  const at = (seconds: number): string => toInstant(FIRST_REQUEST_MS + (index + seconds) * 1_000);
  const request = requestOf(index, start, end);
  const attempt = { calendarId: `work${index % HOSTS}`, attempt: 1 };
  const failure = { kind: 'network', message: 'connect ECONNREFUSED', retryable: true, retryAt: at(60) } as const;
  const booking = (events: ReadonlyArray<BookingEvent>): Chapter => ({ stream: `booking-${uid}`, events });
  const schedule = (event: DomainEvent): Chapter => ({ stream: `schedule-${request.hostId}`, events: [event] });
  const said = (
    seconds: number,
    channel: 'mail' | 'webhook',
    notification: string,
    recipient: string,
  ): BookingEvent => ({
    type: 'NotificationSent',
    occurredAt: at(seconds),
    data: {
      // The log is made with the id of the decision that it tells of.
      causedBy: '',
      channel,
      notification,
      recipient,
      messageId: `<${index}.${notification}.${recipient}@holdfast.example>`,
    },
  });
  const succeeded = (seconds: number, number: number): ReadonlyArray<BookingEvent> => [
    {
      type: 'CalendarSyncSucceeded',
      occurredAt: at(seconds),
      data: {
        ...attempt,
        attempt: number,
        providerEventId: `${uid}.ics`,
        status: 'tentative',
        meetingUrl: null,
        found: false,
      },
    },
    { type: 'BookingAccepted', occurredAt: at(seconds), data: { reason: 'calendar_holds_it' } },
    { type: 'CalendarEventConfirmed', occurredAt: at(seconds), data: attempt },
  ];
  const failed: ReadonlyArray<BookingEvent> = [
    { type: 'CalendarSyncFailed', occurredAt: at(1), data: { ...attempt, ...failure } },
    {
      type: 'BookingLeftPending',
      occurredAt: at(3),
      data: {
        reason: 'calendar_sync_failed',
        deadline: start,
        failures: [{ calendarId: attempt.calendarId, kind: 'network', message: failure.message, retryable: true }],
      },
    },
    { type: 'CalendarSyncStarted', occurredAt: at(60), data: { ...attempt, attempt: 2 } },
  ];
  const wasLate = index % 10 === 3;
  const moments: ReadonlyArray<Moment> = [
    {
      after: 0,
      chapters: [
        schedule({
          type: 'SlotHeld',
          occurredAt: at(0),
          data: {
            bookingUid: uid,
            icsUid: request.icsUid,
            eventTypeId: request.eventTypeId,
            start,
            end,
            claim: { start, end },
          },
        }),
        booking([
          { type: 'BookingRequested', occurredAt: at(0), data: request },
          { type: 'CalendarSyncStarted', occurredAt: at(0), data: attempt },
        ]),
      ],
    },
    ...(wasLate ? [{ after: 3, chapters: [booking(failed)] }] : []),
    {
      after: wasLate ? 60 : 2,
      chapters: [
        booking(wasLate ? succeeded(61, 2) : succeeded(1, 1)),
        schedule({ type: 'SlotConfirmed', occurredAt: at(2), data: { bookingUid: uid } }),
      ],
    },
    {
      after: wasLate ? 62 : 5,
      chapters: [
        booking([
          said(3, 'mail', 'confirmed', 'attendee'),
          said(3, 'mail', 'confirmed', 'host'),
          said(4, 'webhook', 'BOOKING_CREATED', 'crm'),
        ]),
      ],
    },
  ];
  if (index % 7 !== 5) return moments;
  const cancelled = at(5_000);
  const salt = request.personal.salt;
  return [
    ...moments,
    {
      after: 5_000,
      chapters: [
        booking([
          { type: 'BookingCancelled', occurredAt: cancelled, data: { by: 'guest', personal: { salt, reason: 'ill' } } },
          { type: 'CalendarRemovalSucceeded', occurredAt: cancelled, data: { ...attempt, outcome: 'removed' } },
        ]),
        booking([said(5_001, 'mail', 'cancelled', 'attendee'), said(5_001, 'mail', 'cancelled', 'host')]),
        schedule({ type: 'SlotReleased', occurredAt: cancelled, data: { bookingUid: uid, reason: 'cancelled' } }),
      ],
    },
  ];
};
