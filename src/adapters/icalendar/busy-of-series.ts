import type { Interval } from '../../domain/time/time.ts';
import type { CompiledEvent } from './compile-event.ts';
import { dayOfWall, type Extent, type Selection, isMoment, lengthMs, reachOf } from './event-times.ts';
import { isSubDaily, lastWallTime, occurrencesOf, type Rule, type RuleReading } from './recurrence-rule.ts';
import { DAY_MS } from './time-values.ts';
import { spanOf, type Zone } from './time-zone.ts';

/** When the clock of `zone` shows `wall`; `extent` where it has one of its own. */
type Occurrence = { readonly zone: Zone; readonly wall: number; readonly extent: Extent | null };

/**
 * RFC 5545, 3.3.10: UNTIL is an instant, or a date whose whole day counts. Where the RFC leaves it open, both readings
 * are used.
 */
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
  // A local UNTIL of a series with a zone: read by the series' clock, or as UTC.
  return wall > until.wall && (master.start.kind !== 'local' || master.start.tzid === null || earliest > until.wall);
};

/** `dense`: there are too many to list up to this local time; null: all are listed. */
type Found = { readonly occurrences: ReadonlyArray<Occurrence>; readonly dense: number | null };

const later = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.max(a, b));

/** The occurrences of one rule that may reach into the window. */
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
  // Every n hours: by the clock, or in elapsed time. Summer time makes two different sets; both count as busy.
  const passing = occurrences.flatMap((occurrence) =>
    master.zone.readings.map((clock) => ({
      ...occurrence,
      wall: occurrence.wall + clock.offsetAt(occurrence.wall) - clock.offsetAt(start),
    })),
  );
  return { occurrences: [...occurrences, ...passing], dense };
};

