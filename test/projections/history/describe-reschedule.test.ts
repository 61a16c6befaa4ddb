import { describe, expect, test } from 'vitest';
import { type BookingEvent, bookingEventCodecs } from '../../../src/domain/booking/events.ts';
import { timesWithoutZone } from '../../support/times-without-zone.ts';
import { describeEvent, guestView } from '../../../src/projections/history/describe-event.ts';

const occurredAt = '2050-09-01T08:00:00Z';
const failed = {
  calendarId: 'cal-inside',
  attempt: 2,
  message: 'provider-inside',
  retryable: true,
  retryAt: '2050-09-01T08:32:00Z',
} as const;
const done = { calendarId: 'cal-inside', attempt: 2 };
const personal = { salt: 'salt-inside', reason: 'Away' };
const move = { rescheduleId: 'move-inside' } as const;
const oldTime = { start: '2050-09-05T07:00:00Z', end: '2050-09-05T07:30:00Z' };
const newTime = { start: '2050-09-05T09:00:00Z', end: '2050-09-05T09:30:00Z' };

/** One of every type; `inside` marks what a guest must not read. */
const story: ReadonlyArray<readonly [BookingEvent, host: string, guest: string]> = [
  [
    {
      type: 'RescheduleRequested',
      occurredAt,
      data: { ...move, by: 'guest', ...newTime, claim: newTime, requiresApproval: true, syncAllowanceMs: 1, personal },
    },
    'The guest asked to move the booking to 2050-09-05 11:00 Europe/Oslo (UTC+02:00), if the host approves. The new time is held, and the old one stays in force until then: Away',
    '',
  ],
  [
    { type: 'RescheduleApproved', occurredAt, data: move },
    'The host approved the new time. The calendars are asked for it next.',
    '',
  ],
  [
    {
      type: 'BookingRescheduled',
      occurredAt,
      data: { ...move, by: 'host', previous: oldTime, ...newTime, claim: newTime },
    },
    'The booking was moved from 2050-09-05 09:00 Europe/Oslo (UTC+02:00) to 2050-09-05 11:00 Europe/Oslo (UTC+02:00). The old time is free again.',
    '',
  ],
  [
    { type: 'RescheduleDeclined', occurredAt, data: { ...move, personal } },
    'The old time stays in force: the host declined the new one: Away',
    '',
  ],
  [
    { type: 'RescheduleFailed', occurredAt, data: { ...move, reason: 'calendar_refused', failures: [] } },
    'The booking was not moved: no calendar took it at the new time. The old time stays in force.',
    '',
  ],
  [
    { type: 'RescheduleWithdrawn', occurredAt, data: { ...move, reason: 'superseded' } },
    'Another new time was asked for, so the one before is not waited for any more.',
    '',
  ],
  [
    { type: 'RescheduleAbandoned', occurredAt, data: move },
    'A new time was held, and the request for it did not come. It is free again.',
    '',
  ],
  [
    { type: 'CalendarMoveStarted', occurredAt, data: { ...done, ...newTime } },
    "Moving the event in calendar 'Work' to 2050-09-05 11:00 Europe/Oslo (UTC+02:00) began (attempt 2).",
    'Moving the event in the calendar to 2050-09-05 11:00 Europe/Oslo (UTC+02:00) began (attempt 2).',
  ],
  [
    {
      type: 'CalendarMoveSucceeded',
      occurredAt,
      data: {
        ...done,
        ...newTime,
        providerEventId: 'id-inside',
        status: 'confirmed',
        meetingUrl: null,
        created: false,
      },
    },
    "Calendar 'Work' holds the booking at 2050-09-05 11:00 Europe/Oslo (UTC+02:00).",
    'The calendar holds the booking at 2050-09-05 11:00 Europe/Oslo (UTC+02:00).',
  ],
  [
    { type: 'CalendarMoveFailed', occurredAt, data: { ...failed, ...newTime, kind: 'network' } },
    "Calendar 'Work' did not move the booking: it could not be reached. Next try at 2050-09-01 10:32:00 Europe/Oslo (UTC+02:00).",
    'The calendar did not move the booking. Next try at 2050-09-01 10:32:00 Europe/Oslo (UTC+02:00).',
  ],
];

const reader = { timeZone: 'Europe/Oslo', calendarLabel: () => 'Work' };

describe('moves in the words of the history', () => {
  test('every event of a move has its words here', () => {
    const types = Object.keys(bookingEventCodecs).filter((type) => /Reschedule|CalendarMove/.test(type));
    expect(story.map(([event]) => event.type).toSorted()).toEqual(types.toSorted());
  });

  test.each(story.map(([event, host, guest]) => ({ type: event.type, event, host, guest: guest || host })))(
    '$type',
    ({ event, host, guest }) => {
      expect(describeEvent(event, { ...reader, audience: 'host' })).toBe(host);
      expect(describeEvent(event, { ...reader, audience: 'guest' })).toBe(guest);
      expect(timesWithoutZone(`${host}\n${guest}`)).toEqual([]);
    },
  );

  test('a guest reads nothing of the inside, in words or data', () => {
    for (const [event] of story) {
      const text = describeEvent(event, { ...reader, audience: 'guest' });
      expect(JSON.stringify([text, guestView(event)])).not.toMatch(/inside|Work/);
    }
  });
});
