import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { memoized } from '../memoized.ts';
import type { MailAddress } from '../mail/mail-address.ts';
import { parseMailAddress } from '../mail/mail-address.ts';
import type { Codec } from './codec.ts';
import { codec, mapped, refuse } from './codec.ts';
import { toEpochMs } from '../time/time.ts';
import { isObject } from '../unknown.ts';
import { didYouMean, shown } from './wording.ts';

/*
 * What configuration, environment and requests both ask for. There is one codec for each notion, so that what one border
 * takes the other does not refuse.
 */

/** A text that `parse` understands; null: it does not. `wanted` goes after "must be". */
export const parsed = <A>(wanted: string, parse: (text: string) => A | null): Codec<A> =>
  codec<A>(wanted, (value, context) => {
    if (typeof value !== 'string') return refuse(value, context, 'wrong_type', `must be ${wanted}`, shown(value));
    const result = parse(value);
    return result === null
      ? refuse(value, context, 'bad_format', `must be ${wanted}`, shown(value))
      : t.success(result);
  });

/** Control characters would let a name write lines of its own into logs, mail headers and calendars. */
const hasControl = (text: string): boolean => /\p{Cc}/u.test(text);

const words = (wanted: string, min: number, max: number, isFine: (text: string) => boolean) =>
  codec<string>(wanted, (value, context) => {
    if (typeof value !== 'string') return refuse(value, context, 'wrong_type', `must be ${wanted}`);
    const length = min === 0 ? value.length : value.trim().length;
    if (length < min || length > max) return refuse(value, context, 'out_of_range', `must be ${wanted}`);
    return isFine(value)
      ? t.success(min === 0 ? value : value.trim())
      : refuse(value, context, 'bad_format', 'must not contain control characters');
  });

/** Visible characters on one line, `max` UTF-16 units at most; spaces around them are taken off. */
export const line = (max: number): Codec<string> =>
  words(`one line of 1 to ${max} characters`, 1, max, (text) => !hasControl(text.trim()));

/** The same on as many lines as it takes. */
export const lines = (max: number): Codec<string> =>
  words(`a text of 1 to ${max} characters`, 1, max, (text) => !hasControl(text.replaceAll(/[\n\t]/g, ' ')));

/** Any text, also an empty one, `max` UTF-16 units at most. */
export const text = (max: number): Codec<string> => words(`a text of at most ${max} characters`, 0, max, () => true);

/** A text of a form that `wanted` describes, such as `a slug`. */
export const textLike = (max: number, form: RegExp, wanted: string): Codec<string> =>
  codec(wanted, (value, context) => {
    if (typeof value !== 'string') return refuse(value, context, 'wrong_type', `must be ${wanted}`);
    if (value === '' || value.length > max)
      return refuse(value, context, 'out_of_range', `must have 1 to ${max} characters`);
    return form.test(value)
      ? t.success(value)
      : refuse(value, context, 'bad_format', `must be ${wanted}`, shown(value));
  });

const within = (wanted: string, min: number, max: number, isKind: (value: unknown) => boolean): Codec<number> =>
  codec(wanted, (value, context) => {
    if (typeof value !== 'number' || !isKind(value)) return refuse(value, context, 'wrong_type', `must be ${wanted}`);
    return value < min || value > max
      ? refuse(value, context, 'out_of_range', `must be ${wanted}`, shown(value))
      : t.success(value);
  });

const range = (min: number, max: number): string =>
  max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;

/** `unit`: what is counted, in the plural. */
export const integer = (min: number, max: number, unit?: string): Codec<number> =>
  within(`a whole number${unit === undefined ? '' : ` of ${unit}`} ${range(min, max)}`, min, max, Number.isSafeInteger);

export const naturalNumber = integer(1, Number.MAX_SAFE_INTEGER);

/** A duration in `unit` of `unitMs` milliseconds, fractions allowed; whole milliseconds in the program. */
const duration = (unit: string, unitMs: number) => (min: number, max: number) =>
  mapped(within(`a number of ${unit} ${range(min, max)}`, min, max, Number.isFinite), (value) =>
    Math.round(value * unitMs),
  );
export const seconds = duration('seconds', 1_000);
export const hours = duration('hours', 3_600_000);

export const flag: Codec<boolean> = codec('true or false', (value, context) =>
  typeof value === 'boolean' ? t.success(value) : refuse(value, context, 'wrong_type', 'must be true or false'),
);

