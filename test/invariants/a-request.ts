import type { BookingEventData } from '../../src/domain/booking/events.ts';

/** A request for Monday at nine with these calendars, as it stands in the log. */
export const aRequest = (uid: string, calendarIds: ReadonlyArray<string>): BookingEventData<'BookingRequested'> => ({
  hostId: 'odd',
  eventTypeId: 1,
  eventTypeSlug: 'intro',
  title: 'Intro',
  start: '2050-09-05T07:00:00Z',
  end: '2050-09-05T07:30:00Z',
  lengthInMinutes: 30,
  claim: { start: '2050-09-05T07:00:00Z', end: '2050-09-05T07:30:00Z' },
  icsUid: `${uid}@holdfast`,
  requiresApproval: false,
  acceptance: 'any-of',
  calendars: calendarIds.map((calendarId) => ({ calendarId, provider: 'local' })),
  room: null,
  location: null,
  settleWindowMs: 0,
  deadline: '2050-09-05T07:00:00Z',
  timers: null,
  fingerprint: 'f',
  personal: {
    salt: 's',
    organizer: null,
    attendee: { name: 'Runa', email: 'runa@example.com', timeZone: 'Asia/Tokyo', language: 'en', phoneNumber: null },
    guests: [],
    location: null,
    responses: {},
    metadata: {},
  },
});
