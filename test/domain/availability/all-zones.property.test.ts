import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offerSlots } from '../../../src/domain/availability/decide-slot.ts';
import type { Interval } from '../../../src/domain/time/time.ts';
import { at, daily, eventType, facts, host } from './given.helper.ts';
import { around, changeBetween, hoursRange, nextChange, raster, resolvedHours, zones } from './zones.helper.ts';

/** Zones keep to quarters of an hour since 1980, so this raster meets every boundary of the hours used here. */
const QUARTER = 15 * 60_000;
const now = at('1970-01-01T00:00Z');

const offeredQuarters = (timeZone: string, span: Interval, ranges: ReadonlyArray<string>): ReadonlyArray<number> => {
  const rules = {
    host: host({ timeZone, weeklyHours: daily(...ranges) }),
    eventType: eventType({ lengthInMinutes: 15 }),
  };
  return offerSlots(rules, facts({ now }), span, 15).map((slot) => slot.start);
};

const openQuarters = (timeZone: string, span: Interval, ranges: ReadonlyArray<string>): ReadonlyArray<number> => {
  const hours = resolvedHours(span, timeZone, ranges);
  return raster(span, QUARTER).filter((quarter) => hours.some(({ start, end }) => start <= quarter && quarter < end));
};

describe('in every zone, around the changes of its clocks', () => {
  it('exactly the working hours are offered, each quarter once (all zones, the next two changes)', () => {
    const hours = ['00:00-24:00', '01:30-02:30', '09:00-17:00', '22:00-24:00'];
    const wrong: Array<string> = [];
    for (const zone of zones) {
      const first = nextChange(zone, '2026-06-01T00:00Z');
      for (const change of [first, nextChange(zone, first.add({ hours: 1 }).toInstant().toString())]) {
        for (const range of hours) {
          const offered = offeredQuarters(zone, around(change), [range]);
          const open = openQuarters(zone, around(change), [range]);
          if (open.length === 0 || offered.join() !== open.join()) wrong.push(`${range} ${change.toString()}`);
        }
      }
    }
    expect(zones.length).toBeGreaterThan(400);
    expect(wrong).toStrictEqual([]);
  });

  it('so it is with any hours, and at the changes of the past', () => {
    fc.assert(
      fc.property(changeBetween(1980, 2040), fc.array(hoursRange, { minLength: 1, maxLength: 4 }), (change, ranges) => {
        const { timeZoneId } = change;
        expect(offeredQuarters(timeZoneId, around(change), ranges)).toStrictEqual(
          openQuarters(timeZoneId, around(change), ranges),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("a start reads as a time inside the hours on the host's clock, where the clock leaves no doubt", () => {
    fc.assert(
      fc.property(changeBetween(1980, 2040), hoursRange, (change, range) => {
        const [from = '', to = ''] = range.split('-');
        for (const start of offeredQuarters(change.timeZoneId, around(change), [range])) {
          const read = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(change.timeZoneId);
          // Where midnight comes twice (St John's until 2011: 00:01 was 23:01 again), an evening is read inside a morning.
          if (!isPlain(read, from) || !isPlain(read, to) || !isPlain(read, '24:00')) continue;
          const time = read.toPlainTime().toString({ smallestUnit: 'minute' });
          expect(from <= time && time < to, `${read.toString()} in ${range}`).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** Whether a wall-clock time comes exactly once on the date that is read. */
const isPlain = (read: Temporal.ZonedDateTime, time: string): boolean => {
  const boundary = time === '24:00' ? read.toPlainDate().add({ days: 1 }) : read.toPlainDate();
  const wallClock = boundary.toPlainDateTime(time === '24:00' ? '00:00' : time);
  const [earlier, later] = (['earlier', 'later'] as const).map(
    (disambiguation) => wallClock.toZonedDateTime(read.timeZoneId, { disambiguation }).epochMilliseconds,
  );
  return earlier === later;
};
