import { propertiesNamed, type Component } from './parse-components.ts';
import { isSubDaily, occurrencesOf, parseRule, type Rule } from './recurrence-rule.ts';
import type { OffsetAt } from './time-zone.ts';
import { DAY_MS, HOUR_MS, isPeriod, MINUTE_MS, parseTime, SECOND_MS, timesIn, unreadable } from './time-values.ts';

const YEAR_MS = 366 * DAY_MS;

/** STANDARD or DAYLIGHT (RFC 5545, 3.6.5). `onsets` are those that are listed, on the clock before each. */
type Observance = {
  readonly from: number;
  readonly to: number;
  readonly onsets: ReadonlyArray<number>;
  readonly rules: ReadonlyArray<Rule>;
};

const bad = (): Error => unreadable('a time zone cannot be understood');

const offsetIn = (component: Component, name: string): number => {
  const [property] = propertiesNamed(component, name);
  const match = /^([+-]?)(\d{2}):?(\d{2})(?::?(\d{2}))?$/.exec(property?.value.trim() ?? '');
  if (match === null) throw bad();
  const size = Number(match[2]) * HOUR_MS + Number(match[3]) * MINUTE_MS + Number(match[4] ?? '0') * SECOND_MS;
  if (size > 18 * HOUR_MS) throw bad();
  return match[1] === '-' ? -size : size;
};

/** An UNTIL in the past of a rule: onsets up to it are listed once, the rule is not asked any more. */
const observanceOf = (component: Component): Observance => {
  const [dtstart] = propertiesNamed(component, 'DTSTART');
  const start = parseTime(dtstart?.value ?? '', null);
  if (start === null) throw bad();
  const from = offsetIn(component, 'TZOFFSETFROM');
  const listed = propertiesNamed(component, 'RDATE').flatMap(timesIn);
  const onsets = listed.map((time) => {
    if (time === null) throw bad();
    const at = isPeriod(time) ? time.start : time;
    return at.kind === 'utc' ? at.wall + from : at.wall;
  });
  const rules = propertiesNamed(component, 'RRULE').map(({ value }) => parseRule(value, start.wall));
  if (rules.some(isSubDaily)) throw bad();
  return { from, to: offsetIn(component, 'TZOFFSETTO'), onsets: [start.wall, ...onsets], rules };
};

type Change = { readonly at: number; readonly from: number; readonly to: number };

const onsetsOf = (observance: Observance, fromWall: number, toWall: number): ReadonlyArray<number> =>
  observance.rules.flatMap((rule) =>
    rule.readings.flatMap((reading) => {
      // Of a rule that ended long ago only the last onset matters.
      const { until } = reading;
      const end =
        until === null
          ? Infinity
          : until.kind === 'date'
            ? until.wall + DAY_MS - 1
            : until.wall + (until.kind === 'utc' ? observance.from : 0);
      const from = Math.min(fromWall, end - 2 * YEAR_MS);
      const walls = occurrencesOf(rule, reading, from, Math.min(toWall, Math.max(from, end)));
      if (walls === null) throw bad();
      return walls.filter((wall) => wall <= end);
    }),
  );

/**
 * The rules of a VTIMEZONE. They are worked out year by year, as they are asked for: Outlook's begin in 1601. Throws where
 * they cannot be understood: then nobody may guess, least of all UTC.
 */
export const offsetsOf = (component: Component): OffsetAt => {
  const parts = component.components.filter(({ name }) => name === 'STANDARD' || name === 'DAYLIGHT');
  if (parts.length === 0 || component.damage !== null) throw bad();
  const observances = parts.map(observanceOf);
  const byYear = new Map<number, ReadonlyArray<Change>>();

  const changesBefore = (year: number): ReadonlyArray<Change> => {
    const known = byYear.get(year);
    if (known !== undefined) return known;
    const start = Math.round((year - 1970) * 365.2425) * DAY_MS;
    const changes = observances
      .flatMap((observance) =>
        [...observance.onsets, ...onsetsOf(observance, start - 2 * YEAR_MS, start + 2 * YEAR_MS)].map((wall) => ({
          at: wall - observance.from,
          from: observance.from,
          to: observance.to,
        })),
      )
      .toSorted((a, b) => a.at - b.at);
    byYear.set(year, changes);
    return changes;
  };

  return (epochMs) => {
    const changes = changesBefore(Math.floor(epochMs / (365.2425 * DAY_MS)) + 1970);
    const last = changes.findLast(({ at }) => at <= epochMs);
    // Before the first onset the offset was the one that it changed.
    return last?.to ?? changes[0]?.from ?? observances[0]?.from ?? 0;
  };
};
