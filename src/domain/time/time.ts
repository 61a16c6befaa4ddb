import { memoized } from '../memoized.ts';

const DAY_IN_MS = 86_400_000;

/** Dates remembered: bookings come in runs about the same weeks. */
const MAX_DATES = 4096;

/** `2050-09-05` of days since 1970-01-01. Temporal does the calendar; it is asked once per day. */
const isoDateOfDay = memoized(MAX_DATES, (day: number): string => {
  const midnight = Temporal.Instant.fromEpochMilliseconds(day * DAY_IN_MS).toString();
  return midnight.slice(0, midnight.indexOf('T'));
});

const two = (number: number): string => (number < 10 ? `0${number}` : String(number));

/** First millisecond of a date given as the number 20500905 and as `2050-09-05...`. Throws RangeError on what is no date. */
const midnightOf = memoized(
  MAX_DATES,
  (_: number, text: string): number => Temporal.Instant.from(`${text.slice(0, 10)}T00:00:00Z`).epochMilliseconds,
);

const inEvents = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
const twoDigits = (text: string, at: number): number => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;
/** `2050-09-05...` as 20500905: a number is looked up in a third of the time of a text. */
const dateNumber = (text: string): number =>
  twoDigits(text, 0) * 1_000_000 + twoDigits(text, 2) * 10_000 + twoDigits(text, 5) * 100 + twoDigits(text, 8);

/**
 * UTC instant in ISO 8601 to epoch milliseconds. Throws RangeError on anything else: decode at the border first. Whole
 * seconds, as events have them, are added up from the date's midnight, a tenth of what Temporal takes for the whole text.
 */
export const toEpochMs = (instant: string): number =>
  inEvents.test(instant)
    ? midnightOf(dateNumber(instant), instant) +
      (twoDigits(instant, 11) * 3600 + twoDigits(instant, 14) * 60 + twoDigits(instant, 17)) * 1000
    : Temporal.Instant.from(instant).epochMilliseconds;

/**
 * Epoch milliseconds to the one spelling of instants that events use: `2050-09-05T09:00:00Z`. The same text as Temporal's
 * own, at an eighth of its cost; a booking needs about twenty.
 */
export const toInstant = (epochMs: number): string => {
  const day = Math.floor(epochMs / DAY_IN_MS);
  const inDay = epochMs - day * DAY_IN_MS;
  const seconds = Math.floor(inDay / 1000);
  const milliseconds = inDay - seconds * 1000;
  const fraction = milliseconds === 0 ? '' : `.${String(milliseconds).padStart(3, '0').replace(/0+$/, '')}`;
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${isoDateOfDay(day)}T${time}${fraction}Z`;
};

/** A half-open span `[start, end)` in epoch milliseconds, so that comparing and sorting cost nothing. */
export type Interval = { readonly start: number; readonly end: number };

/** Half-open: intervals that only touch do not overlap. */
export const overlaps = (a: Interval, b: Interval): boolean => a.start < b.end && b.start < a.end;

export const intervalOf = (times: { readonly start: string; readonly end: string }): Interval => ({
  start: toEpochMs(times.start),
  end: toEpochMs(times.end),
});

/** The same time as sorted intervals that neither overlap nor touch. */
export const coalesce = (intervals: ReadonlyArray<Interval>): ReadonlyArray<Interval> => {
  const sorted = intervals.toSorted((a, b) => a.start - b.start);
  const apart: Array<Interval> = [];
  for (const next of sorted) {
    const last = apart.at(-1);
    if (last === undefined || last.end < next.start) apart.push(next);
    else if (last.end < next.end) apart[apart.length - 1] = { start: last.start, end: next.end };
  }
  return apart;
};

const epoch = Temporal.PlainDate.from('1970-01-01');

/** Minutes after midnight of a wall-clock time `HH:MM`; `24:00` is 1440. */
export const minutesOf = (wallClock: string): number =>
  Number(wallClock.slice(0, 2)) * 60 + Number(wallClock.slice(3, 5));

/** Calendar days since 1970-01-01, so that dates can be counted on without asking Temporal. */
export const dayNumberOf = (date: Temporal.PlainDate): number =>
  date.toZonedDateTime('UTC').epochMilliseconds / DAY_IN_MS;

export const dateOfDay = (dayNumber: number): Temporal.PlainDate => epoch.add({ days: dayNumber });

/**
 * A day number that is not after the local date of `instant` (epoch milliseconds) in any zone, and at most two days before it:
 * zones have always kept within a day of UTC.
 */
export const dayNumberNotAfter = (instant: number): number => Math.floor(instant / DAY_IN_MS) - 1;

/** The first instant of a local date, in epoch milliseconds: not 00:00 where the clocks skip it. */
export const startOfDate = (date: Temporal.PlainDate, timeZone: string): number =>
  date.toZonedDateTime(timeZone).epochMilliseconds;

/**
 * The instant of a wall-clock time (minutes after midnight, 1 to 1439), in epoch milliseconds. A time that the clocks skip
 * moves later by what they skip, a time that comes twice is the first one (RFC 5545 section 3.3.5; Temporal's `compatible`).
 */
export const instantOf = (date: Temporal.PlainDate, minutes: number, timeZone: string): number =>
  date
    .toPlainDateTime({ hour: Math.floor(minutes / 60), minute: minutes % 60 })
    .toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds;

/** Doublings that are counted: 2^30 times any wait of a millisecond is twelve days, and beyond every cap in use. */
const MOST_DOUBLINGS = 30;

/** Milliseconds to wait after attempt `attempt` (from 1): the first wait, doubled for each further attempt, up to the cap. */
export const backoffMs = (firstMs: number, capMs: number, attempt: number): number =>
  Math.min(capMs, firstMs * 2 ** Math.min(attempt - 1, MOST_DOUBLINGS));
