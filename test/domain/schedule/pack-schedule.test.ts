import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { foldSchedule } from '../../../src/domain/schedule/fold-schedule.ts';
import {
  type ScheduleEvent,
  claimOf,
  emptySchedule,
  heldWithin,
  releasedWithin,
} from '../../../src/domain/schedule/schedule-state.ts';
import { beginUnpacking, packSchedule, SCHEDULE_FOLD } from '../../../src/domain/schedule/pack-schedule.ts';
import { toInstant } from '../../../src/domain/time/time.ts';
import { epochMs, slotConfirmed, slotHeld, slotReleased } from '../../../src/testing/index.ts';

const HOUR = 3_600_000;
const start = epochMs('06:00');
const always = { start: 0, end: start * 2 };

const story = (count: number): ReadonlyArray<ScheduleEvent> =>
  Array.from({ length: count }, (_, index): ReadonlyArray<ScheduleEvent> => {
    const from = start + index * HOUR;
    const held = slotHeld(`b${index}`, toInstant(from), toInstant(from + HOUR / 2), {
      at: '05:00',
      eventTypeId: index % 3,
    });
    if (index % 3 === 0) return [held];
    return [
      held,
      index % 3 === 1 ? slotConfirmed(`b${index}`) : slotReleased(`b${index}`, 'cancelled', { at: '05:30' }),
    ];
  }).flat();

const unpack = (parts: Iterable<string>) => {
  const unpacking = beginUnpacking();
  for (const part of parts) unpacking.add(part);
  return unpacking.state();
};

describe('a schedule as texts', () => {
  it.each([0, 1, 999, 3_500])('is the same schedule again, with %d bookings, in texts of a bounded size', (count) => {
    const schedule = foldSchedule(emptySchedule, story(count));
    const parts = [...packSchedule(schedule)];
    const again = unpack(parts.toReversed());
    expect(heldWithin(again, always)).toEqual(heldWithin(schedule, always));
    expect(releasedWithin(again, always)).toEqual(releasedWithin(schedule, always));
    for (const index of [0, 1, 2, count - 1])
      expect(claimOf(again, `b${index}`)).toEqual(claimOf(schedule, `b${index}`));
    const next = slotReleased('b1', 'cancelled', { at: '05:45' });
    expect(releasedWithin(foldSchedule(again, [next]), always)).toEqual(
      releasedWithin(foldSchedule(schedule, [next]), always),
    );
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(200_000);
  });

  it('has a version that is raised when the fold makes another state of the same events', () => {
    const texts = [...packSchedule(foldSchedule(emptySchedule, story(40)))].join('\n');
    const digest = createHash('sha256').update(texts).digest('hex').slice(0, 16);
    // Where this fails: raise SCHEDULE_FOLD, and put both figures here.
    expect([SCHEDULE_FOLD, digest]).toEqual([3, '93afeac580a28430']);
  });
});
