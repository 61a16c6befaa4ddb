import type { EventType } from '../../src/domain/bookable/event-type.ts';
import type { Host } from '../../src/domain/bookable/host.ts';

/** Bookable all day, with buffers and limits by day, week and month. */
export const benchEventType: EventType = {
  id: 1,
  slug: 'intro',
  title: 'Intro',
  description: '',
  lengthInMinutes: 30,
  lengthOptions: [],
  slotInterval: 15,
  beforeBuffer: 5,
  afterBuffer: 5,
  minimumNotice: 120,
  bookingWindow: { type: 'rolling', days: 60 },
  limits: { day: 40, week: 200, month: 2000 },
  requiresConfirmation: false,
  locations: [],
  bookingFields: [],
  hidden: false,
  guestsAllowed: true,
  hostMustGiveReason: false,
  cancellable: true,
};

export const benchHost: Host = {
  id: 'odd',
  number: 1,
  username: 'odd',
  name: 'Odd',
  email: 'odd@example.com',
  timeZone: 'Europe/Oslo',
  weeklyHours: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }],
  dateOverrides: [{ date: '2050-10-12', hours: [] }],
  calendarIds: ['one', 'two'],
  acceptance: 'any-of',
  eventTypes: [benchEventType],
};
