import type { Interval } from '../../domain/time/time.ts';
import type { CompiledEvent } from './compile-event.ts';
import { dayOfWall, type Selection } from './selection.ts';
import { isMoment, lengthMs, reachOf } from './extent.ts';
import { allOccurrences, excludedByRule, type Occurrence } from './occurrences.ts';
import { isSubDaily } from './recurrence-rule.ts';
import { spanOf, type Zone } from './time-zone.ts';
import { DAY_MS } from './time-values.ts';

/**
 * A changed occurrence (RFC 5545, 3.8.4.4). `replaces`: which one of the series; nothing where it cannot be read. `range`:
 * whether it moves those behind it as well, or, by RFC 2445, those before it; `from` is then where.
 */
export type Override = {
  readonly event: ReadonlyArray<CompiledEvent>;
  readonly replaces: Selection;
  readonly range: 'THISANDFUTURE' | 'THISANDPRIOR' | null;
  readonly from: number;
};

export type Series = { readonly masters: ReadonlyArray<CompiledEvent>; readonly overrides: ReadonlyArray<Override> };

/** A stretch of a series that is `shiftMs` from where its rules put it, and lasts as `as` does. */
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

/** Clocks on the wall and instants differ by less, and summer time is within it too. */
const MARGIN_MS = 2 * DAY_MS;

const offsetOf = (zone: Zone, instant: number): number => zone.readings[0]?.offsetAt(instant) ?? 0;

/** The stretches between the overrides that move what follows them. `shiftMs` is by the clock of the override. */
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
  // RFC 2445 knew changes of all that came before. Nobody reads them alike: both places are taken.
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

/** What a series takes of the window, neither merged nor sorted; more than the window may be in it. */
export const busyOfSeries = ({ masters, overrides }: Series, window: Interval, host: Zone): ReadonlyArray<Interval> => [
  ...masters.flatMap((master) =>
    stretchesOf(master, overrides).flatMap((stretch) => busyInStretch(master, stretch, overrides, window, host)),
  ),
  // An override stands for itself, wherever it was moved, and with what recurs in it.
  ...overrides.flatMap(({ event }) =>
    event.flatMap((one) =>
      busyInStretch(one, { from: -Infinity, to: Infinity, as: one, shiftMs: 0 }, [], window, host),
    ),
  ),
];
