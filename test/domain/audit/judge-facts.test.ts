import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { firstImpossible } from '../../../src/domain/audit/judge-booking.ts';
import { judgeScheduleEvent } from '../../../src/domain/audit/judge-schedule.ts';
import { evolveSchedule } from '../../../src/domain/schedule/fold-schedule.ts';
import { emptySchedule } from '../../../src/domain/schedule/schedule-state.ts';
import { instant, requested, slotHeld, type Time } from '../../../src/testing/index.ts';

/** What a time was decided by: these calendars were read, and one of them was busy then. */
const facts = (busy: readonly [Time, Time], calendarId = 'work', calendars: ReadonlyArray<string> = ['work']) => ({
  rules: 'a digest',
  calendars,
  busy: [{ calendarId, start: instant(busy[0]), end: instant(busy[1]) }],
});

/** From 14:00 to 14:30, with a quarter of an hour before it. */
const held = slotHeld('a', '14:00', '14:30', { claim: ['13:45', '14:30'] });
const moved = slotHeld('a', '15:00', '15:30');

type Facts = ReturnType<typeof facts>;
const judged: Readonly<Record<string, (decidedBy: Facts) => string | null>> = {
  'a slot': (decidedBy) => {
    const next = judgeScheduleEvent(emptySchedule, { ...held, data: { ...held.data, decidedBy } });
    return E.isLeft(next) ? next.left : null;
  },
  'a new slot': (decidedBy) => {
    const schedule = evolveSchedule(emptySchedule, moved);
    const data = { ...held.data, rescheduleId: 'move1', decidedBy };
    const next = judgeScheduleEvent(schedule, { ...held, type: 'NewSlotHeld', data });
    return E.isLeft(next) ? next.left : null;
  },
  'a request that holds no slot': (decidedBy) => {
    const asked = requested();
    const claim = { start: instant('13:45'), end: instant('14:30') };
    const request = { ...asked, data: { ...asked.data, claim, decidedBy } };
    return firstImpossible([request], { clocksMayBeSetBack: true })?.reason ?? null;
  },
};

describe.each(Object.entries(judged))('what %s was granted by', (_, reason) => {
  it('given a calendar that was busy beside it, then it is believed', () => {
    expect(reason(facts(['13:00', '13:45']))).toBeNull();
    expect(reason(facts(['14:30', '16:00']))).toBeNull();
  });

  it('given a calendar that was busy then, then it is named', () => {
    const why = 'calendar work was busy from 2050-09-05T13:30:00Z to 2050-09-05T13:46:00Z, by what it was decided by';
    expect(reason(facts(['13:30', '13:46']))).toBe(why);
  });

  it('given a calendar that is busy and was not read, then it is named', () => {
    expect(reason(facts(['12:00', '13:00'], 'home'))).toBe('calendar home is said to be busy, and was not read');
  });
});
