import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { publicMailAddressCodec } from '../../domain/mail/mail-address.ts';

/** A codec whose name says, after "must be", what is wanted. */
const refined = <A>(wanted: string, is: (value: unknown) => value is A): t.Type<A, A, unknown> =>
  new t.Type(wanted, is, (value, context) => (is(value) ? t.success(value) : t.failure(value, context)), t.identity);

const parsed = <A>(wanted: string, parse: (text: string) => A | null): t.Type<A, A, unknown> =>
  new t.Type<A, A, unknown>(
    wanted,
    (value): value is A => value !== null,
    (value, context) => {
      const result = typeof value === 'string' ? parse(value) : null;
      return result === null ? t.failure(value, context) : t.success(result);
    },
    t.identity,
  );

/** A codec that hands to `inner` what it does not take itself, so that the keys of an object are stated there alone. */
export const wrapping = <C extends t.Mixed>(codec: C, inner: t.Mixed): C => Object.assign(codec, { inner });

/** Absent is fine; unlike a union it keeps the codec's own words in errors, and its fields' plain paths. */
export const optional = <A>(codec: t.Type<A, A, unknown>): t.Type<A | undefined, A | undefined, unknown> =>
  wrapping(
    new t.Type(
      codec.name,
      (value): value is A | undefined => value === undefined || codec.is(value),
      (value, context) => (value === undefined ? t.success(undefined) : codec.validate(value, context)),
      t.identity,
    ),
    codec,
  );

const isText = (value: unknown): value is string => typeof value === 'string';

/** One line: names and the like end up in mail headers and calendars. */
export const line = (max: number) =>
  parsed(`one line of 1 to ${max} characters`, (text) => {
    const trimmed = text.trim();
    return trimmed !== '' && trimmed.length <= max && !/\p{Cc}/u.test(trimmed) ? trimmed : null;
  });

export const text = (max: number) =>
  refined(`a text of at most ${max} characters`, (value): value is string => isText(value) && value.length <= max);

const instantForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)$/i;

/** Epoch milliseconds of an ISO 8601 date-time that says where it stands; null for anything else. */
export const parseInstant = (value: string): number | null => {
  if (!instantForm.test(value)) return null;
  const instant = E.tryCatch(
    () => Temporal.Instant.from(value).epochMilliseconds,
    () => null,
  );
  return E.isRight(instant) ? instant.right : null;
};

export const instant = parsed('an ISO 8601 date-time with Z or an offset', parseInstant);

export const email = publicMailAddressCodec;

/** International form (E.164), with or without spaces, dots, dashes and brackets. */
export const isPhone = (value: unknown): value is string =>
  isText(value) && /^\+[0-9 ().-]{6,30}$/.test(value) && /^\+\d{6,15}$/.test(value.replace(/[^+\d]/g, ''));

export const phone = refined('a phone number in international form', isPhone);

const MAX_KNOWN_ZONES = 1_000;
const knownZones = new Map<string, string>();

const zoneId = (name: string): string | null => {
  if (!/^[A-Za-z]/.test(name) || name.length > 100) return null;
  const known = knownZones.get(name);
  if (known !== undefined) return known;
  const zone = E.tryCatch(
    () => new Temporal.ZonedDateTime(0n, name).timeZoneId,
    () => null,
  );
  if (E.isLeft(zone)) return null;
  if (knownZones.size < MAX_KNOWN_ZONES) knownZones.set(name, zone.right);
  return zone.right;
};

/** In the spelling of the IANA database; offsets are no zones. */
export const timeZone = parsed('an IANA time zone', zoneId);

export const naturalNumber = refined(
  'a whole number from 1',
  (value): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 1,
);

/** The locales of Cal.com's API v2. */
const locales: ReadonlySet<unknown> = new Set(
  'ar ca de es eu he id ja lv pl ro sr th vi az cs el es-419 fi hr it km nl pt ru sv tr zh-CN bg da en et fr hu iw ko no pt-BR sk ta uk zh-TW bn'.split(
    ' ',
  ),
);

export const language = refined("one of Cal.com's locales", (value): value is string => locales.has(value));
