import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dateOfDay,
  dayNumberNotAfter,
  dayNumberOf,
  instantOf,
  minutesOf,
  startOfDate,
} from '../../../src/domain/time/time.ts';

const date = (text: string): Temporal.PlainDate => Temporal.PlainDate.from(text);
const at = (text: string): number => Temporal.Instant.from(text).epochMilliseconds;

describe('local dates', () => {
  it('wall-clock times are minutes after midnight', () => {
    expect(['00:00', '09:05', '23:59', '24:00'].map(minutesOf)).toStrictEqual([0, 545, 1439, 1440]);
  });

  it('are numbered from 1970-01-01, and back', () => {
    expect(dayNumberOf(date('1970-01-01'))).toBe(0);
    fc.assert(
      fc.property(fc.integer({ min: -40_000, max: 3_000_000 }), (number) => {
        expect(dayNumberOf(dateOfDay(number))).toBe(number);
      }),
    );
  });

  it('of an instant are never before the guess and at most two days after it, in any zone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at('1900-01-01T00:00Z'), max: at('2100-01-01T00:00Z') }),
        fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
        (instant, zone) => {
          const local = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDate();
          const ahead = dayNumberOf(local) - dayNumberNotAfter(instant);
          expect(ahead).toBeGreaterThanOrEqual(0);
          expect(ahead).toBeLessThanOrEqual(2);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('begin at their first instant, which is not midnight where the clocks skip it', () => {
    expect(startOfDate(date('2027-04-30'), 'Africa/Cairo')).toBe(at('2027-04-30T01:00+03:00'));
    expect(startOfDate(date('2027-04-29'), 'Africa/Cairo')).toBe(at('2027-04-29T00:00+02:00'));
  });

  it('move a time that is skipped later by what is skipped, and take the first of a time that comes twice', () => {
    expect(instantOf(date('2027-03-28'), 150, 'Europe/Oslo')).toBe(at('2027-03-28T03:30+02:00'));
    expect(instantOf(date('2027-10-31'), 150, 'Europe/Oslo')).toBe(at('2027-10-31T02:30+02:00'));
    expect(instantOf(date('2027-10-31'), 570, 'Europe/Oslo')).toBe(at('2027-10-31T09:30+01:00'));
  });
});
