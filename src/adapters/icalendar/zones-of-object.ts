import { memoized } from '../../domain/memoized.ts';
import { findIana } from 'windows-iana';
import { componentsNamed, propertiesNamed, type Component } from './parse-components.ts';
import {
  type ZoneClock,
  clockOf,
  fixedClock,
  ianaClock,
  UNKNOWN_ZONE_CLOCKS,
  UTC,
  type Zone,
  type Zones,
} from './time-zone.ts';
import { offsetsOf } from './vtimezone.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const known = (key: string, clock: ZoneClock): Zone => ({ key, readings: [clock], known: true });

/** `tz` without the prefix of a sender: `/mozilla.org/20050126_1/Europe/Berlin`, `/Europe/Oslo`. */
const tails = (tz: string): ReadonlyArray<string> => {
  const parts = tz.split('/').filter((part) => part !== '');
  const counts = tz.startsWith('/') ? [3, 2, 1] : [parts.length];
  return counts.filter((count) => count <= parts.length).map((count) => parts.slice(-count).join('/'));
};

/**
 * A name of the form Area/City, whoever's prefix stands before it: IANA's rules hold for it, whatever VTIMEZONE came along,
 * since that is as old as its event (RFC 7809, 5). Null for all other names.
 */
const areaCityZone = (tzid: string): Zone | null => {
  for (const name of tails(tzid.trim().replace(/ /g, '_'))) {
    const clock = name.includes('/') ? ianaClock(name) : null;
    if (clock !== null) return known(name.toLowerCase(), clock);
  }
  return null;
};

/** `(UTC+01:00) Amsterdam, Berlin`, `GMT-0500`, `UTC+1`: an offset that is told. */
const OFFSET = /^\(?(?:UTC|GMT)? ?([+-])(\d{1,2}):?(\d{2})?\)?(?: (.*))?$/i;

/** Names of a place keep the clock of summer at times, and nobody says when: the offset and an hour on are both read. */
const offsetZone = (tzid: string): Zone | null => {
  const match = OFFSET.exec(tzid.trim());
  if (match === null) return /^\((?:UTC|GMT)\)/i.test(tzid) ? doubtfulOffset(tzid, 0) : null;
  const size = Number(match[2]) * HOUR_MS + Number(match[3] ?? '0') * MINUTE_MS;
  if (size > 18 * HOUR_MS) return null;
  const offsetMs = match[1] === '-' ? -size : size;
  return match[4] === undefined ? known(tzid, fixedClock(offsetMs)) : doubtfulOffset(tzid, offsetMs);
};

const doubtfulOffset = (tzid: string, offsetMs: number): Zone => ({
  key: tzid,
  readings: [fixedClock(offsetMs), fixedClock(offsetMs + HOUR_MS)],
  known: true,
});

const windowsZone = (name: string): Zone | null => {
  const [iana] = findIana(name.trim());
  const clock = iana === undefined ? null : ianaClock(iana);
  return iana === undefined || clock === null ? null : known(iana.toLowerCase(), clock);
};

/** Windows names in a case that is not theirs are known too; CLDR's list writes them in one way only. */
const properCase = (name: string): string =>
  name.replace(/[A-Za-z]+/g, (word) => `${word[0]?.toUpperCase()}${word.slice(1).toLowerCase()}`);

/**
 * The zone of a TZID that no VTIMEZONE describes (RFC 7809): Area/City, a Windows name (CLDR), UTC by its names, an offset,
 * any other name of the IANA data base. Null where nobody knows it.
 */
export const zoneByName = (tzid: string): Zone | null => {
  const name = tzid.trim();
  if (
    /^(?:\/|tzone:\/\/Microsoft\/)*(?:UTC|Z|Zulu|Etc\/UTC|GMT|Greenwich Mean Time|Coordinated Universal Time)$/i.test(
      name,
    )
  ) {
    return UTC;
  }
  return (
    areaCityZone(name) ?? windowsZone(name) ?? windowsZone(properCase(name)) ?? offsetZone(name) ?? plainZone(name)
  );
};

const plainZone = (name: string): Zone | null => {
  const tail = tails(name).at(-1);
  const clock = tail === undefined ? null : ianaClock(tail);
  return tail === undefined || clock === null ? null : known(tail.toLowerCase(), clock);
};

const unknownZone = (tzid: string): Zone => ({ key: tzid, readings: UNKNOWN_ZONE_CLOCKS, known: false });

const describedZone = (key: string, offsetAt: (epochMs: number) => number): Zone => known(key, clockOf(offsetAt));

/** Descriptions of zones that are remembered by their text: Outlook repeats one in every object. */
const MAX_DESCRIBED = 500;

/** Null for a description that cannot be read. */
const zoneOfDescription = memoized(MAX_DESCRIBED, (key: string, component: Component): Zone | null => {
  try {
    const zone = describedZone(key, offsetsOf(component));
    // Evaluated once here, so that a rule that costs too much fails here.
    zone.readings[0]?.offsetAt(0);
    return zone;
  } catch {
    return null;
  }
});
const zoneDescribedBy = (component: Component, text: string): Zone | null =>
  zoneOfDescription(text.slice(component.text.from, component.text.to), component);

const normalized = (tzid: string): string => tzid.replace(/"/g, '').trim().toLowerCase();

const textOf = (component: Component, name: string): string | null =>
  propertiesNamed(component, name)[0]?.value ?? null;

/**
 * The zones of one object. Area/City names are IANA's; any other name is what the object's own VTIMEZONE says, `EST` and
 * `GMT` too; without one it is looked up by name. One that cannot be understood is never UTC: it is the zone of its
 * Windows name or of its X-LIC-LOCATION, else all zones of the world at once.
 */
export const zonesOfObject = (root: Component, text: string, host: Zone): Zones => {
  const own = new Map<string, ReadonlyArray<Component>>();
  for (const component of componentsNamed(root, 'VTIMEZONE')) {
    const key = normalized(textOf(component, 'TZID') ?? '');
    own.set(key, [...(own.get(key) ?? []), component]);
  }
  const resolved = new Map<string, Zone>();

  const resolve = (tzid: string): Zone => {
    const area = areaCityZone(tzid);
    if (area !== null) return area;
    const components = own.get(normalized(tzid)) ?? [];
    if (components.length === 0) return zoneByName(tzid) ?? unknownZone(tzid);
    const zones = components.map((component) => {
      const zone = zoneDescribedBy(component, text);
      const location = textOf(component, 'X-LIC-LOCATION');
      return zone ?? (location === null ? null : areaCityZone(location)) ?? byWindowsName(tzid) ?? unknownZone(tzid);
    });
    const [only] = zones;
    if (zones.length === 1 && only !== undefined) return only;
    // Two descriptions of one name: both are read.
    return {
      key: zones.map(({ key }) => key).join('\n'),
      readings: zones.flatMap(({ readings }) => readings),
      known: zones.every(({ known }) => known),
    };
  };

  return {
    host,
    zoneOf: (tzid) => {
      const known = resolved.get(tzid);
      if (known !== undefined) return known;
      const zone = resolve(tzid);
      resolved.set(tzid, zone);
      return zone;
    },
  };
};

/** Names with spaces are those of Windows or Outlook; a short one such as EST is ambiguous. */
const byWindowsName = (tzid: string): Zone | null => (/ /.test(tzid.trim()) ? zoneByName(tzid) : null);
