import * as fc from 'fast-check';
import type { Interval } from '../../../src/domain/time/time.ts';

export const zones: ReadonlyArray<string> = Intl.supportedValuesOf('timeZone');

/** The first change of the clocks after an instant, or that instant in a zone that changes no more. */
export const nextChange = (timeZone: string, after: string): Temporal.ZonedDateTime => {
  const from = Temporal.Instant.from(after).toZonedDateTimeISO(timeZone);
  return from.getTimeZoneTransition('next') ?? from;
};

/** Any zone, at one of the changes of its clocks between two years. */
export const changeBetween = (firstYear: number, lastYear: number): fc.Arbitrary<Temporal.ZonedDateTime> =>
  fc
    .record({
      zone: fc.constantFrom(...zones),
      year: fc.integer({ min: firstYear, max: lastYear }),
      month: fc.constantFrom('01', '07'),
    })
    .map(({ zone, year, month }) => nextChange(zone, `${year}-${month}-01T00:00Z`));

/** From the start of the day before a change to the end of the day after it. */
export const around = (change: Temporal.ZonedDateTime): Interval => ({
  start: change.subtract({ days: 1 }).startOfDay().epochMilliseconds,
  end: change.add({ days: 2 }).startOfDay().epochMilliseconds,
});

const wallClock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** `HH:MM-HH:MM` on a 15-minute raster, often about the small hours, where clocks change, and about midnight. */
export const hoursRange: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 95 }), fc.constantFrom(0, 92, 94)),
    fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(96)),
  )
  .map(([from, length]) => `${wallClock(from * 15)}-${wallClock(Math.min(from + length, 96) * 15)}`);

/**
 * The same rule told another way, in Temporal's own words: the instants of wall-clock hours on the dates around a span.
 * Nothing here is shared with the code under test.
 */
export const resolvedHours = (span: Interval, timeZone: string, ranges: ReadonlyArray<string>): Array<Interval> => {
  const first = Temporal.Instant.fromEpochMilliseconds(span.start).toZonedDateTimeISO(timeZone).toPlainDate();
  const last = Temporal.Instant.fromEpochMilliseconds(span.end).toZonedDateTimeISO(timeZone).toPlainDate();
  const resolved: Array<Interval> = [];
  for (
    let date = first.subtract({ days: 1 });
    Temporal.PlainDate.compare(date, last) <= 0;
    date = date.add({ days: 1 })
  ) {
    const dayEnd = date.add({ days: 1 }).toZonedDateTime(timeZone);
    const boundary = (time: string): Temporal.ZonedDateTime => {
      if (time === '24:00') return dayEnd;
      if (time === '00:00') return date.toZonedDateTime(timeZone);
      const moved = Temporal.PlainDateTime.from(`${date.toString()}T${time}`).toZonedDateTime(timeZone);
      return Temporal.ZonedDateTime.compare(moved, dayEnd) > 0 ? dayEnd : moved;
    };
    for (const range of ranges) {
      const [from = '', to = ''] = range.split('-');
      resolved.push({ start: boundary(from).epochMilliseconds, end: boundary(to).epochMilliseconds });
    }
  }
  return resolved.filter(({ start, end }) => start < end);
};

/** Every instant of a span at a distance of `step` milliseconds. */
export const raster = ({ start, end }: Interval, step: number): ReadonlyArray<number> =>
  Array.from({ length: Math.ceil((end - start) / step) }, (_, index) => start + index * step);
