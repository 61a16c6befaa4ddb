import * as E from 'fp-ts/lib/Either.js';
import { componentsNamed, propertiesNamed } from './components.ts';
import { type Component, parseComponents } from './parse-components.ts';
import { parseTime } from './time-values.ts';
import { whyUnreadable, unreadable } from './unreadable.ts';

/** Carries the booking's uid in each event that is ours. */
export const BOOKING_MARK = 'X-HOLDFAST-BOOKING';

/**
 * What shows whose event it is and which state of it. `start`: as instant (UTC, ISO 8601); null where it is not written
 * in UTC, as ours are. `status`: of RFC 5545 (3.8.1.11), in capitals.
 */
export type ObjectIdentity = {
  readonly uid: string;
  readonly bookingMark: string | null;
  readonly sequence: number;
  readonly start: string | null;
  readonly status: string | null;
};

const utcStart = (event: Component): string | null => {
  const [property] = propertiesNamed(event, 'DTSTART');
  const time = property === undefined ? null : parseTime(property.value, null);
  return time?.kind === 'utc' ? Temporal.Instant.fromEpochMilliseconds(time.wall).toString() : null;
};

/** A TEXT value (RFC 5545, 3.3.11) as it was meant. */
const unescapeText = (text: string): string =>
  text.replace(/\\(.)/g, (_, character: string) => (character.toLowerCase() === 'n' ? '\n' : character));

/** Whose event a VCALENDAR with one event holds. Left is why it cannot be read. */
export const readIdentity = (text: string): E.Either<string, ObjectIdentity> =>
  E.tryCatch(() => {
    const { root } = parseComponents(text);
    if (!root.components.some(({ name }) => name === 'VCALENDAR')) throw unreadable('no VCALENDAR');
    const [event] = componentsNamed(root, 'VEVENT');
    if (event === undefined) throw unreadable('no VEVENT');
    if (event.damage !== null) throw unreadable(event.damage);
    const textOf = (name: string): string | null => {
      const [property] = propertiesNamed(event, name);
      return property === undefined ? null : unescapeText(property.value);
    };
    return {
      uid: textOf('UID') ?? '',
      bookingMark: textOf(BOOKING_MARK),
      sequence: Number(textOf('SEQUENCE') ?? 0),
      start: utcStart(event),
      status: textOf('STATUS')?.toUpperCase() ?? null,
    };
  }, whyUnreadable);
