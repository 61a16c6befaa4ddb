import { isObject } from '../unknown.ts';
import type { Json, Envelope, JsonObject } from './envelope.ts';
import { isSealed } from './sealed-data.ts';

/** Key by key: right for every value, and slow. */
const spelled = (value: Json): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(spelled).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member === undefined) continue;
    text += `${text === '' ? '{' : ','}${JSON.stringify(key)}:${spelled(member)}`;
  }
  return text === '' ? '{}' : `${text}}`;
};

/**
 * Keys that need not stay where they are added to an object: integers move to the front (ECMA-262, 10.1.11.1), and
 * `__proto__` is no key in an assignment. By the first character, which refuses some more.
 */
const mayMove = (key: string): boolean => {
  const first = key.charCodeAt(0);
  return (first >= 0x30 && first <= 0x39) || first === 0x5f;
};

const sameKeys = (one: ReadonlyArray<string>, other: ReadonlyArray<string>): boolean => {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index += 1) if (one[index] !== other[index]) return false;
  return true;
};

/** `ordered`: the same keys in order; null: an object would not keep them so. */
type KeyOrder = { readonly keys: ReadonlyArray<string>; readonly ordered: ReadonlyArray<string> | null };

/** Objects of events have some hundred lists of keys: their order is remembered, by the first key. */
const MOST_FIRST_KEYS = 256;
const MOST_ORDERS = 32;
const orders = new Map<string, KeyOrder[]>();
const orderOf = (keys: ReadonlyArray<string>): ReadonlyArray<string> | null => {
  const known = orders.get(keys[0] ?? '') ?? [];
  for (const order of known) if (sameKeys(order.keys, keys)) return order.ordered;
  const order = { keys, ordered: keys.some(mayMove) ? null : keys.toSorted() };
  if (known.length < MOST_ORDERS && orders.size < MOST_FIRST_KEYS) orders.set(keys[0] ?? '', [...known, order]);
  return order.ordered;
};

/** The same value with its keys added in order, all the way down; undefined where an object would not keep them so. */
const sorted = (value: Json): Json | undefined => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map(sorted);
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  if (!isObject(value)) return undefined;
  const keys = orderOf(Object.keys(value));
  if (keys === null) return undefined;
  const copy: Record<string, Json> = {};
  for (const key of keys) {
    const member = value[key];
    if (member === undefined) continue;
    const next = typeof member === 'object' ? sorted(member) : member;
    if (next === undefined) return undefined;
    copy[key] = next;
  }
  return copy;
};

/**
 * The one spelling of a JSON value (RFC 8785, JSON Canonicalization Scheme): keys sorted by UTF-16 code units, no
 * white space, numbers as ECMAScript writes them. Anybody can compute it again, in any language. One native
 * `JSON.stringify` of a sorted copy takes half the time of spelling key by key.
 */
export const canonicalJson = (value: Json): string => {
  const copy = sorted(value);
  return copy === undefined ? spelled(value) : JSON.stringify(copy);
};

/** As `sorted`, for every object: keys that move to the front do so wherever the JSON is read. */
const sortedAnyway = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(sortedAnyway);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(
    keys.flatMap((key) => (value[key] === undefined ? [] : [[key, sortedAnyway(value[key])] as const])),
  );
};

/** The same value with its keys in canonical order: what is written is then, key by key, what is read again. */
const inCanonicalOrder = <A extends Json>(value: A): A => (sorted(value) ?? sortedAnyway(value)) as A;

/** The hash before a stream's first event. */
export const GENESIS_HASH = '';

/** An event on its way into the log, not chained yet. */
type UnsealedEvent = Omit<Envelope, 'hash'>;

/** Hash of the event before it and of this event's canonical form, personal data sealed or as a digest. Lower-case hex. */
export const chainedHash =
  (sha256: Sha256) =>
  (previousHash: string, event: UnsealedEvent): string => {
    const { id, type, version, data, occurredAt, actor, correlationId, causationId } = event;
    const erased = erasePersonal(sha256)(data);
    // In the order of the canonical form, which spares sorting.
    const content = { actor: { ...actor }, causationId, correlationId, data: erased, id, occurredAt, type, version };
    return sha256(`${previousHash}${canonicalJson(content)}`);
  };

