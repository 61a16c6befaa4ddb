import ICAL from 'ical.js';
import type { Interval } from '../../domain/time/interval.ts';
import { instantOfTime, timeOf, type ZonedTime } from './instant-of-time.ts';
import { unreadable } from './unreadable.ts';

/** Occurrences of one series that are looked at before it counts as unreadable: 54 years of a daily one. */
export const MAX_OCCURRENCES = 20_000;

const DAY_MS = 86_400_000;
const YEAR_MS = 366 * DAY_MS;

/** An object's own event or series (`master`) and the overrides that share its UID (RFC 5545, 3.8.4.4). */
export type Series = { readonly master: ICAL.Component; readonly overrides: ReadonlyArray<ICAL.Component> };

const textOf = (component: ICAL.Component, name: string): string =>
  String(component.getFirstPropertyValue(name) ?? '').toUpperCase();

/** RFC 5545, 3.8.2.7 and 3.8.1.11: neither a transparent nor a cancelled event takes time. */
const takesTime = (component: ICAL.Component): boolean =>
  textOf(component, 'transp') !== 'TRANSPARENT' && textOf(component, 'status') !== 'CANCELLED';

/** Apple's travel time, in milliseconds, goes before the start. */
const travelMs = (component: ICAL.Component): number => {
  const value = component.getFirstPropertyValue('x-apple-travel-duration');
  return value === null ? 0 : ICAL.Duration.fromString(String(value)).toSeconds() * 1000;
};

const endOf = (component: ICAL.Component, start: ZonedTime, hostTimeZone: string): number => {
  if (component.hasProperty('dtend')) return instantOfTime(timeOf(component, 'dtend'), hostTimeZone);
  const duration = component.getFirstPropertyValue('duration');
  const time = start.time.clone();
  if (duration instanceof ICAL.Duration) time.addDuration(duration);
  else if (component.hasProperty('duration')) throw unreadable('DURATION is not a duration');
  else if (time.isDate) time.day += 1;
  return instantOfTime({ ...start, time }, hostTimeZone);
};

/** The busy time of one event that does not recur, or of one override. Throws where it cannot be read. */
export const busyOfSingle = (component: ICAL.Component, hostTimeZone: string): ReadonlyArray<Interval> => {
  if (!takesTime(component)) return [];
  const dtstart = timeOf(component, 'dtstart');
  const start = instantOfTime(dtstart, hostTimeZone);
  const end = endOf(component, dtstart, hostTimeZone);
  if (end < start) throw unreadable('an event ends before it starts');
  return [{ start: start - travelMs(component), end }];
};

const changesFuture = (override: ICAL.Component): boolean =>
  override.getFirstProperty('recurrence-id')?.getFirstParameter('range') === 'THISANDFUTURE';

const hasPeriods = (component: ICAL.Component): boolean =>
  component.getAllProperties('rdate').some(({ type }) => type === 'period');

/** Rises with the date of the wall clock, and costs nothing: most occurrences of an old series are long past. */
const dayRank = ({
  year,
  month,
  day,
}: {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}): number => (year * 12 + month) * 31 + day;

const dayRankAt = (epochMs: number): number =>
  dayRank(Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO('UTC'));

/**
 * The busy times of a series that may touch the window, overrides left out. The exact duration of the first occurrence
 * holds for all (RFC 5545, 3.8.5.3), or the longer one by the wall clock, so that a DST change frees nothing.
 */
export const busyOfSeries = (series: Series, window: Interval, hostTimeZone: string): ReadonlyArray<Interval> => {
  const { master, overrides } = series;
  if (hasPeriods(master)) throw unreadable('an RDATE holds periods');
  const shifting = overrides.filter(changesFuture);
  const [first] = takesTime(master) ? busyOfSingle(master, hostTimeZone) : [];
  if (first === undefined && shifting.length === 0) return [];
  const lengthMs = first === undefined ? 0 : first.end - first.start;
  const firstDay = shifting.length === 0 ? dayRankAt(window.start - lengthMs - 2 * DAY_MS) : 0;
  const lastStart = shifting.length === 0 ? window.end + travelMs(master) : window.end + YEAR_MS;

  const dtstart = timeOf(master, 'dtstart');
  const instant = (time: ICAL.Time, tzid = dtstart.tzid): number => instantOfTime({ time, tzid }, hostTimeZone);
  const replaced = new Set(overrides.map((override) => instantOfTime(timeOf(override, 'recurrence-id'), hostTimeZone)));
  const event = new ICAL.Event(master, { exceptions: shifting });
  const busyAt = (occurrence: ICAL.Time): ReadonlyArray<Interval> => {
    const { startDate, endDate, item } = event.getOccurrenceDetails(occurrence);
    const isMaster = item.component === master;
    if (isMaster ? first === undefined : !takesTime(item.component)) return [];
    const { tzid } = timeOf(item.component, 'dtstart');
    const start = instant(startDate, tzid) - travelMs(item.component);
    const exactEnd = isMaster && !startDate.isDate ? start + lengthMs : start;
    return [{ start, end: Math.max(exactEnd, instant(endDate, tzid)) }];
  };

  const occurrences = event.iterator();
  const busy: Interval[] = [];
  for (let seen = 0; seen < MAX_OCCURRENCES; seen += 1) {
    const next = occurrences.next();
    if (!next) return busy;
    if (dayRank(next) < firstDay) continue;
    if (instant(next) >= lastStart) return busy;
    if (!replaced.has(instant(next))) busy.push(...busyAt(next));
  }
  throw unreadable(`an event recurs more than ${MAX_OCCURRENCES} times`);
};
