import { RRuleTemporal } from 'rrule-temporal';
import { DAY_MS, parseTime, type TimeValue } from './time-values.ts';
import {
  bad,
  FORBIDDEN_BESIDE,
  type Frequency,
  hasBy,
  isFrequency,
  KNOWN,
  partsOf,
  whole,
  written,
} from './rule-parts.ts';

/**
 * A rule (RFC 5545, 3.3.10; RFC 7529) on the clock on the wall, where there is no summer time: the zone comes later. What
 * the RFC leaves open has several `readings`, whose union is meant. `until` is not the library's matter: it may be told in
 * another zone, and ends at an instant.
 */
export type Rule = {
  readonly readings: ReadonlyArray<RuleReading>;
  readonly frequency: Frequency;
  /** Without any BYxxx part. */
  readonly isPlain: boolean;
};

/** `withoutCount`: the same rule without end, for a COUNT that costs too much to count. */
export type RuleReading = {
  readonly rule: RRuleTemporal;
  readonly withoutCount: () => RRuleTemporal;
  readonly until: TimeValue | null;
  /** Of another calendar than the Gregorian: two libraries may differ by a day there, so the days around are taken. */
  readonly isLunar: boolean;
};

const MOST_PER_DAY: Readonly<Record<string, number>> = { HOURLY: 24, MINUTELY: 1_440, SECONDLY: 86_400 };

/** Whether a rule repeats within a day: then the clock and elapsed time give different results. */
export const isSubDaily = ({ frequency }: Rule): boolean => MOST_PER_DAY[frequency] !== undefined;

/**
 * Limits of one rule: periods that are evaluated, and candidates in them. 20,000 periods are 54 years of a daily rule.
 */
const limitsOf = (frequency: Frequency) =>
  MOST_PER_DAY[frequency] === undefined
    ? { maxIterations: 20_000, maxCandidateEvaluations: 100_000 }
    : { maxIterations: 2_000, maxCandidateEvaluations: 50_000 };

const wallTime = (wall: number): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO('UTC');

/** `start`: the clock on the wall at DTSTART. Throws where the rule cannot be understood. */
export const parseRule = (text: string, start: number): Rule => {
  const parts = partsOf(text);
  const frequency = parts.get('FREQ');
  if (!isFrequency(frequency) || [...parts.keys()].some((name) => !KNOWN.includes(name))) throw bad();
  if (!['OMIT', 'BACKWARD', 'FORWARD', undefined].includes(parts.get('SKIP'))) throw bad();
  if (!/^(?:MO|TU|WE|TH|FR|SA|SU)$/.test(parts.get('WKST') ?? 'MO')) throw bad();
  // A COUNT of 0 is invalid and may mean endless or never; it is read as endless.
  const count = whole(parts.get('COUNT')) || null;
  // An UNTIL that is no time does not end the rule.
  const until = parts.has('UNTIL') ? parseTime(parts.get('UNTIL') ?? '', null) : null;
  const forbidden = FORBIDDEN_BESIDE[frequency].filter((name) => parts.has(name));
  const texts = [
    written(parts, frequency, []),
    ...(forbidden.length === 0 ? [] : [written(parts, frequency, forbidden)]),
  ];
  const make = (rule: string, limit: number | null): RRuleTemporal => {
    const rruleString = `RRULE:${rule}${limit === null ? '' : `;COUNT=${limit}`}`;
    try {
      const options = { rruleString, dtstart: wallTime(start), tzid: 'UTC', cache: false };
      return new RRuleTemporal({ ...options, ...limitsOf(frequency) });
    } catch {
      throw bad();
    }
  };
  const readings = texts.flatMap((rule): ReadonlyArray<RuleReading> => {
    const withoutCount = (): RRuleTemporal => make(rule, null);
    const isLunar = (parts.get('RSCALE') ?? 'GREGORIAN') !== 'GREGORIAN';
    const ended = { rule: make(rule, count), withoutCount, until: count === null ? until : null, isLunar };
    // The RFC allows only one of COUNT and UNTIL. With both, the longer one counts as busy.
    return count === null || until === null ? [ended] : [ended, { rule: withoutCount(), withoutCount, until, isLunar }];
  });
  return { readings, frequency, isPlain: !hasBy(parts) };
};

/** Occurrences of one reading in one window that are looked at one by one; more are one busy time. */
const MAX_OCCURRENCES = 20_000;

const UNIT_MS: Readonly<Record<string, number>> = { HOURLY: 3_600_000, MINUTELY: 60_000, SECONDLY: 1_000 };

/** The clock on the wall after which a reading yields nothing any more, or later; Infinity where that is not plain. */
export const lastWallTime = ({ frequency, isPlain }: Rule, { rule, until }: RuleReading): number => {
  const { count, interval, dtstart } = rule.options();
  const unitMs = UNIT_MS[frequency];
  const counted =
    count === undefined || unitMs === undefined || !isPlain
      ? Infinity
      : dtstart.epochMilliseconds + (count - 1) * (interval ?? 1) * unitMs;
  return Math.min(counted, until === null ? Infinity : until.wall + 2 * DAY_MS);
};

/**
 * The clock on the wall at each occurrence of a reading from `from` to `to`, both included. Null where there are too many
 * to tell one by one, or where it costs too much to tell them: nothing between is free then.
 */
export const occurrencesOf = (
  { frequency, isPlain }: Rule,
  reading: RuleReading,
  from: number,
  to: number,
): ReadonlyArray<number> | null => {
  if (to < from) return [];
  const interval = reading.rule.options().interval ?? 1;
  const perDay = (isPlain ? (MOST_PER_DAY[frequency] ?? 1) : 1) / interval;
  if (((to - from) / DAY_MS) * perDay > MAX_OCCURRENCES) return null;
  for (const rule of [() => reading.rule, reading.withoutCount]) {
    try {
      const times = rule().between(wallTime(from), wallTime(to), true);
      if (times.length > MAX_OCCURRENCES) return null;
      const days = reading.isLunar ? [-DAY_MS, 0, DAY_MS] : [0];
      return times.flatMap(({ epochMilliseconds }) => days.map((shift) => epochMilliseconds + shift));
    } catch {
      // It came to its limits: without COUNT it can be told from the window alone.
    }
  }
  return null;
};
