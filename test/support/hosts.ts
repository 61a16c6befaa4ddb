import { type EventType, eventType } from '../../src/domain/bookable/event-type.ts';
import type { Host } from '../../src/domain/bookable/host.ts';
import { must } from './must.ts';

/** With every default, so that a new field of an event type needs no word here. */
const plain = must(eventType.decode({ id: 1, slug: 'intro', title: 'Intro', lengthInMinutes: 30 }));

export const intro: EventType = {
  ...plain,
  description: 'Half an hour to get to know each other.',
  minimumNotice: 60,
  bookingWindow: { type: 'rolling', days: 60 },
  locations: [{ type: 'address', address: 'Storgata 1, Oslo' }],
};

export const ask: EventType = { ...intro, id: 2, slug: 'ask', title: 'Ask', requiresConfirmation: true };

/** Odd works Monday to Friday, 09:00 to 17:00 in Oslo. */
export const odd: Host = {
  id: 'odd',
  number: 1,
  username: 'odd',
  name: 'Odd',
  email: 'odd@example.com',
  timeZone: 'Europe/Oslo',
  weeklyHours: [{ days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }],
  dateOverrides: [],
  calendarIds: ['work'],
  acceptance: 'any-of',
  eventTypes: [intro, ask],
};