export const oneOf = <A extends string>(choices: ReadonlyArray<A>): Codec<A> => {
  const wanted = choices.length === 1 ? `"${choices[0]}"` : `one of ${choices.join(', ')}`;
  return codec(wanted, (value, context) => {
    const choice = choices.find((candidate) => candidate === value);
    const hint = typeof value === 'string' ? didYouMean(value, choices) : '';
    return choice === undefined ? refuse(value, context, 'not_one_of', `must be ${wanted}${hint}`) : t.success(choice);
  });
};

/** The one value that `type` has in a member of `variants`. */
export const literal = <A extends string>(only: A): Codec<A> => oneOf([only]);

/** An object of whose keys nothing is said here. */
export const anyObject: Codec<{ readonly [key: string]: unknown }> = codec('an object', (value, context) =>
  isObject(value) ? t.success(value) : refuse(value, context, 'wrong_type', 'must be an object'),
);

const instantForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)$/i;

/** Epoch milliseconds of an ISO 8601 date-time that says where it stands; null for anything else. */
export const parseInstant = (value: string): number | null => {
  if (!instantForm.test(value)) return null;
  const instant = E.tryCatch(
    () => toEpochMs(value),
    () => null,
  );
  return E.isRight(instant) ? instant.right : null;
};

export const dateTime = parsed('an ISO 8601 date-time with Z or an offset', parseInstant);

/** `YYYY-MM-DD`, a day that there is. */
export const localDate = parsed('a day of the calendar, written YYYY-MM-DD', (date) => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return null;
  const read = E.tryCatch(
    () => Temporal.PlainDate.from(date, { overflow: 'reject' }).toString(),
    () => null,
  );
  return E.isRight(read) ? read.right : null;
});

/** `HH:MM` on the clock of a zone that is known elsewhere; `24:00` is the end of the day. */
export const localTime = textLike(
  5,
  /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/,
  'a time of day written HH:MM, 00:00 to 24:00',
);

const MAX_KNOWN_ZONES = 1_000;
/** Looking a zone up costs more than all else in a request. */
const lookUpZone = memoized(MAX_KNOWN_ZONES, (name: string): string | null => {
  const zone = E.tryCatch(
    () => new Temporal.ZonedDateTime(0n, name).timeZoneId,
    () => null,
  );
  return E.isRight(zone) ? zone.right : null;
});

const zoneId = (name: string): string | null =>
  /^[A-Za-z]/.test(name) && name.length <= 100 ? lookUpZone(name) : null;

/** In the spelling of the IANA database; offsets are no zones, since they know no summer time. */
export const timeZone = parsed('an IANA time zone such as Europe/Oslo', zoneId);

const mailAddress = (accepts: (address: MailAddress) => boolean): Codec<string> =>
  parsed('an e-mail address', (address) => {
    const read = parseMailAddress(address);
    return read !== null && accepts(read) ? address : null;
  });

/** A mail address as an operator may configure it: a domain of one label (`localhost`) too. */
export const operatorEmail = mailAddress(() => true);

/** A mail address as strangers may give it: a domain has two labels at least, so that a forgotten ending is found out. */
export const email = mailAddress(({ domain }) => domain.includes('.'));

/** International form (E.164), with or without spaces, dots, dashes and brackets. */
export const phone = parsed('a phone number in international form', (number) =>
  /^\+[0-9 ().-]{6,30}$/.test(number) && /^\+\d{6,15}$/.test(number.replace(/[^+\d]/g, '')) ? number : null,
);

/** The locales of Cal.com's API v2. */
const locales: ReadonlyArray<string> =
  'ar ca de es eu he id ja lv pl ro sr th vi az cs el es-419 fi hr it km nl pt ru sv tr zh-CN bg da en et fr hu iw ko no pt-BR sk ta uk zh-TW bn'.split(
    ' ',
  );

export const language = parsed("one of Cal.com's locales", (name) => (locales.includes(name) ? name : null));

const MAX_URL_LENGTH = 2_000;

/** An absolute http or https URL without a user name or password in it: URLs are shown and logged. */
export const webUrl: Codec<URL> = codec('an absolute URL with http or https', (value, context) => {
  if (typeof value !== 'string') return refuse(value, context, 'wrong_type', 'must be an absolute URL');
  const url = value.length > MAX_URL_LENGTH ? null : URL.parse(value);
  if (url === null)
    return refuse(value, context, 'bad_format', `must be an absolute URL of at most ${MAX_URL_LENGTH} characters`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return refuse(value, context, 'bad_format', 'must be http or https', shown(url.protocol.slice(0, -1)));
  return url.username === '' && url.password === ''
    ? t.success(url)
    : refuse(value, context, 'bad_format', 'must not contain a user name or password');
});

/** A link that people follow. */
export const webLink: Codec<string> = mapped(webUrl, ({ href }) => href);
