import ICAL from 'ical.js';
import { unreadable } from './unreadable.ts';

/** A time as it stands in a property: ical.js reads the wall clock, the TZID parameter says in which zone. */
export type ZonedTime = { readonly time: ICAL.Time; readonly tzid: string | null };

const isKnownZone = (tzid: string): boolean => {
  try {
    new Temporal.ZonedDateTime(0n, tzid);
    return true;
  } catch {
    return false;
  }
};

const wallClockIn = (time: ICAL.Time, zone: string): number =>
  new Temporal.PlainDateTime(
    time.year,
    time.month,
    time.day,
    time.hour,
    time.minute,
    Math.min(time.second, 59),
  ).toZonedDateTime(zone).epochMilliseconds;

/**
 * Epoch milliseconds. A floating time and a date are the host's (RFC 5545, 3.3.5 form 1). A zone of the IANA data base is
 * read by that data base, since a VTIMEZONE is as old as its event, any other by its VTIMEZONE. Throws where there is
 * neither.
 */
export const instantOfTime = ({ time, tzid }: ZonedTime, hostTimeZone: string): number => {
  if (time.isDate) return wallClockIn(time, hostTimeZone);
  if (time.zone === ICAL.Timezone.utcTimezone) return time.toUnixTime() * 1000;
  const described = (time.zone?.component?.getAllSubcomponents().length ?? 0) > 0;
  const zone = described ? time.zone.tzid : tzid;
  if (zone === null) return wallClockIn(time, hostTimeZone);
  if (isKnownZone(zone)) return wallClockIn(time, zone);
  if (!described) throw unreadable('a time zone is not described');
  return time.toUnixTime() * 1000;
};

/** The property's one time. Throws where it is missing or is no time. */
export const timeOf = (component: ICAL.Component, name: string): ZonedTime => {
  const property = component.getFirstProperty(name);
  const time = property?.getFirstValue();
  if (property === null || !(time instanceof ICAL.Time)) throw unreadable(`${name.toUpperCase()} is not a time`);
  const tzid = property.getFirstParameter('tzid');
  return { time, tzid: tzid === undefined || tzid === '' ? null : tzid };
};
