import type { BookingEventData, BookingEventOf } from '../domain/booking/events/index.ts';
import type { Time } from './times.ts';
import { instant, START_OF_STORY } from './times.ts';

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
  /** Provider of a video room to be made. */
  readonly room?: string;
  readonly fallbackLink?: string;
  readonly start?: Time;
  readonly end?: Time;
  readonly deadline?: Time;
  readonly settleWindowMs?: number;
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
    requiresApproval: options.requiresApproval ?? false,
    acceptance: options.acceptance ?? 'any-of',
    calendars: (options.calendars ?? ['work']).map(connected),
    room: room === undefined ? null : { provider: room, requestId: 'booking1', fallbackLink: fallbackLink ?? null },
    location: null,
    settleWindowMs: options.settleWindowMs ?? 3_000,
    deadline: instant(options.deadline ?? '12:00'),
    fingerprint: 'fingerprint1',
    personal,
  };
};

/** Somebody asked for a time. Every sequence begins with it. */
export const requested = (options: RequestOptions = {}): BookingEventOf<'BookingRequested'> => ({
  type: 'BookingRequested',
  occurredAt: instant(options.at ?? START_OF_STORY),
  data: requestData(options),
});

export const roomReady = (
  url = 'https://rooms.example/booking1',
  { at = START_OF_STORY, fallback = false }: At & { readonly fallback?: boolean } = {},
): BookingEventOf<'RoomReady'> => ({
  type: 'RoomReady',
  occurredAt: instant(at),
  data: { provider: 'jitsi', roomId: fallback ? null : 'booking1', url, fallback },
});

export const roomFailed = (message = 'no room', { at = START_OF_STORY }: At = {}): BookingEventOf<'RoomFailed'> => ({
  type: 'RoomFailed',
  occurredAt: instant(at),
  data: { provider: 'jitsi', message },
});
