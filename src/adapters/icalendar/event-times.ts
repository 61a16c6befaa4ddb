import { propertiesNamed, type Component } from './parse-components.ts';
import {
  DAY_MS,
  type TimeValue,
  type DurationValue,
  MINUTE_MS,
  parseDuration,
  timeIn,
  unreadable,
} from './time-values.ts';
import { spanOf, type Zone, zoneOfTime, type Zones, spanOfTime } from './time-zone.ts';

/** Which occurrences of a series an EXDATE or a RECURRENCE-ID means. `days` and `walls` are those of the series' clock. */
export type Selection = {
  readonly instants: ReadonlySet<number>;
  readonly walls: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
};

export const dayOfWall = (wall: number): number => Math.floor(wall / DAY_MS) * DAY_MS;

/** `series`: the clock of the series that it is chosen from. */
export const selectionOf = (
  times: ReadonlyArray<TimeValue>,
  series: { readonly zone: Zone; readonly isDate: boolean },
  zones: Zones,
): Selection => {
  const instants = new Set<number>();
  const walls = new Set<number>();
  const days = new Set<number>();
  const [hostClock] = zones.host.readings;
  for (const time of times) {
    if (time.kind === 'date') {
      days.add(time.wall);
      continue;
    }
    const zone = zoneOfTime(time, zones);
    const { earliest, latest } = spanOf(zone, time.wall);
    const [clock] = zone.readings;
    if (earliest === latest) instants.add(earliest);
    if (earliest === latest && clock !== undefined) instants.add(clock.secondInstantOf(time.wall));
    if (zone.key === series.zone.key) walls.add(time.wall);
    // Exchange names a day of an all-day series by its midnight, on the clock of a zone or in UTC.
    if (!series.isDate) continue;
    if (time.wall === dayOfWall(time.wall)) days.add(time.wall);
    const hostWall = earliest + (hostClock?.offsetAt(earliest) ?? 0);
    if (earliest === latest && hostWall === dayOfWall(hostWall)) days.add(hostWall);
  }
  return { instants, walls, days };
};

/**
 * How far an event reaches from each of its starts. It lasts to the latest of `ends`: the clock on the wall `wallMs` after
 * the start, and from there `exactMs` as time passes. `wholeDays`: in doubt, every day that it touches is taken.
 */
export type Extent = {
  readonly beforeMs: number;
  readonly ends: ReadonlyArray<{ readonly wallMs: number; readonly exactMs: number }>;
  readonly wholeDays: boolean;
};

/** Milliseconds. Longer events count as endless; this keeps sums within the limits of numbers and Temporal. */
const LONGEST_MS = 1_000 * 366 * DAY_MS;
const bounded = (ms: number): number => Math.min(ms, LONGEST_MS);

const lasting = (wallMs: number, exactMs = 0): Extent => ({
  beforeMs: 0,
  ends: [{ wallMs: bounded(wallMs), exactMs: bounded(exactMs) }],
  wholeDays: false,
});

/** RFC 5545 wants an end after the start. Where it is not, the day, and all days between the two, count as busy. */
const turnedRound = (backMs: number, isDate: boolean): Extent => ({
  beforeMs: bounded(backMs),
  ends: [isDate ? { wallMs: DAY_MS, exactMs: 0 } : { wallMs: 0, exactMs: MINUTE_MS }],
  wholeDays: !isDate && backMs > 0,
});

const untilEnd = (start: TimeValue, end: TimeValue, zones: Zones): Extent => {
  if (start.kind === 'date' && end.kind === 'date') {
    const wallMs = end.wall - start.wall;
    return wallMs > 0 ? lasting(wallMs) : turnedRound(-wallMs, true);
  }
  const zone = zoneOfTime(start, zones);
  const sameClock = zone.key === zoneOfTime(end, zones).key && end.kind !== 'date';
  // A date as the end of a timed event: it is unclear whether that day is included.
  const endSpan = spanOf(zoneOfTime(end, zones), end.wall + (end.kind === 'date' ? DAY_MS : 0));
  const [clock] = zone.readings;
  const exactMs =
    sameClock && clock !== undefined
      ? clock.instantOf(end.wall) - clock.instantOf(start.wall)
      : endSpan.latest - spanOfTime(start, zones).earliest;
  const longest = Math.max(exactMs, sameClock ? end.wall - start.wall : exactMs);
  if (longest <= 0) return turnedRound(-longest, start.kind === 'date');
  const day = start.kind === 'date' ? lasting(DAY_MS).ends : [];
  // RFC 5545, 3.8.5.3: the exact duration of the first one holds for all; many programs go by the clock. Both count as
  // busy.
  const byClock = sameClock ? [{ wallMs: bounded(end.wall - start.wall), exactMs: 0 }] : [];
  return { beforeMs: 0, ends: [{ wallMs: 0, exactMs: bounded(exactMs) }, ...byClock, ...day], wholeDays: false };
};

