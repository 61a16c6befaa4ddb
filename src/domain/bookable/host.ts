import * as t from 'io-ts';
import type { Codec, Fault } from '../decoding/codec.ts';
import { checked, codec, from, list, object, refuse, withDefault } from '../decoding/codec.ts';
import { localDate, localTime, naturalNumber, oneOf, operatorEmail, textLike, timeZone } from '../decoding/values.ts';
import { duplicates } from '../decoding/codec.ts';
import { eventType } from './event-type.ts';
import { personName } from '../visible-text.ts';

const MAX_EVENT_TYPES = 200;
const MAX_CALENDARS_PER_HOST = 20;
/** Most spans of hours in one list: a week of seven days with a dozen spans each. */
const MAX_SPANS = 84;
/** Most dates in one list: ten years of days. */
const MAX_DATES = 3_660;

/** Names streams and rows: never changed once bookings exist. */
export const id = textLike(40, /^[a-z0-9_]+$/, 'an id: lower-case letters, digits and underscores');

/** Names as Cal.com's API writes them, Monday first: the place is the ISO weekday minus one. */
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const weekdayWords = `one of ${WEEKDAYS.join(', ')}, or 1 (Monday) to 7 (Sunday)`;

const weekday: Codec<number> = codec(weekdayWords, (value, context) => {
  const day = typeof value === 'string' ? WEEKDAYS.indexOf(value) + 1 : value;
  return typeof day === 'number' && Number.isInteger(day) && day >= 1 && day <= 7
    ? t.success(day)
    : refuse(value, context, 'not_one_of', `must be ${weekdayWords}`);
});

type Span = { readonly from: string; readonly to: string };

/** `HH:MM` sorts as text. */
const inOrder = ({ from: first, to }: Span): ReadonlyArray<Fault> =>
  first < to ? [] : [{ code: 'wrong_order', message: `must end after it begins, but is ${first} to ${to}` }];

/** A fault at each span that overlaps an earlier one; `place`: where it stands in the list. */
const overlaps = (spans: ReadonlyArray<Span & { readonly place: number }>): ReadonlyArray<Fault> =>
  spans.flatMap((span, index) =>
    spans
      .slice(0, index)
      .filter((other) => span.from < other.to && other.from < span.to)
      .slice(0, 1)
      .map(({ place }): Fault => ({ at: [span.place], code: 'overlap', message: `overlaps the one at [${place}]` })),
  );

const weeklySpan = checked(object({ days: list(weekday, 7, 1), from: localTime, to: localTime }), inOrder);
/** Weekly hours in the host's own zone. `days`: ISO weekdays, 1 Monday to 7 Sunday. `from`, `to`: `HH:MM`; `24:00` ends the day. */
export type WeeklyHours = t.TypeOf<typeof weeklySpan>;

const weeklyHours = checked(list(weeklySpan, MAX_SPANS), (hours) => {
  const faults = WEEKDAYS.flatMap((_name, index) =>
    overlaps(hours.flatMap(({ days, ...span }, place) => (days.includes(index + 1) ? [{ ...span, place }] : []))),
  );
  return faults.filter(({ at }, index) => faults.findIndex((other) => other.at?.[0] === at?.[0]) === index);
});

/** Replaces the weekly hours of one local date (`YYYY-MM-DD`); no hours closes the day. */
const dateOverride = object({
  date: localDate,
  hours: checked(list(checked(object({ from: localTime, to: localTime }), inOrder), MAX_SPANS), (spans) =>
    overlaps(spans.map((span, place) => ({ ...span, place }))),
  ),
});

/** Monday to Friday, nine to five: the default of Cal.com. */
const ordinaryWeek: ReadonlyArray<WeeklyHours> = [{ days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }];

const acceptances = ['any-of', 'all-of'] as const;
/** `any-of`: one calendar that holds the event is enough; `all-of`: every calendar must. */
export type AcceptancePolicy = (typeof acceptances)[number];

/** A host as the configuration names it, with all that can be booked. */
export const host = object({
  /** Names the schedule stream. */
  id,
  /** The host's id in the Cal.com API. */
  number: naturalNumber,
  username: textLike(
    60,
    /^[a-z0-9]+([._-][a-z0-9]+)*$/,
    'a user name: lower-case letters and digits, . _ - between them',
  ),
  name: personName(200),
  email: operatorEmail,
  timeZone,
  weeklyHours: withDefault(weeklyHours, ordinaryWeek),
  dateOverrides: withDefault(
    checked(list(dateOverride, MAX_DATES), (dates) =>
      duplicates(
        dates.map(({ date }) => date),
        'date',
      ),
    ),
    [],
  ),
  /** Calendars that are written for each booking, and read for busy times. */
  calendarIds: from(
    'calendars',
    withDefault(
      checked(list(id, MAX_CALENDARS_PER_HOST), (ids) => duplicates(ids)),
      [],
    ),
  ),
  acceptance: withDefault(oneOf(acceptances), 'any-of'),
  eventTypes: list(eventType, MAX_EVENT_TYPES),
});
export type Host = t.TypeOf<typeof host>;
