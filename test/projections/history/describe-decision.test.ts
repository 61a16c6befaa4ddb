import { describe, expect, test } from 'vitest';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import { describeEvent } from '../../../src/projections/history/describe-event.ts';
import { accepted, expired, leftPending, requested } from '../../../src/testing/booking-events.ts';
import { rescheduleFailed, rescheduleRequested } from '../../../src/testing/reschedule-events.ts';

const reader = { audience: 'host', timeZone: 'Europe/Oslo', calendarLabel: (id: string) => id } as const;
const says = (event: BookingEvent, mustAllHold: boolean): string => describeEvent(event, { ...reader, mustAllHold });

describe('what was decided, in words', () => {
  test('given a host all of whose calendars must take a booking, then no words that one is enough', () => {
    expect(says(leftPending('calendar_sync_failed'), true)).toContain('not every calendar has taken it');
    expect(says(leftPending('calendar_sync_failed'), false)).toContain('no calendar has taken it');
    expect(says(accepted(), true)).toBe('The booking is accepted: every calendar holds it.');
    expect(says(accepted(), false)).toBe('The booking is accepted: a calendar holds it.');
    expect(says(expired(), true)).toContain('not every calendar took it in time');
    expect(says(rescheduleFailed(), true)).toContain('not every calendar took it');
  });

  test('given requests that compete for a time, then not that it is held', () => {
    const competing = requested({ approval: { deadline: '12:00', remindAt: [], holdsSlot: false } });
    expect(says(competing, false)).toContain('The time is not held until the host approves.');
    expect(says(competing, false)).not.toContain('The time is held');
    expect(says(requested({ approval: { deadline: '12:00', remindAt: [] } }), false)).toContain('The time is held.');
    const move = rescheduleRequested({ requiresApproval: true });
    const approval = { deadline: '2050-09-05T10:00:00Z', remindAt: [], holdsSlot: false };
    const words = says({ ...move, data: { ...move.data, approval } }, false);
    expect(words).toContain('The new time is not held until then, and the old one stays in force');
  });
});
