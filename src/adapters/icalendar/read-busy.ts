import * as E from 'fp-ts/lib/Either.js';
import ICAL from 'ical.js';
import { type Interval, overlaps } from '../../domain/time/interval.ts';
import { busyOfSeries, busyOfSingle } from './busy-of-event.ts';
import { reasonOf, unreadable } from './unreadable.ts';
import { withinTimeLimit } from './within-time-limit.ts';

/** Processor time for reading one answer of a calendar; more is unreadable. */
export const READ_TIME_LIMIT_MS = 2_000;

/** `except`: UIDs that are left out. `hostTimeZone`: IANA zone of floating times and of dates. */
export type ReadBusyOptions = {
  readonly window: Interval;
  readonly hostTimeZone: string;
  readonly except: ReadonlySet<string>;
};

const uidOf = (event: ICAL.Component): string => String(event.getFirstPropertyValue('uid') ?? '');
const isOverride = (event: ICAL.Component): boolean => event.hasProperty('recurrence-id');
const recurs = (event: ICAL.Component): boolean => event.hasProperty('rrule') || event.hasProperty('rdate');

const calendarsOf = (text: string): ReadonlyArray<ICAL.Component> => {
  const roots: unknown = ICAL.parse(text);
  if (!Array.isArray(roots)) throw unreadable('no VCALENDAR');
  const all = typeof roots[0] === 'string' ? [roots] : roots;
  const calendars = all.map((root: unknown[]) => new ICAL.Component(root));
  if (calendars.length === 0 || calendars.some(({ name }) => name !== 'vcalendar')) throw unreadable('no VCALENDAR');
  return calendars;
};

const busyOfCalendar = (calendar: ICAL.Component, options: ReadBusyOptions): ReadonlyArray<Interval> => {
  const byUid = Map.groupBy(calendar.getAllSubcomponents('vevent'), uidOf);
  return [...byUid].flatMap(([uid, events]) => {
    if (uid !== '' && options.except.has(uid)) return [];
    const overrides = events.filter(isOverride);
    return events.flatMap((event) =>
      recurs(event) && !isOverride(event)
        ? busyOfSeries({ master: event, overrides }, options.window, options.hostTimeZone)
        : busyOfSingle(event, options.hostTimeZone),
    );
  });
};

/**
 * Busy times that touch the window, out of whole VCALENDAR texts (RFC 5545), neither merged nor sorted. Recurrences,
 * overrides, zones, dates and durations are followed; transparent and cancelled events take no time. Left is why
 * something could not be read, in words that hold no text of the calendar: then nothing is known to be free.
 */
export const readBusy = (
  texts: ReadonlyArray<string>,
  options: ReadBusyOptions,
): E.Either<string, ReadonlyArray<Interval>> =>
  E.tryCatch(
    () =>
      withinTimeLimit(READ_TIME_LIMIT_MS, () =>
        texts
          .flatMap(calendarsOf)
          .flatMap((calendar) => busyOfCalendar(calendar, options))
          .filter((busy) => busy.start < busy.end && overlaps(busy, options.window)),
      ),
    reasonOf,
  );
