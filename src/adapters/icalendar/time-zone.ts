import { memoized } from '../../domain/memoized.ts';
import { DAY_MS, type TimeValue } from './time-values.ts';

/** Milliseconds that a clock is ahead of UTC at an instant (epoch milliseconds). */
export type OffsetAt = (epochMs: number) => number;

/**
 * A zone as its readings: one where it is known, several where it is in doubt (busy then from the earliest to the latest).
 * `key` tells zones apart. `known`: false where nobody can say which zone was meant.
 */
export type Zone = { readonly key: string; readonly readings: ReadonlyArray<ZoneClock>; readonly known: boolean };

/** An instant, or the two ends of the doubt about it; epoch milliseconds. */
export type InstantRange = { readonly earliest: number; readonly latest: number };

/** One reading of a zone, from the clock on the wall to instants and back. */
export type ZoneClock = {
  readonly offsetAt: OffsetAt;
  /**
   * RFC 5545, 3.3.5: a time that occurs twice is the first, one that does not exist is read by the offset before the gap.
   */
  readonly instantOf: (wall: number) => number;
  /** The second instant of a time that occurs twice, else the same as `instantOf`. */
  readonly secondInstantOf: (wall: number) => number;
};

/** Days whose offset is kept per zone: ten years of them. */
const MAX_DAYS = 4_000;

/** `offsetAt` may be slow: on the days that have one offset only, nearly all, it is asked once. */
export const clockOf = (offsetAt: OffsetAt): ZoneClock => {
  /** The one offset of a day, or NaN. */
  const steadyOffset = memoized(MAX_DAYS, (day: number): number => {
    // Two days before and after: no zone changes its offset twice within so few.
    const before = offsetAt((day - 1) * DAY_MS);
    return before === offsetAt((day + 2) * DAY_MS) ? before : Number.NaN;
  });
  const choose = (wall: number, second: boolean): number => {
    const steadyMs = steadyOffset(Math.floor(wall / DAY_MS));
    if (!Number.isNaN(steadyMs)) return wall - steadyMs;
    const before = wall - offsetAt(wall - DAY_MS * 1.5);
    const after = wall - offsetAt(wall + DAY_MS * 1.5);
    const beforeHolds = wall - before === offsetAt(before);
    const afterHolds = wall - after === offsetAt(after);
    if (beforeHolds && afterHolds) return second ? Math.max(before, after) : Math.min(before, after);
    return beforeHolds || !afterHolds ? before : after;
  };
  return {
    offsetAt,
    instantOf: (wall) => choose(wall, false),
    secondInstantOf: (wall) => choose(wall, true),
  };
};

export const fixedClock = (offsetMs: number): ZoneClock => ({
  offsetAt: () => offsetMs,
  instantOf: (wall) => wall - offsetMs,
  secondInstantOf: (wall) => wall - offsetMs,
});

export const UTC: Zone = { key: 'UTC', readings: [fixedClock(0)], known: true };

const HOUR = 3_600_000;
/** The clocks that are furthest behind and ahead of UTC anywhere. */
export const UNKNOWN_ZONE_CLOCKS: ReadonlyArray<ZoneClock> = [fixedClock(-12 * HOUR), fixedClock(14 * HOUR)];

export const spanOf = (zone: Zone, wall: number): InstantRange => {
  const [only] = zone.readings;
  if (zone.readings.length === 1 && only !== undefined) {
    const instant = only.instantOf(wall);
    return { earliest: instant, latest: instant };
  }
  const instants = zone.readings.map(({ instantOf }) => instantOf(wall));
  return { earliest: Math.min(...instants), latest: Math.max(...instants) };
};

const MAX_ZONES = 700;

/** The clock of a zone of the IANA data base, or of an offset such as `+01:00`; null where there is none of this name. */
export const ianaClock = memoized(MAX_ZONES, (name: string): ZoneClock | null => {
  try {
    new Temporal.ZonedDateTime(0n, name);
  } catch {
    return null;
  }
  return clockOf((epochMs) =>
    Math.round(Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(name).offsetNanoseconds / 1_000_000),
  );
});

/** Resolves the times of one object: each TZID to a zone, floating times and dates to the host's. */
export type Zones = { readonly host: Zone; readonly zoneOf: (tzid: string) => Zone };

/** A date is the host's, whatever TZID it carries (RFC 5545, 3.2.19: none may stand on one). */
export const zoneOfTime = (time: TimeValue, zones: Zones): Zone => {
  if (time.kind === 'utc') return UTC;
  return time.kind === 'date' || time.tzid === null ? zones.host : zones.zoneOf(time.tzid);
};

export const spanOfTime = (time: TimeValue, zones: Zones): InstantRange => spanOf(zoneOfTime(time, zones), time.wall);
