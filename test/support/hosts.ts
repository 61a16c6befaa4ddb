import type { EventType } from '../../src/domain/bookable/event-type.ts';
import type { Host } from '../../src/domain/bookable/host.ts';

export const intro: EventType = {
  id: 1,
  slug: 'intro',
  title: 'Intro',
  description: 'Half an hour to get to know each other.',
  lengthInMinutes: 30,
  lengthOptions: [],
  slotInterval: null,
  beforeBuffer: 0,
  afterBuffer: 0,
  minimumNotice: 60,
  bookingWindow: { type: 'rolling', days: 60 },
  limits: {},
  requiresConfirmation: false,
  locations: [{ type: 'address', address: 'Storgata 1, Oslo' }],
  bookingFields: [],
  hidden: false,
  guestsAllowed: true,
  hostMustGiveReason: false,
  cancellable: true,
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
