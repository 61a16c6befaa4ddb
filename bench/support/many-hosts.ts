/** A configuration of many hosts, as an operator would write it, and the booking requests that fit it. */

/** As many as a configuration may have. */
export const HOSTS = 1000;
const SLOT_MS = 30 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/** `calendars`: `built-in` gives each host one of its own. Open day and night, so that every half hour is a slot. */
export const configurationOf = (hosts: number, calendars: 'none' | 'built-in') => ({
  hosts: Array.from({ length: hosts }, (_, index) => ({
    id: `host${index}`,
    number: index + 1,
    username: `host${index}`,
    name: `Host ${index}`,
    email: `host${index}@example.org`,
    timeZone: 'Europe/Oslo',
    weeklyHours: [
      {
        days: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
        from: '00:00',
        to: '24:00',
      },
    ],
    calendars: calendars === 'none' ? [] : [`calendar${index}`],
    eventTypes: [
      { id: index + 1, slug: 'intro', title: 'Introduction', lengthInMinutes: 30, minimumNoticeInMinutes: 0 },
    ],
  })),
  calendars:
    calendars === 'none'
      ? []
      : Array.from({ length: hosts }, (_, index) => ({
          id: `calendar${index}`,
          label: `Calendar ${index}`,
          type: 'local',
        })),
});

/** Midnight (UTC) after tomorrow: the first slot of every host. */
export const firstSlot = (nowMs: number): number => (Math.floor(nowMs / DAY_MS) + 2) * DAY_MS;

/** The body of one request, about 400 bytes, written as clients write them. `slot`: half hours after `first`. */
export const bookingBody = (first: number, host: number, slot: number): string =>
  JSON.stringify({
    start: Temporal.Instant.fromEpochMilliseconds(first + slot * SLOT_MS).toString(),
    eventTypeId: host + 1,
    attendee: { name: 'Ada Lovelace', email: 'ada.lovelace@example.com', timeZone: 'Europe/London', language: 'en' },
    guests: ['charles.babbage@example.com'],
    metadata: { campaign: 'autumn', source: 'https://example.com/landing/page?utm_source=newsletter' },
    bookingFieldsResponses: { notes: 'I would like to talk about the difference engine and its follow-up.' },
  });
