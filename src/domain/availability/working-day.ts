import type { Host } from '../bookable/host.ts';
import type { Interval } from '../time/interval.ts';
import { coalesce } from '../time/interval.ts';
import { dateOfDay, instantOf, minutesOf, startOfDate } from '../time/local-date.ts';

/**
 * One date of a host's calendar, in epoch milliseconds. `[start, end)` runs from the date's first instant to that of the
 * next date, so days follow each other without gap or overlap; a date that a zone skipped altogether is empty.
 * `hours`: sorted, apart from each other, none empty, inside the day.
 */
export type WorkingDay = Interval & {
  readonly number: number;
  readonly date: Temporal.PlainDate;
  readonly hours: ReadonlyArray<Interval>;
};

type WallClockHours = { readonly from: string; readonly to: string };

const DAY_IN_MINUTES = 1440;

const hoursOn = (host: Host, date: Temporal.PlainDate): ReadonlyArray<WallClockHours> => {
  const name = date.toString();
  const overrides = host.dateOverrides.filter((override) => override.date === name);
  return overrides.length > 0
    ? overrides.flatMap((override) => override.hours)
    : host.weeklyHours.filter((weekly) => weekly.days.includes(date.dayOfWeek));
};

/** Works out one date from the host's weekly hours and overrides. `number`: calendar days since 1970-01-01. */
export const workingDay = (host: Host, number: number): WorkingDay => {
  const date = dateOfDay(number);
  const start = startOfDate(date, host.timeZone);
  const end = startOfDate(dateOfDay(number + 1), host.timeZone);
  const boundary = (wallClock: string): number => {
    const minutes = minutesOf(wallClock);
    if (minutes === 0) return start;
    if (minutes === DAY_IN_MINUTES) return end;
    return Math.min(Math.max(instantOf(date, minutes, host.timeZone), start), end);
  };
  const hours = hoursOn(host, date)
    .map(({ from, to }) => ({ start: boundary(from), end: boundary(to) }))
    .filter((interval) => interval.start < interval.end);
  return { number, date, start, end, hours: coalesce(hours) };
};
