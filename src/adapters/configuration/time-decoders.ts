import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { DateOverride, WeeklyHours } from '../../domain/bookable/host.ts';
import type { Decoder, Errors } from './decoder.ts';
import { all, checked, duplicates, fail, object, placedUnder, shown } from './decoder.ts';
import { list, textLike } from './value-decoders.ts';

/** Names as Cal.com's API writes them, Monday first: the place is the ISO weekday minus one. */
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

const weekday: Decoder<number> = (value, path) => {
  const day = typeof value === 'string' ? WEEKDAYS.indexOf(value) + 1 : value;
  return typeof day === 'number' && Number.isInteger(day) && day >= 1 && day <= 7
    ? E.right(day)
    : fail(path, 'not_one_of', `must be one of ${WEEKDAYS.join(', ')}, or 1 (Monday) to 7 (Sunday)`);
};

/** `HH:MM` on the clock of the host's zone; `24:00` is the end of the day. */
const localTime = textLike(5, /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'a time of day written HH:MM, 00:00 to 24:00');

const normalized =
  (decoder: Decoder<string>, normalize: (written: string) => string, what: string): Decoder<string> =>
  (value, path) =>
    E.chain((written: string) => {
      const result = O.tryCatch(() => normalize(written));
      return O.isSome(result) ? E.right(result.value) : fail(path, 'bad_format', `${shown(written)} is not ${what}`);
    })(decoder(value, path));

/** An existing day of the calendar. */
export const localDate = normalized(
  textLike(10, /^\d{4}-\d{2}-\d{2}$/, 'a date written YYYY-MM-DD'),
  (date) => Temporal.PlainDate.from(date, { overflow: 'reject' }).toString(),
  'a day of the calendar',
);

/** A name of the IANA time zone database, in its usual case; offsets are refused, since they know no summer time. */
export const timeZone = normalized(
  textLike(60, /^[A-Za-z][A-Za-z0-9_+/-]*$/, 'an IANA time zone such as Europe/Oslo'),
  (name) => Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId,
  'an IANA time zone such as Europe/Oslo',
);

type Span = { readonly from: string; readonly to: string };

/** `HH:MM` sorts as text. */
const inOrder = ({ from, to }: Span, path: string): Errors =>
  from < to ? [] : [{ path, code: 'wrong_order', message: `must end after it begins, but is ${from} to ${to}` }];

const overlapping = (spans: ReadonlyArray<Span & { readonly path: string }>): Errors =>
  spans.flatMap((span, place) =>
    spans
      .slice(0, place)
      .filter((other) => span.from < other.to && other.from < span.to)
      .map((other) => ({ path: span.path, code: 'overlap', message: `overlaps ${other.path}` }) as const),
  );

/** Most spans of hours in one list: a week of seven days with a dozen spans each. */
const MAX_SPANS = 84;

const weeklySpan = checked(
  object((keys) =>
    all({
      days: keys.required('days', list(weekday, 7, 1)),
      from: keys.required('from', localTime),
      to: keys.required('to', localTime),
    }),
  ),
  inOrder,
);

const weekdaysApart = (hours: ReadonlyArray<WeeklyHours>, path: string): Errors =>
  WEEKDAYS.flatMap((_name, index) =>
    overlapping(
      hours.flatMap(({ days, from, to }, place) =>
        days.filter((day) => day === index + 1).map(() => ({ from, to, path: `${path}[${place}]` })),
      ),
    ),
  ).filter((error, place, errors) => errors.findIndex(({ path: at }) => at === error.path) === place);

export const weeklyHours: Decoder<ReadonlyArray<WeeklyHours>> = checked(list(weeklySpan, MAX_SPANS), weekdaysApart);

const span: Decoder<Span> = checked(
  object((keys) => all({ from: keys.required('from', localTime), to: keys.required('to', localTime) })),
  inOrder,
);

const dateOverride: Decoder<DateOverride> = object((keys) =>
  all({
    date: keys.required('date', localDate),
    hours: keys.required(
      'hours',
      checked(list(span, MAX_SPANS), (spans, path) =>
        overlapping(spans.map((hours, place) => ({ ...hours, path: `${path}[${place}]` }))),
      ),
    ),
  }),
);

/** Most dates in one list: ten years of days. */
const MAX_DATES = 3660;

export const dateOverrides: Decoder<ReadonlyArray<DateOverride>> = checked(
  list(dateOverride, MAX_DATES),
  (dates, path) => duplicates(placedUnder(dates, path, 'date')),
);
