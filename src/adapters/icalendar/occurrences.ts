import type { CompiledEvent } from './compile-event.ts';
import { dayOfWall } from './selection.ts';
import type { Extent } from './extent.ts';
import { isSubDaily, lastWallTime, occurrencesOf, type Rule, type RuleReading } from './recurrence-rule.ts';
import { DAY_MS } from './time-values.ts';
import { spanOf, type Zone } from './time-zone.ts';

/** When the clock of `zone` shows `wall`; `extent` where it has one of its own. */
export type Occurrence = { readonly zone: Zone; readonly wall: number; readonly extent: Extent | null };

/** RFC 5545, 3.3.10: UNTIL is an instant, or a date, whose whole day counts. What it leaves open is read both ways. */
const endsBefore = (reading: RuleReading, wall: number, master: CompiledEvent, host: Zone): boolean => {
  const { until } = reading;
  if (until === null) return false;
  if (master.isDate) {
    if (until.kind !== 'utc') return wall > until.wall;
    const hostWall = until.wall + (host.readings[0]?.offsetAt(until.wall) ?? 0);
    return wall > Math.max(until.wall, hostWall);
  }
  const { earliest } = spanOf(master.zone, wall);
  if (until.kind === 'utc') return earliest > until.wall;
  if (until.kind === 'date')
    return dayOfWall(wall) > until.wall && earliest >= spanOf(host, until.wall + DAY_MS).earliest;
  // A time without a zone for a series in one: its own clock's, or UTC's.
  return wall > until.wall && (master.start.kind !== 'local' || master.start.tzid === null || earliest > until.wall);
};

/** `dense`: there are too many to tell, up to this clock on the wall; null: all are told. */
type Found = { readonly occurrences: ReadonlyArray<Occurrence>; readonly dense: number | null };

const later = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.max(a, b));

/** What one rule yields where an occurrence may reach into the window. */
const occurrencesOfRule = (rule: Rule, master: CompiledEvent, from: number, to: number, host: Zone): Found => {
  const start = master.start.wall;
  let dense: number | null = null;
  const occurrences = rule.readings.flatMap((reading) => {
    const last = Math.min(to, lastWallTime(rule, reading));
    const walls = occurrencesOf(rule, reading, Math.max(from, start), last);
    if (walls === null) dense = later(dense, last);
    return (walls ?? [])
      .filter((wall) => !endsBefore(reading, wall, master, host))
      .map((wall) => ({ zone: master.zone, wall, extent: null }));
  });
  if (!isSubDaily(rule) || !rule.isPlain || master.zone.key === 'UTC') return { occurrences, dense };
  // Every so many hours: by the clock, or as time passes. Summer time makes it two different sets; both are taken.
  const passing = occurrences.flatMap((occurrence) =>
    master.zone.readings.map((clock) => ({
      ...occurrence,
      wall: occurrence.wall + clock.offsetAt(occurrence.wall) - clock.offsetAt(start),
    })),
  );
  return { occurrences: [...occurrences, ...passing], dense };
};

/** Every occurrence of an event between two times of the clock on the wall. */
export const allOccurrences = (master: CompiledEvent, from: number, to: number, host: Zone): Found => {
  const first = { zone: master.zone, wall: master.start.wall, extent: null };
  const byRules = master.rules.map((rule) => occurrencesOfRule(rule, master, from, to, host));
  const known = new Set<string | number>();
  const occurrences = [first, ...master.extraDates, ...byRules.flatMap((found) => found.occurrences)].filter(
    ({ zone, wall, extent }) => {
      if (wall < from || wall > to) return false;
      if (zone !== master.zone || extent !== null) return true;
      return known.has(wall) ? false : (known.add(wall), true);
    },
  );
  return { occurrences, dense: byRules.map((found) => found.dense).reduce(later, null) };
};

/** The clock on the wall at what an EXRULE takes away. */
export const excludedByRule = (master: CompiledEvent, from: number, to: number, host: Zone): ReadonlySet<number> =>
  new Set(
    master.exceptionRules.flatMap((rule) =>
      occurrencesOfRule(rule, master, from, to, host).occurrences.map(({ wall }) => wall),
    ),
  );
