import * as E from 'fp-ts/lib/Either.js';
import ICAL from 'ical.js';
import { reasonOf, unreadable } from './unreadable.ts';

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

const utcStart = (event: ICAL.Component): string | null => {
  const start: unknown = event.getFirstPropertyValue('dtstart');
  const isUtc = start instanceof ICAL.Time && !start.isDate && start.zone === ICAL.Timezone.utcTimezone;
  return isUtc ? Temporal.Instant.from(start.toString()).toString() : null;
};

/** Whose event a VCALENDAR with one event holds. Left is why it cannot be read. */
export const readIdentity = (text: string): E.Either<string, ObjectIdentity> =>
  E.tryCatch(() => {
    const root: unknown = ICAL.parse(text);
    if (!Array.isArray(root) || typeof root[0] !== 'string') throw unreadable('no VCALENDAR');
    const event = new ICAL.Component(root).getFirstSubcomponent('vevent');
    if (event === null) throw unreadable('no VEVENT');
    const textOf = (name: string): string | null => {
      const value = event.getFirstPropertyValue(name);
      return value === null ? null : String(value);
    };
    return {
      uid: textOf('uid') ?? '',
      bookingMark: textOf(BOOKING_MARK.toLowerCase()),
      sequence: Number(textOf('sequence') ?? 0),
      start: utcStart(event),
      status: textOf('status')?.toUpperCase() ?? null,
    };
  }, reasonOf);