const forDuration = (start: TimeValue, { days, exactMs }: DurationValue): Extent => {
  const wallMs = days * DAY_MS;
  if (wallMs + exactMs <= 0) return turnedRound(-(wallMs + exactMs), start.kind === 'date');
  const { ends, ...rest } = lasting(wallMs, exactMs);
  return { ...rest, ends: start.kind === 'date' ? [...ends, { wallMs: DAY_MS, exactMs: 0 }] : ends };
};

const travelMs = (component: Component): number => {
  const lengths = propertiesNamed(component, 'X-APPLE-TRAVEL-DURATION').map(({ value }) => parseDuration(value));
  return Math.max(0, ...lengths.map((length) => (length === null ? 0 : length.days * DAY_MS + length.exactMs)));
};

/**
 * The extent of an event that begins at `start`. Several DTEND or DURATION are all read. Throws where one cannot be
 * read.
 */
export const extentOf = (component: Component, start: TimeValue, zones: Zones): Extent => {
  const ends = propertiesNamed(component, 'DTEND').map((property) => untilEnd(start, timeIn(property), zones));
  const durations = propertiesNamed(component, 'DURATION').map(({ value }) => {
    const duration = parseDuration(value);
    if (duration === null) throw unreadable('DURATION is not a duration');
    return forDuration(start, duration);
  });
  const all = [...ends, ...durations];
  // RFC 5545, 3.6.1: without an end a date lasts one day, and a time has no length.
  const read = all.length > 0 ? all : [lasting(start.kind === 'date' ? DAY_MS : 0)];
  return {
    // Apple's travel time goes before the start.
    beforeMs: Math.max(...read.map(({ beforeMs }) => beforeMs)) + bounded(travelMs(component)),
    ends: read.flatMap((extent) => extent.ends),
    wholeDays: read.some(({ wholeDays }) => wholeDays),
  };
};

/** The extent of an RDATE with a period of its own. */
export const extentOfPeriod = (
  start: TimeValue,
  end: { readonly at: TimeValue } | { readonly after: DurationValue },
  zones: Zones,
): Extent => ('at' in end ? untilEnd(start, end.at, zones) : forDuration(start, end.after));

export const lengthMs = ({ ends }: Extent): number => Math.max(...ends.map((end) => end.wallMs + end.exactMs));

/** Whether the event has no length, and so takes no time. */
export const isMoment = (extent: Extent): boolean => lengthMs(extent) + extent.beforeMs <= 0 && !extent.wholeDays;

const dayOf = (zone: Zone, instant: number, days: number): number => {
  const [clock] = zone.readings;
  if (clock === undefined) return instant;
  return clock.instantOf((Math.floor((instant + clock.offsetAt(instant)) / DAY_MS) + days) * DAY_MS);
};

/**
 * The busy time of an occurrence at local time `wall`. `second`: at the later one of a local time that occurs twice.
 */
export const reachOf = (extent: Extent, zone: Zone, wall: number, host: Zone, second = false) => {
  let start = Infinity;
  let end = -Infinity;
  for (const { instantOf, secondInstantOf } of zone.readings) {
    const at = second ? secondInstantOf(wall) : instantOf(wall);
    start = Math.min(start, at);
    for (const { wallMs, exactMs } of extent.ends) {
      end = Math.max(end, (wallMs === 0 ? at : instantOf(wall + wallMs)) + exactMs);
    }
  }
  start -= extent.beforeMs;
  return extent.wholeDays ? { start: dayOf(host, start, 0), end: dayOf(host, end, 1) } : { start, end };
};
