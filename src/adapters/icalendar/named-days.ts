import type { Interval } from '../../domain/time/time.ts';
import { DAY_MS, parseTime } from './time-values.ts';
import { spanOf, type Zone } from './time-zone.ts';

const TIME_LINE = /^[ \t]*(?:DTSTART|DTEND|RDATE|RECURRENCE-ID)\b[^\r\n]*/gim;
const DATE = /(?<!\d)\d{8}(?!\d)/g;
const MAX_DAYS = 1_000;

/**
 * The days, as midnights on the clock on the wall, that the lines of an object name. One that cannot be understood is on
 * them, if on any: a server that cannot understand it either says nothing.
 */
export const daysNamedIn = (text: string): ReadonlyArray<number> => {
  const digits = [...text.matchAll(TIME_LINE)].flatMap(([line]) => line.match(DATE) ?? []);
  const days = digits.slice(0, MAX_DAYS).flatMap((date) => parseTime(date, null)?.wall ?? []);
  return [...new Set(days)];
};

/** The host's days of these dates, and the zones around: as they were not understood, their zone was not either. */
export const hostDays = (days: ReadonlyArray<number>, host: Zone): ReadonlyArray<Interval> =>
  days.map((wall) => ({ start: spanOf(host, wall).earliest, end: spanOf(host, wall + DAY_MS).latest }));
