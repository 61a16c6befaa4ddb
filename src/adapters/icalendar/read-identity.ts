import * as E from 'fp-ts/lib/Either.js';
import ICAL from 'ical.js';
import { reasonOf, unreadable } from './unreadable.ts';

/** Carries the booking's uid in each event that is ours. */
export const BOOKING_MARK = 'X-HOLDFAST-BOOKING';

export type ObjectIdentity = { readonly uid: string; readonly bookingMark: string | null };

/** Whose event a VCALENDAR with one event holds. Left is why it cannot be read. */
export const readIdentity = (text: string): E.Either<string, ObjectIdentity> =>
  E.tryCatch(() => {
    const root: unknown = ICAL.parse(text);
    if (!Array.isArray(root) || typeof root[0] !== 'string') throw unreadable('no VCALENDAR');
    const event = new ICAL.Component(root).getFirstSubcomponent('vevent');
    if (event === null) throw unreadable('no VEVENT');
    const mark = event.getFirstPropertyValue(BOOKING_MARK.toLowerCase());
    return { uid: String(event.getFirstPropertyValue('uid') ?? ''), bookingMark: mark === null ? null : String(mark) };
  }, reasonOf);