/** Every occurrence of an event between two local times. */
const allOccurrences = (master: CompiledEvent, from: number, to: number, host: Zone): Found => {
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

/** The local times that an EXRULE removes. */
const excludedByRule = (master: CompiledEvent, from: number, to: number, host: Zone): ReadonlySet<number> =>
  new Set(
    master.exceptionRules.flatMap((rule) =>
      occurrencesOfRule(rule, master, from, to, host).occurrences.map(({ wall }) => wall),
    ),
  );

/**
 * A changed occurrence (RFC 5545, 3.8.4.4). `replaces`: which one of the series; empty where that cannot be read.
 * `range`: whether it also moves the later ones or (RFC 2445) the earlier ones, starting at `from`.
 */
export type Override = {
  readonly event: ReadonlyArray<CompiledEvent>;
  readonly replaces: Selection;
  readonly range: 'THISANDFUTURE' | 'THISANDPRIOR' | null;
  readonly from: number;
};

export type Series = { readonly masters: ReadonlyArray<CompiledEvent>; readonly overrides: ReadonlyArray<Override> };

/** A part of a series that is moved by `shiftMs` from its rules and lasts as long as `as`. */
type Stretch = {
  readonly from: number;
  readonly to: number;
  readonly as: CompiledEvent;
  readonly shiftMs: number;
};

const chosen = (selection: Selection, occurrence: Occurrence, instant: number, master: CompiledEvent): boolean =>
  selection.instants.has(instant) ||
  (occurrence.zone.key === master.zone.key &&
    (selection.walls.has(occurrence.wall) || selection.days.has(dayOfWall(occurrence.wall))));

/** More than local times and instants can differ, summer time included. */
const MARGIN_MS = 2 * DAY_MS;

const offsetOf = (zone: Zone, instant: number): number => zone.readings[0]?.offsetAt(instant) ?? 0;

/** The parts of a series between overrides that move what follows. `shiftMs`: by the clock of the override. */
const stretchesOf = (master: CompiledEvent, overrides: ReadonlyArray<Override>): ReadonlyArray<Stretch> => {
  const moved = overrides
    .filter(({ range }) => range === 'THISANDFUTURE')
    .flatMap(({ event, from }) => event.map((as) => ({ from, as })))
    .toSorted((a, b) => a.from - b.from);
  const shifted = moved.map(({ from, as }, index) => ({
    from,
    as,
    to: moved.slice(index + 1).find((next) => next.from > from)?.from ?? Infinity,
    shiftMs: as.start.wall - (from + offsetOf(as.zone, from)),
  }));
  // RFC 2445 had changes of all earlier occurrences. Programs read them differently, so both places count as busy.
  const before = overrides
    .filter(({ range }) => range === 'THISANDPRIOR')
    .flatMap(({ event, from }) =>
      event.map((as) => ({ from: -Infinity, to: from, as, shiftMs: as.start.wall - (from + offsetOf(as.zone, from)) })),
    );
  return [{ from: -Infinity, to: moved[0]?.from ?? Infinity, as: master, shiftMs: 0 }, ...shifted, ...before];
};

const busyInStretch = (
  master: CompiledEvent,
  stretch: Stretch,
  overrides: ReadonlyArray<Override>,
  window: Interval,
  host: Zone,
): ReadonlyArray<Interval> => {
  const { as, shiftMs } = stretch;
  const longest = Math.max(lengthMs(as.extent), ...master.extraDates.map(({ extent }) => lengthMs(extent)));
  if (!as.takesTime || (isMoment(as.extent) && master.extraDates.length === 0)) return [];
  const from = window.start - longest - shiftMs - MARGIN_MS;
  const to = window.end + as.extent.beforeMs - shiftMs + MARGIN_MS;
  const { occurrences, dense } = allOccurrences(master, from, to, host);
  const busy: Interval[] = [];
  if (dense !== null) {
    const start = Math.max(
      window.start,
      spanOf(master.zone, master.start.wall).earliest + shiftMs - as.extent.beforeMs,
    );
    const end = spanOf(master.zone, dense).latest + shiftMs + longest + DAY_MS / 24;
    busy.push({ start, end: Math.min(window.end, end) });
  }
  if (occurrences.length === 0) return busy;
  const excluded = excludedByRule(master, from, to, host);
  const subDaily = master.rules.some(isSubDaily);
  const isTaken = (occurrence: Occurrence, earliest: number): boolean =>
    earliest >= stretch.from &&
    earliest < stretch.to &&
    !(occurrence.zone === master.zone && excluded.has(occurrence.wall)) &&
    !chosen(master.excluded, occurrence, earliest, master) &&
    !overrides.some(({ replaces }) => chosen(replaces, occurrence, earliest, master));
  for (const occurrence of occurrences) {
    const { zone, wall } = occurrence;
    const { earliest } = spanOf(zone, wall);
    if (!isTaken(occurrence, earliest)) continue;
    const extent = occurrence.extent ?? as.extent;
    if (as !== master) {
      const moved = earliest + offsetOf(as.zone, earliest) + shiftMs;
      busy.push(reachOf(extent, as.zone, as.isDate ? dayOfWall(moved) : moved, host));
      continue;
    }
    busy.push(reachOf(extent, zone, wall, host));
    if (subDaily) busy.push(reachOf(extent, zone, wall, host, true));
  }
  return busy;
};

/** The busy times of a series, neither merged nor sorted; some may lie outside the window. */
export const busyOfSeries = ({ masters, overrides }: Series, window: Interval, host: Zone): ReadonlyArray<Interval> => [
  ...masters.flatMap((master) =>
    stretchesOf(master, overrides).flatMap((stretch) => busyInStretch(master, stretch, overrides, window, host)),
  ),
  // An override counts by itself, wherever it was moved, with what recurs in it.
  ...overrides.flatMap(({ event }) =>
    event.flatMap((one) =>
      busyInStretch(one, { from: -Infinity, to: Infinity, as: one, shiftMs: 0 }, [], window, host),
    ),
  ),
];
