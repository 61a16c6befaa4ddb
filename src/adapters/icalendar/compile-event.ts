import { type Extent, extentOf, extentOfPeriod, dayOfWall, type Selection, selectionOf } from './event-times.ts';
import { propertiesNamed, type Component } from './parse-components.ts';
import { parseRule, type Rule } from './recurrence-rule.ts';
import { type Zone, zoneOfTime, type Zones } from './time-zone.ts';
import {
  DAY_MS,
  isPeriod,
  type PeriodValue,
  parseTime,
  timeIn,
  timesIn,
  type TimeValue,
  whyUnreadable,
  unreadable,
} from './time-values.ts';

/** A date of its own beside the rules (RFC 5545, 3.8.5.2): when the clock of `zone` shows `wall`. */
export type ExtraDate = { readonly zone: Zone; readonly wall: number; readonly extent: Extent };

/** A compiled event. `isDate`: it lasts whole days of the host. */
export type CompiledEvent = {
  readonly start: TimeValue;
  readonly zone: Zone;
  readonly isDate: boolean;
  readonly extent: Extent;
  readonly takesTime: boolean;
  readonly rules: ReadonlyArray<Rule>;
  readonly exceptionRules: ReadonlyArray<Rule>;
  readonly extraDates: ReadonlyArray<ExtraDate>;
  readonly excluded: Selection;
  /** Whether every zone in it is known. Otherwise all times that it may have count as busy. */
  readonly zonesKnown: boolean;
  /** Why parts of it could not be read. What could be read counts as busy; when else it is, is unknown. */
  readonly problems: ReadonlyArray<string>;
};

/** True only where every such line says so, and at least one of them certainly belongs to the event. */
const allSay = (component: Component, name: string, value: string): boolean => {
  const found = propertiesNamed(component, name);
  return found.some(({ inDoubt }) => !inDoubt) && found.every((property) => property.value.toUpperCase() === value);
};

/** RFC 5545, 3.8.2.7 and 3.8.1.11: neither a transparent nor a cancelled event takes time. */
export const takesTime = (component: Component): boolean =>
  !allSay(component, 'TRANSP', 'TRANSPARENT') && !allSay(component, 'STATUS', 'CANCELLED');

const extraDateOf = (
  time: TimeValue | PeriodValue | null,
  start: TimeValue,
  extent: Extent,
  zones: Zones,
): ReadonlyArray<ExtraDate> => {
  if (time === null) throw unreadable('RDATE is not a time');
  if (isPeriod(time)) {
    const own = extentOfPeriod(time.start, time.end, zones);
    return [{ zone: zoneOfTime(time.start, zones), wall: time.start.wall, extent: own }];
  }
  const given = { zone: zoneOfTime(time, zones), wall: time.wall, extent };
  if ((time.kind === 'date') === (start.kind === 'date')) return [given];
  const day: Extent = { beforeMs: 0, ends: [{ wallMs: DAY_MS, exactMs: 0 }], wholeDays: false };
  // A date for a timed series, or a time for an all-day one: the RFC leaves its meaning open, so both readings count as
  // busy.
  const atTime = { zone: zoneOfTime(start, zones), wall: time.wall + start.wall - dayOfWall(start.wall), extent };
  return time.kind === 'date'
    ? [{ ...given, extent: day }, atTime]
    : [given, { zone: zones.host, wall: dayOfWall(time.wall), extent }];
};

/** A DTSTART with VALUE=DATE is a date, whatever follows it. */
const startOf = (property: Parameters<typeof timeIn>[0]): TimeValue => {
  const time = timeIn(property);
  const declared = property.parameters.get('VALUE')?.toUpperCase() === 'DATE';
  return declared && time.kind !== 'date' ? { kind: 'date', wall: dayOfWall(time.wall), tzid: null } : time;
};

const compileAt = (component: Component, start: TimeValue, zones: Zones): CompiledEvent => {
  const zone = zoneOfTime(start, zones);
  const isDate = start.kind === 'date';
  const extent = extentOf(component, start, zones);
  const values = (name: string): ReadonlyArray<string> => propertiesNamed(component, name).map(({ value }) => value);
  const excluding = propertiesNamed(component, 'EXDATE').filter(({ inDoubt }) => !inDoubt);
  const excluded = excluding
    .flatMap(timesIn)
    .flatMap((time) => (time === null ? [] : isPeriod(time) ? [time.start] : [time]));
  const problems: string[] = [];
  const attempt = <A>(compile: () => ReadonlyArray<A>): ReadonlyArray<A> => {
    try {
      return compile();
    } catch (error) {
      problems.push(whyUnreadable(error));
      return [];
    }
  };
  const rules = values('RRULE').flatMap((rule) => attempt(() => [parseRule(rule, start.wall)]));
  const extraDates = propertiesNamed(component, 'RDATE')
    .flatMap(timesIn)
    .flatMap((time) => attempt(() => extraDateOf(time, start, extent, zones)));
  const ends = propertiesNamed(component, 'DTEND').map(({ value, parameters }) =>
    parseTime(value, parameters.get('TZID') ?? null),
  );
  const endZones = ends.flatMap((end) => (end === null ? [] : [zoneOfTime(end, zones)]));
  return {
    start,
    zone,
    isDate,
    extent,
    takesTime: takesTime(component),
    rules,
    problems,
    // An EXRULE that cannot be read removes nothing.
    exceptionRules: propertiesNamed(component, 'EXRULE').flatMap(({ value, inDoubt }) => {
      try {
        return inDoubt ? [] : [parseRule(value, start.wall)];
      } catch {
        return [];
      }
    }),
    extraDates,
    excluded: selectionOf(excluded, { zone, isDate }, zones),
    zonesKnown: [zone, ...endZones, ...extraDates.map((date) => date.zone)].every(({ known }) => known),
  };
};

/**
 * Compiles a VEVENT, once for each DTSTART: two of them are two readings, and both count as busy. Throws where it
 * cannot be read.
 */
export const compileEvent = (component: Component, zones: Zones): ReadonlyArray<CompiledEvent> => {
  const starts = propertiesNamed(component, 'DTSTART').map(startOf);
  if (starts.length === 0) throw unreadable('DTSTART is missing');
  return starts.map((start) => compileAt(component, start, zones));
};
