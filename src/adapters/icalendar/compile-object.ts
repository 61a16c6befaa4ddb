import type { Override, Series } from './busy-of-series.ts';
import { type CompiledEvent, compileEvent, takesTime } from './compile-event.ts';
import { eventsOf, propertiesNamed, type Component, parseComponents } from './parse-components.ts';
import { zoneByName, zonesOfObject } from './zones-of-object.ts';
import { daysNamedIn } from './named-days.ts';
import { selectionOf } from './event-times.ts';
import { parseTime, whyUnreadable, unreadable } from './time-values.ts';
import { spanOfTime, type Zone, type Zones } from './time-zone.ts';

type CompiledSeries = Series & { readonly uid: string; readonly zonesKnown: boolean };

/** A compiled object, for any window. `problems`: why parts of it could not be read. */
export type CompiledObject = {
  readonly series: ReadonlyArray<CompiledSeries>;
  readonly problems: ReadonlyArray<{ readonly uid: string | null; readonly reason: string }>;
  /** Where there are problems: the days that the text names, as midnights of the clock on the wall. */
  readonly namedDays: ReadonlyArray<number>;
  readonly host: Zone;
};

const NOTHING = { instants: new Set<number>(), walls: new Set<number>(), days: new Set<number>() };

const uidOf = (event: Component): string => propertiesNamed(event, 'UID')[0]?.value ?? '';
const isOverride = (event: Component): boolean => propertiesNamed(event, 'RECURRENCE-ID').length > 0;

const compileOverride = (
  component: Component,
  masters: ReadonlyArray<CompiledEvent>,
  zones: Zones,
): { readonly override: Override; readonly reason: string | null } => {
  const [identity] = propertiesNamed(component, 'RECURRENCE-ID');
  if (identity === undefined) throw unreadable('RECURRENCE-ID is missing');
  const time = parseTime(identity.value, identity.parameters.get('TZID') ?? null);
  const free = !takesTime(component);
  let event: ReadonlyArray<CompiledEvent> = [];
  let reason: string | null = null;
  try {
    event = compileEvent(component, zones);
  } catch (error) {
    // An override whose time is unknown replaces nothing: the occurrence stays busy as well. One that is transparent
    // needs no time.
    if (!free) reason = whyUnreadable(error);
  }
  // It is unknown which occurrence it changes, so it replaces none.
  if (time === null) reason ??= 'RECURRENCE-ID is not a time';
  const selections = masters.map((master) => selectionOf(time === null ? [] : [time], master, zones));
  const replaces = {
    instants: new Set(selections.flatMap(({ instants }) => [...instants])),
    walls: new Set(selections.flatMap(({ walls }) => [...walls])),
    days: new Set(selections.flatMap(({ days }) => [...days])),
  };
  const range = identity.parameters.get('RANGE')?.toUpperCase() ?? null;
  return {
    reason,
    override: {
      event,
      replaces: reason === null && !identity.inDoubt ? replaces : NOTHING,
      range: time === null ? null : range === 'THISANDFUTURE' || range === 'THISANDPRIOR' ? range : null,
      from: time === null ? 0 : spanOfTime(time, zones).earliest,
    },
  };
};

const compileUid = (uid: string, events: ReadonlyArray<Component>, zones: Zones) => {
  const problems: Array<{ readonly uid: string; readonly reason: string }> = [];
  const attempt = <A>(compile: () => ReadonlyArray<A>): ReadonlyArray<A> => {
    try {
      return compile();
    } catch (error) {
      problems.push({ uid, reason: whyUnreadable(error) });
      return [];
    }
  };
  for (const { damage } of events) if (damage !== null) problems.push({ uid, reason: damage });
  const masters = events
    .filter((event) => !isOverride(event))
    // An event that takes no time need not be read, unless it moves others.
    .flatMap((event) => attempt(() => (takesTime(event) || events.length > 1 ? compileEvent(event, zones) : [])));
  const overrides = events.filter(isOverride).flatMap((event) =>
    attempt(() => {
      const { override, reason } = compileOverride(event, masters, zones);
      if (reason !== null) problems.push({ uid, reason });
      return [override];
    }),
  );
  const all = [...masters, ...overrides.flatMap(({ event }) => event)];
  for (const reason of all.flatMap((event) => event.problems)) problems.push({ uid, reason });
  return { series: { uid, masters, overrides, zonesKnown: all.every(({ zonesKnown }) => zonesKnown) }, problems };
};

const hostZone = (name: string): Zone => {
  const zone = zoneByName(name);
  if (zone === null) throw new RangeError(`no such time zone: ${name}`);
  return zone;
};

/** Reads one object. Never throws: what cannot be read is in `problems`. `hostTimeZone`: IANA zone of floating times and dates. */
export const compileObject = (text: string, hostTimeZone: string): CompiledObject => {
  const host = hostZone(hostTimeZone);
  try {
    const parsed = parseComponents(text);
    const zones = zonesOfObject(parsed.root, parsed.text, host);
    const compiled = [...Map.groupBy(eventsOf(parsed.root), uidOf)].map(([uid, events]) =>
      compileUid(uid, events, zones),
    );
    const problems = compiled.flatMap((one) => one.problems);
    return {
      series: compiled.map(({ series }) => series),
      problems,
      namedDays: problems.length === 0 ? [] : daysNamedIn(parsed.text),
      host,
    };
  } catch (error) {
    const problems = [{ uid: null, reason: whyUnreadable(error) }];
    return { series: [], problems, namedDays: daysNamedIn(text), host };
  }
};
