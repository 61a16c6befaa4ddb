import { memoized } from '../memoized.ts';

/*
 * How an instant is shown to people: in mails, on pages, in histories, on the command line. Every text names the zone, so
 * there is no way to show an instant without one. Instants come as ISO 8601 texts.
 */

const DATE = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const;
const SHORT_DATE = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const;
/** `second` for what machines do, such as the next try; people meet at minutes. */
const TIME = { minute: { timeStyle: 'short' }, second: { timeStyle: 'medium' } } as const;
type Unit = keyof typeof TIME;

/** English as it is written where the tag says (12 or 24 hours, order of the date); British where it says no country. */
export const localeOf = (language: string): string => (/^en-[A-Z]{2}$/.test(language) ? language : 'en-GB');

/** An unknown zone shows UTC, and says so, rather than nothing. */
const inZone = (instant: string, timeZone: string): Temporal.ZonedDateTime => {
  const exact = Temporal.Instant.from(instant);
  try {
    return exact.toZonedDateTimeISO(timeZone);
  } catch (error) {
    if (error instanceof RangeError) return exact.toZonedDateTimeISO('UTC');
    throw error;
  }
};

/** Formatters kept: guests choose zone and locale, so there must be an end to them. */
const MAX_FORMATTERS = 500;

/** Making a formatter costs a hundred times what using it does. */
const formatterByKey = memoized(MAX_FORMATTERS, (_key: string, make: () => Intl.DateTimeFormat) => make());
const formatterOf = (locale: string, timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  formatterByKey(
    `${locale} ${timeZone} ${Object.values(options).join(' ')}`,
    () => new Intl.DateTimeFormat(locale, { ...options, timeZone }),
  );

const text = (at: Temporal.ZonedDateTime, locale: string, options: Intl.DateTimeFormatOptions): string =>
  formatterOf(locale, at.timeZoneId, options).format(at.epochMilliseconds).replaceAll('\u202f', ' ');

const offset = (at: Temporal.ZonedDateTime): string => (at.offset === '+00:00' ? 'UTC' : `UTC${at.offset}`);

const zone = (at: Temporal.ZonedDateTime): string =>
  at.timeZoneId === 'UTC' ? 'UTC' : `${at.timeZoneId.replaceAll('_', ' ')} (${offset(at)})`;

type Span = { readonly start: string; readonly end: string };

/** `Monday 5 September 2050, 11:00 Europe/Oslo (UTC+02:00)`. The offset is that of the moment, not of today. */
export const momentText = (instant: string, timeZone: string, locale: string, unit: Unit = 'minute'): string => {
  const at = inZone(instant, timeZone);
  return `${text(at, locale, DATE)}, ${text(at, locale, TIME[unit])} ${zone(at)}`;
};

/** `Mon 5 Sept 2050, 11:00 Europe/Oslo (UTC+02:00)`, for subjects and lists. */
export const shortText = (instant: string, timeZone: string, locale: string, unit: Unit = 'minute'): string => {
  const at = inZone(instant, timeZone);
  return `${text(at, locale, SHORT_DATE)}, ${text(at, locale, TIME[unit])} ${zone(at)}`;
};

/** `2050-09-05 11:00:07 Europe/Oslo (UTC+02:00)`, for histories and the command line: sorts by time, is the same in every language. */
export const exactText = (instant: string, timeZone: string, unit: Unit = 'second'): string => {
  const at = inZone(instant, timeZone);
  return `${at.toPlainDate().toString()} ${at.toPlainTime().toString({ smallestUnit: unit })} ${zone(at)}`;
};

/** `Monday, 5 September 2050` of a date, which has no zone. */
export const dateText = (date: string, locale: string): string =>
  formatterOf(locale, 'UTC', DATE).format(Temporal.PlainDate.from(date).toZonedDateTime('UTC').epochMilliseconds);

/** `Monday 5 September 2050` and `11:00 (UTC+02:00)`, for lists of times by day. The name of the zone stands with the day. */
export const dayAndTime = (instant: string, timeZone: string, locale: string): readonly [string, string] => {
  const at = inZone(instant, timeZone);
  return [text(at, locale, DATE), `${text(at, locale, TIME.minute)} (${offset(at)})`];
};

/**
 * Date, and from-to with the zone, as two lines. Over midnight, and across a change of the clocks, the end says its own
 * date or offset too.
 */
export const spanLines = ({ start, end }: Span, timeZone: string, locale: string): readonly [string, string] => {
  const from = inZone(start, timeZone);
  const to = inZone(end, timeZone);
  const sameDay = from.toPlainDate().equals(to.toPlainDate());
  const sameOffset = from.offset === to.offset;
  const begins = `${text(from, locale, TIME.minute)}${sameOffset ? '' : ` (${offset(from)})`}`;
  const ends = `${sameDay ? '' : `${text(to, locale, DATE)}, `}${text(to, locale, TIME.minute)}`;
  return [text(from, locale, DATE), `${begins} – ${ends} ${zone(to)}`];
};

/** The same span where the other side lives, on one line; the date only where it is another one. */
export const otherZoneLine = (span: Span, own: string, other: string, locale: string): string => {
  const [ownDate] = spanLines(span, own, locale);
  const [date, times] = spanLines(span, other, locale);
  return date === ownDate ? times : `${date}, ${times}`;
};
