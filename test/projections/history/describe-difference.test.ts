import { describe, expect, test } from 'vitest';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import { watchEventCodecs } from '../../../src/domain/booking/watch-events.ts';
import { describeEvent, guestView } from '../../../src/projections/history/describe-event.ts';
import {
  eventChanged,
  eventMissing,
  eventMoved,
  eventVerified,
  notFollowed,
  restoreRequested,
} from '../../../src/testing/index.ts';

const reader = { timeZone: 'Europe/Oslo', calendarLabel: () => 'Work' };

/** The event, what the host reads, and what the guest reads. */
const story: ReadonlyArray<readonly [BookingEvent, string, string]> = [
  [
    eventMissing('cal-inside'),
    "Calendar 'Work' does not hold the event any more: it was asked twice. Unless another calendar holds it, or the host undoes that, the booking is cancelled at 2050-09-05 12:02:00 Europe/Oslo (UTC+02:00).",
    'The calendar does not hold the event any more: it was asked twice. Unless another calendar holds it, or the host undoes that, the booking is cancelled at 2050-09-05 12:02:00 Europe/Oslo (UTC+02:00).',
  ],
  [
    eventMoved('cal-inside', '15:00'),
    "The event was moved in calendar 'Work': it is from 2050-09-05 17:00 Europe/Oslo (UTC+02:00) to 2050-09-05 17:30 Europe/Oslo (UTC+02:00) there. If that time is free, the booking follows.",
    'The event was moved in the calendar: it is from 2050-09-05 17:00 Europe/Oslo (UTC+02:00) to 2050-09-05 17:30 Europe/Oslo (UTC+02:00) there. If that time is free, the booking follows.',
  ],
  [
    eventChanged('cal-inside', 'cancelled', 'restore'),
    "Calendar 'Work' shows the event as cancelled. It is written again.",
    'The calendar shows the event as cancelled. It is written again.',
  ],
  [
    eventVerified('cal-inside'),
    "Calendar 'Work' was asked, and holds the booking at its time.",
    'The calendar was asked, and holds the booking at its time.',
  ],
  [
    restoreRequested('cal-inside'),
    "The host wants the event as it was booked: calendar 'Work' is written again.",
    'The host wants the event as it was booked: the calendar is written again.',
  ],
  [
    notFollowed('cal-inside', 'reason-inside'),
    "The booking cannot be at the time that calendar 'Work' shows: the move was refused (reason-inside). The host is asked.",
    'The booking cannot be at the time that the calendar shows. The host is asked.',
  ],
];

describe('what people did in calendars, in words', () => {
  test('every type has its words', () => {
    expect(story.map(([{ type }]) => type).toSorted()).toEqual(Object.keys(watchEventCodecs).toSorted());
  });

  test.each(story.map(([event, host, guest]) => ({ type: event.type, event, host, guest })))(
    '$type',
    ({ event, host, guest }) => {
      expect(describeEvent(event, { ...reader, audience: 'host' })).toBe(host);
      expect(describeEvent(event, { ...reader, audience: 'guest' })).toBe(guest);
      expect(JSON.stringify(guestView(event))).not.toContain('inside');
    },
  );
});
