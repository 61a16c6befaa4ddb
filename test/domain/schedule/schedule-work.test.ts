import { describe, expect, it } from 'vitest';
import { evolveSchedule, foldSchedule } from '../../../src/domain/schedule/fold-schedule.ts';
import {
  type ScheduleEvent,
  type ScheduleState,
  claimOf,
  emptySchedule,
  heldWithin,
} from '../../../src/domain/schedule/schedule-state.ts';
import type { PersistentMap } from '../../../src/domain/schedule/claims-by-day.ts';
import { toInstant } from '../../../src/domain/time/time.ts';
import { epochMs } from '../../../src/testing/index.ts';

const HOUR = 3_600_000;
const BOOKINGS = 50_000;
const start = epochMs('00:00');

/** One booking an hour, held half a year ahead and confirmed a minute later. */
const story = (count: number): ReadonlyArray<ScheduleEvent> =>
  Array.from({ length: count }, (_, index): ReadonlyArray<ScheduleEvent> => {
    const from = start + index * HOUR;
    const span = { start: toInstant(from), end: toInstant(from + HOUR) };
    const data = {
      bookingUid: `booking${index}`,
      icsUid: `booking${index}@holdfast`,
      eventTypeId: 1,
      ...span,
      claim: span,
    };
    const at = from - 4_000 * HOUR;
    return [
      { type: 'SlotHeld', occurredAt: toInstant(at), data },
      { type: 'SlotConfirmed', occurredAt: toInstant(at + 60_000), data: { bookingUid: data.bookingUid } },
    ];
  }).flat();

/** Entries of the small maps that one state does not share with the other: what was copied to make it. */
const copiedIn = <K extends string | number, V>(before: PersistentMap<K, V>, after: PersistentMap<K, V>): number => {
  let copied = 0;
  after.rows.forEach((row, high) =>
    row.forEach((cell, low) => {
      if (before.rows[high]?.[low] !== cell) copied += cell.size;
    }),
  );
  return copied;
};
const copied = (before: ScheduleState, after: ScheduleState): number =>
  copiedIn(before.byBooking, after.byBooking) +
  copiedIn(before.held.days, after.held.days) +
  copiedIn(before.released.days, after.released.days);

describe('the work of a schedule of many bookings', () => {
  const events = story(BOOKINGS);
  const full = foldSchedule(emptySchedule, events);

  it('only a year and what lies ahead is kept', () => {
    expect(full.byBooking.size).toBeGreaterThan((400 * 24 * HOUR) / HOUR);
    expect(full.byBooking.size).toBeLessThan(410 * 24 + 4_000);
    expect(claimOf(full, 'booking0')).toBeUndefined();
    expect(claimOf(full, `booking${BOOKINGS - 1}`)).toMatchObject({ confirmed: true });
  });

  it.each(['SlotHeld', 'SlotConfirmed', 'SlotReleased'] as const)('one %s copies a hundredth at most', (type) => {
    const held = story(BOOKINGS + 1).at(-2);
    const occurredAt = held?.occurredAt ?? '';
    const last = { bookingUid: `booking${BOOKINGS - 1}` };
    const unconfirmed = foldSchedule(emptySchedule, events.slice(0, -1));
    const [before, event]: readonly [ScheduleState, ScheduleEvent | undefined] =
      type === 'SlotHeld'
        ? [full, held]
        : type === 'SlotConfirmed'
          ? [unconfirmed, { type, occurredAt, data: last }]
          : [full, { type, occurredAt, data: { ...last, reason: 'cancelled' } }];
    if (event === undefined) throw new Error('there is no event');
    const work = copied(before, evolveSchedule(before, event));
    expect(work).toBeGreaterThan(0);
    expect(work).toBeLessThan(full.byBooking.size / 100);
  });

  it('a week is answered from the claims of that week alone', () => {
    let looks = 0;
    const week = { start: start + (BOOKINGS - 500) * HOUR, end: start + (BOOKINGS - 500 + 168) * HOUR };
    const watched: ScheduleState = {
      ...full,
      held: {
        ...full.held,
        days: {
          ...full.held.days,
          rows: full.held.days.rows.map((row) =>
            row.map((cell) => {
              const own = new Map(cell);
              own.get = (day) => {
                const found = cell.get(day);
                looks += found?.length ?? 0;
                return found;
              };
              return own;
            }),
          ),
        },
      },
    };
    expect(heldWithin(watched, week)).toHaveLength(168);
    expect(looks).toBeLessThan(168 + 3 * 24);
  });
});
