import * as t from 'io-ts';
import { isObject } from '../unknown.ts';

/** What JSON can say; the only thing an event's data may hold. */
export type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Objects and lists within each other, of which an event of ours has at most six. */
export const MAX_JSON_DEPTH = 64;

/**
 * Whether a parsed value is nested deeper than that. Parsing does not mind depth, and everything after it recurses: what
 * comes from outside or from a file is asked this first. Its own recursion ends there too.
 */
export const isTooDeep = (value: unknown, levels = MAX_JSON_DEPTH): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) {
    for (const item of value) if (isTooDeep(item, levels - 1)) return true;
    return false;
  }
  if (isObject(value)) for (const key in value) if (isTooDeep(value[key], levels - 1)) return true;
  return false;
};

/** Who caused an event. `id` is a host id or an API key id, never a name or an address (I12). */
export type Actor = { readonly kind: 'guest' | 'host' | 'operator' | 'system'; readonly id?: string };

/**
 * An event as it is written: a storage format. Personal data lies in `data.personal` and nowhere else (I12).
 * `occurredAt` is a UTC instant in ISO 8601. `hash` chains the event to the one before it in its stream.
 */
export type Envelope = {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly data: JsonObject;
  readonly occurredAt: string;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly hash: string;
};

/** An event as it is read: where it stands in its stream (zero-based) and in the whole log (gaps are allowed). */
export type RecordedEvent = Envelope & {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
};

const time = String.raw`T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z$`;
/** Days that every year has. */
const days = String.raw`((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))`;
const instantShape = new RegExp(String.raw`^\d{4}-${days}${time}`);
const leapDay = new RegExp(String.raw`^\d{4}-02-29${time}`);
const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const isInstant = (u: unknown): u is string =>
  typeof u === 'string' && (instantShape.test(u) || (leapDay.test(u) && isLeapYear(Number(u.slice(0, 4)))));

/**
 * A UTC instant in ISO 8601, as events spell it, at a day that there is: whoever changes a log may write another. Checked by
 * shape, which costs a tenth of asking Temporal.
 */
export const instantCodec = new t.Type<string, string, unknown>(
  'Instant',
  isInstant,
  (u, context) => (isInstant(u) ? t.success(u) : t.failure(u, context)),
  t.identity,
);

export const orNull = <C extends t.Mixed>(codec: C) => t.union([codec, t.null]);

/** Random text beside personal fields: it makes their digest worthless for guessing, and is erased with them (I12). */
export const saltCodec = t.string;

export const spanCodec = t.type({ start: instantCodec, end: instantCodec });
