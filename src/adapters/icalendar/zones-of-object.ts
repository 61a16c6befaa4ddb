import { areaCityZone, describedZone, unknownZone, zoneByName } from './named-zones.ts';
import { componentsNamed, propertiesNamed } from './components.ts';
import type { Component } from './parse-components.ts';
import type { Zone, Zones } from './time-zone.ts';
import { offsetsOf } from './vtimezone.ts';

/** Descriptions of zones, by their text: Outlook repeats one in every object. Null is one that cannot be understood. */
const described = new Map<string, Zone | null>();
const MAX_DESCRIBED = 500;

const zoneDescribedBy = (component: Component, text: string): Zone | null => {
  const key = text.slice(component.text.from, component.text.to);
  const known = described.get(key);
  if (known !== undefined) return known;
  let zone: Zone | null = null;
  try {
    zone = describedZone(key, offsetsOf(component));
    // Asked once here, so that a rule that costs too much shows now.
    zone.readings[0]?.offsetAt(0);
  } catch {
    zone = null;
  }
  if (described.size >= MAX_DESCRIBED) described.clear();
  described.set(key, zone);
  return zone;
};

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

/** Names with blanks in them are Windows' or Outlook's; a short one such as EST has too many meanings. */
const byWindowsName = (tzid: string): Zone | null => (/ /.test(tzid.trim()) ? zoneByName(tzid) : null);
