import { memoized } from '../memoized.ts';
import type { Host } from '../bookable/host.ts';
import {
  coalesce,
  type Interval,
  dateOfDay,
  instantOf,
  minutesOf,
  startOfDate,
  dayNumberNotAfter,
} from '../time/time.ts';

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
const workingDay = (host: Host, number: number): WorkingDay => {
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

const isOpenAllDay = (day: WorkingDay): boolean => day.hours[0]?.start === day.start && day.hours[0].end === day.end;

/**
 * Where the grid of starts begins for some hours of a day. A window that began the evening before keeps its grid past
 * midnight; a day that is open from midnight to midnight has a grid of its own, so that hours without end have one too.
 */
export const gridOrigin = (days: WorkingDays, day: WorkingDay, hours: Interval): number => {
  if (hours.start !== day.start || isOpenAllDay(day)) return hours.start;
  const evening = days.on(day.number - 1).hours.at(-1);
  return evening?.end === day.start ? evening.start : hours.start;
};

/** Whether the host works from inside `hours` of `day` through to `end`, past midnight where the next day goes on. */
export const lastsUntil = (days: WorkingDays, day: WorkingDay, hours: Interval, end: number): boolean => {
  if (end <= hours.end) return true;
  if (hours.end !== day.end) return false;
  const next = days.on(day.number + 1);
  const morning = next.hours[0];
  return morning?.start === next.start && lastsUntil(days, next, morning, end);
};

/** A host's calendar. `on`: by day number (days since 1970-01-01). `at`: the day that an instant (epoch ms) lies in. */
export type WorkingDays = {
  readonly on: (number: number) => WorkingDay;
  readonly at: (instant: number) => WorkingDay;
};

/** Days remembered per host: a month on show, the days around it, and the edges of a year's limit. */
export const REMEMBERED_DAYS = 128;

const remembering = (host: Host): WorkingDays => {
  const on = memoized(REMEMBERED_DAYS, (number: number): WorkingDay => workingDay(host, number));
  /** Questions come in runs about one day. */
  let last: WorkingDay | undefined;
  const at = (instant: number): WorkingDay => {
    if (last !== undefined && last.start <= instant && instant < last.end) return last;
    let day = on(dayNumberNotAfter(instant));
    while (day.end <= instant) day = on(day.number + 1);
    last = day;
    return day;
  };
  return { on, at };
};

const byHost = new WeakMap<Host, WorkingDays>();

/**
 * Hosts are immutable, so what was worked out for one object stays true; the memory is bounded and dies with the host.
 * It saves about 10 us of time zone arithmetic per day.
 */
export const workingDaysOf = (host: Host): WorkingDays => {
  const known = byHost.get(host);
  if (known !== undefined) return known;
  const days = remembering(host);
  byHost.set(host, days);
  return days;
};
