import * as E from 'fp-ts/lib/Either.js';
import { type EventType, eventType } from '../../src/domain/bookable/event-type.ts';
import type { Host } from '../../src/domain/bookable/host.ts';

const read = eventType.decode({
  id: 1,
  slug: 'intro',
  title: 'Intro',
  lengthInMinutes: 30,
  slotIntervalInMinutes: 15,
  beforeBufferInMinutes: 5,
  afterBufferInMinutes: 5,
  bookingWindow: { type: 'rolling', days: 60 },
  limits: { day: 40, week: 200, month: 2000 },
});
if (E.isLeft(read)) throw new Error('the event type of the benches is refused');

/** Bookable all day, with buffers and limits by day, week and month. */
export const benchEventType: EventType = read.right;

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
