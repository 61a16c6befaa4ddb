import type { Interval } from '../../domain/time/time.ts';
import { DAY_MS, midnightOf, parseTime } from './time-values.ts';
import { spanOf, type Zone } from './time-zone.ts';

/**
 * Anything that makes an event more than its DTSTART and DTEND, or its lines something else than they look: recurrence,
 * durations, names that are folded, line ends of another kind, control characters.
 */
const NOT_PLAIN = /\n(?:r|exr|du|x-apple-travel|begin:vev|[a-z-]*\r?\n[ \t])/i;
/** Characters that a reader drops and that may interrupt a name. */
const DROPPED = /[^\t\n\r\u0020-\u007e\u00a0-\ufefe\uff00-\uffff]/;
const LONE_RETURN = /\r(?!\n)/;

const LINE = /\nDT(START|END)(?:;[^\n]*)?:(\d{4})(\d{2})(\d{2})(?:T\d{6}Z?)?(?=\r?\n(?![ \t]))/g;

/** Zones differ from UTC by less than a day, and what is in doubt reaches to the end of a day. */
const MARGIN_MS = 2 * DAY_MS;

/**
 * The days outside of which an object takes no time, whatever its zone; null where that needs a full reading. Most
 * objects of a calendar are single events of other days, and this quick check spares reading them.
 */
export const dayBounds = (text: string): Interval | null => {
  const from = text.indexOf('BEGIN:VEVENT');
  if (from < 0) return null;
  const event = text.slice(from);
  if (NOT_PLAIN.test(event) || DROPPED.test(event) || LONE_RETURN.test(event)) return null;
  let start = Infinity;
  let end = -Infinity;
  let starts = 0;
  let seen = 0;
  LINE.lastIndex = 0;
  for (let match = LINE.exec(event); match !== null; match = LINE.exec(event)) {
    const day = midnightOf(Number(match[2]), Number(match[3]), Number(match[4]));
    if (day === null) return null;
    seen += 1;
    if (match[1] === 'START') starts += 1;
    start = Math.min(start, day);
    end = Math.max(end, day + DAY_MS);
  }
  // A DTSTART or DTEND that the pattern does not match is left to the full reading.
  const mentioned = event.match(/\ndt(?:start|end)/gi)?.length;
  return starts === 1 && mentioned === seen ? { start: start - MARGIN_MS, end: end + MARGIN_MS } : null;
};

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

/** The host's days of these dates, and of the zones around: the zone of an unreadable object is not known either. */
export const hostDays = (days: ReadonlyArray<number>, host: Zone): ReadonlyArray<Interval> =>
  days.map((wall) => ({ start: spanOf(host, wall).earliest, end: spanOf(host, wall + DAY_MS).latest }));