/** Chains new events of one stream to its last hash, in order. Their data is in canonical order, as it is hashed. */
export const seal =
  (sha256: Sha256) =>
  (previousHash: string, events: ReadonlyArray<UnsealedEvent>): ReadonlyArray<Envelope> => {
    let previous = previousHash;
    return events.map((event) => {
      previous = chainedHash(sha256)(previous, event);
      const actor = inCanonicalOrder({ ...event.actor });
      return { ...event, data: inCanonicalOrder(event.data), actor, hash: previous };
    });
  };

/** Where a chain breaks, if it does: index of the first event whose hash is not what its content and past make it. */
export const firstBrokenLink =
  (sha256: Sha256) =>
  (previousHash: string, events: ReadonlyArray<Envelope>): number | null => {
    let previous = previousHash;
    for (const [index, event] of events.entries()) {
      if (chainedHash(sha256)(previous, event) !== event.hash) return index;
      previous = event.hash;
    }
    return null;
  };

/** SHA-256 of the text's UTF-8 bytes in lower-case hex. Handed in, so that the domain stays free of libraries. */
export type Sha256 = (text: string) => string;

/** What is left of personal data that was erased or sealed later: its digest, which proves that it was there and says nothing of it. */
const erasedDigest = (personal: JsonObject): string | null =>
  typeof personal.erased === 'string' && Object.keys(personal).every((key) => key === 'erased' || key === 'sealed')
    ? personal.erased
    : null;

/**
 * The same data as the hash chain sees its personal part. Sealed parts (`sealed-data.ts`) are hashed as they are stored, so
 * the chain covers the ciphertext, and needs no key. What an earlier program wrote in the clear is hashed as the digest of its
 * canonical form, so sealing or erasing it later leaves the chain intact (I12): the random `salt` beside personal fields
 * keeps that digest from being guessed.
 */
export const erasePersonal =
  (sha256: Sha256) =>
  (data: JsonObject): JsonObject => {
    const { personal } = data;
    if (!isObject(personal) || (isSealed(personal) && personal.erased === undefined)) return data;
    return { ...data, personal: { erased: erasedDigest(personal) ?? sha256(canonicalJson(personal)) } };
  };

const PERSONAL = '"personal":';

/** A part of an event's text, and what the hash chain has in its place; null: that part is not spelled canonically. */
type Replaced = { readonly from: number; readonly to: number; readonly by: string } | null;

/** Its personal part, as `erasePersonal` leaves it. */
const replacedPersonal = (sha256: Sha256, body: string, { personal }: JsonObject): Replaced => {
  if (!isObject(personal) || (isSealed(personal) && personal.erased === undefined)) return { from: 0, to: 0, by: '' };
  const text = JSON.stringify(personal);
  const from = body.indexOf(PERSONAL) + PERSONAL.length;
  if (!body.startsWith(text, from)) return null;
  const digest = erasedDigest(personal) ?? sha256(text);
  return { from, to: from + text.length, by: `{"erased":${JSON.stringify(digest)}}` };
};

/**
 * Whether a body is spelled canonically and the hash of its event is the one that its text and the event before make:
 * `chainedHash` without spelling the event again. False says nothing: the event may have been written in another order.
 */
export const isChainedText =
  (sha256: Sha256) =>
  (previousHash: string, body: string, { hash, data }: Pick<Envelope, 'hash' | 'data'>): boolean => {
    const member = `"hash":"${hash}",`;
    const at = body.lastIndexOf(member);
    const personal = replacedPersonal(sha256, body, data);
    // `data` comes before `hash`.
    if (personal === null || at < personal.to || at <= 0) return false;
    const { from, to, by } = personal;
    const before = to === 0 ? body.slice(0, at) : `${body.slice(0, from)}${by}${body.slice(to, at)}`;
    return sha256(`${previousHash}${before}${body.slice(at + member.length)}`) === hash;
  };
