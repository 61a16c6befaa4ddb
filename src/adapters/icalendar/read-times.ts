import * as E from 'fp-ts/lib/Either.js';
import { toInstant } from '../../domain/time/time.ts';
import { extentOf, lengthMs } from './event-times.ts';
import { componentsNamed, parseComponents, propertiesNamed } from './parse-components.ts';
import { spanOfTime, type Zones, zoneOfTime } from './time-zone.ts';
import { type TimeValue, timeIn, unreadable, whyUnreadable } from './time-values.ts';
import { zoneByName, zonesOfObject } from './zones-of-object.ts';

/**
 * When an event is, UTC instants, whether it says that it is cancelled (RFC 5545, 3.8.1.11), and the mail address of its
 * ORGANIZER (3.8.4.3); null: it has none, or not one that can be read.
 */
export type EventTimes = {
  readonly start: string;
  readonly end: string;
  readonly cancelled: boolean;
  readonly organizer: string | null;
};

/** Of a `mailto:` URI (RFC 6068), without its headers; null: another URI. */
export const mailOfUri = (uri: string): string | null => {
  const [, address] = /^mailto:([^?]+)/i.exec(uri.trim()) ?? [];
  if (address === undefined) return null;
  return E.toUnion(
    E.tryCatch(
      () => decodeURIComponent(address),
      () => address,
    ),
  );
};

/** The one instant that a time means. Where it may mean two (an unknown zone, a clock that is set back) nobody knows. */
const instantOf = (time: TimeValue, zones: Zones): number => {
  const { earliest, latest } = spanOfTime(time, zones);
  if (earliest !== latest || !zoneOfTime(time, zones).known) throw unreadable('it is not certain when it is');
  return earliest;
};

/**
 * The times of an object with one event, also as clients write them: with zones, as whole days, with a duration. Left: why
 * they are not certain; then nothing may be concluded from them. `hostTimeZone`: IANA zone of floating times and dates.
 */
export const readEventTimes = (text: string, hostTimeZone: string): E.Either<string, EventTimes> =>
  E.tryCatch(() => {
    const host = zoneByName(hostTimeZone);
    if (host === null) throw unreadable('the zone of the host is not known');
    const parsed = parseComponents(text);
    const events = componentsNamed(parsed.root, 'VEVENT');
    const [event] = events;
    if (event === undefined || event.damage !== null) throw unreadable(event?.damage ?? 'no VEVENT');
    if (events.length > 1) throw unreadable('it has become a series with exceptions');
    const zones = zonesOfObject(parsed.root, parsed.text, host);
    const one = (name: string): TimeValue | null => {
      const [property, ...more] = propertiesNamed(event, name);
      if (more.length > 0 || property?.inDoubt === true) throw unreadable(`${name} is not certain`);
      return property === undefined ? null : timeIn(property);
    };
    const start = one('DTSTART');
    if (start === null) throw unreadable('DTSTART is missing');
    const from = instantOf(start, zones);
    const end = one('DTEND');
    const to = end === null ? from + lengthMs(extentOf(event, start, zones)) : instantOf(end, zones);
    const status = propertiesNamed(event, 'STATUS')[0]?.value.toUpperCase();
    const organizers = propertiesNamed(event, 'ORGANIZER');
    const organizer = organizers.length === 1 ? mailOfUri(organizers[0]?.value ?? '') : null;
    return { start: toInstant(from), end: toInstant(to), cancelled: status === 'CANCELLED', organizer };
  }, whyUnreadable);
