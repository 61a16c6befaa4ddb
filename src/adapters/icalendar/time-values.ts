import type { Property } from './property.ts';

type Unreadable = Error & { readonly unreadable: true };

/** An error whose message is ours and may be shown: it holds no text of anybody's calendar. */
export const unreadable = (reason: string): Unreadable =>
  Object.assign(new Error(reason), { unreadable: true as const });

const isUnreadable = (error: unknown): error is Unreadable => error instanceof Error && 'unreadable' in error;

/** Why a calendar's text could not be read. What a library says is left out: it may quote the text. */
export const whyUnreadable = (error: unknown): string =>
  isUnreadable(error) ? error.message : 'it cannot be understood';

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/**
 * A DATE or DATE-TIME (RFC 5545, 3.3.4, 3.3.5). `wall`: what the clock on the wall shows, as milliseconds since 1970 as if
 * it were UTC. `tzid`: the zone of the clock; null is the host's, of a floating time or a date.
 */
export type TimeValue =
  | { readonly kind: 'date'; readonly wall: number; readonly tzid: string | null }
  | { readonly kind: 'utc'; readonly wall: number }
  | { readonly kind: 'local'; readonly wall: number; readonly tzid: string | null };

/** A length (RFC 5545, 3.3.6): `days` by the clock on the wall, `exactMs` as time passes. */
export type DurationValue = { readonly days: number; readonly exactMs: number };

export type PeriodValue = {
  readonly start: TimeValue;
  readonly end: { readonly at: TimeValue } | { readonly after: DurationValue };
};

const TIME = /^(\d{4})-?(\d{2})-?(\d{2})(?:[Tt ]?(\d{2}):?(\d{2}):?(\d{2})?(?:[.,]\d+)?([Zz])?)?$/;

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** Milliseconds since 1970 of a date's midnight, as if in UTC; null where there is no such date. By hand: it is hot. */
export const midnightOf = (year: number, month: number, day: number): number | null => {
  const days = (MONTH_DAYS[month - 1] ?? 0) + (month === 2 && isLeap(year) ? 1 : 0);
  if (day < 1 || day > days) return null;
  // Days from civil, counted in eras of 400 years whose years begin in March.
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return (era * 146_097 + dayOfEra - 719_468) * DAY_MS;
};

/** Null where the text is no time. The VALUE parameter is not asked: the form says what it is, and often it alone is right. */
export const parseTime = (text: string, tzid: string | null): TimeValue | null => {
  const match = TIME.exec(text.trim());
  if (match === null) return null;
  const day = midnightOf(Number(match[1]), Number(match[2]), Number(match[3]));
  if (day === null) return null;
  if (match[4] === undefined) return { kind: 'date', wall: day, tzid };
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6] ?? '0')];
  if (hour > 24 || minute > 59 || second > 60 || (hour === 24 && minute + second > 0)) return null;
  // RFC 5545, 3.3.12: a leap second is read as the second before by who knows none.
  const wall = day + hour * HOUR_MS + minute * MINUTE_MS + Math.min(second, 59) * SECOND_MS;
  return match[7] === undefined ? { kind: 'local', wall, tzid } : { kind: 'utc', wall };
};

const DURATION = /^([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i;

export const parseDuration = (text: string): DurationValue | null => {
  const match = DURATION.exec(text.replace(/\s/g, ''));
  if (match === null || /[PT]$/i.test(text.trim())) return null;
  const part = (index: number): number => Number(match[index] ?? '0');
  const sign = match[1] === '-' ? -1 : 1;
  const exactMs = part(4) * HOUR_MS + part(5) * MINUTE_MS + part(6) * SECOND_MS;
  return { days: sign * (part(2) * 7 + part(3)), exactMs: sign * exactMs };
};

const tzidOf = ({ parameters }: Property): string | null => {
  const tzid = parameters.get('TZID');
  return tzid === undefined || tzid === '' ? null : tzid;
};

/** The property's one time. Throws where it is none. */
export const timeIn = (property: Property): TimeValue => {
  const time = parseTime(property.value, tzidOf(property));
  if (time === null) throw unreadable(`${property.name} is not a time`);
  return time;
};

/** The times of a list such as EXDATE or RDATE (RFC 5545, 3.8.5). Those that are none are null. */
export const timesIn = (property: Property): ReadonlyArray<TimeValue | PeriodValue | null> =>
  property.value
    .split(',')
    .filter((text) => text.trim() !== '')
    .map((text) => {
      const [from = '', to] = text.split('/');
      const start = parseTime(from, tzidOf(property));
      if (to === undefined || start === null) return start;
      const end = parseTime(to, tzidOf(property));
      if (end !== null) return { start, end: { at: end } };
      const after = parseDuration(to);
      return after === null ? null : { start, end: { after } };
    });

export const isPeriod = (value: TimeValue | PeriodValue): value is PeriodValue => 'start' in value;
