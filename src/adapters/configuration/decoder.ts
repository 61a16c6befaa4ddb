import { sequenceS } from 'fp-ts/lib/Apply.js';
import * as E from 'fp-ts/lib/Either.js';
import * as RA from 'fp-ts/lib/ReadonlyArray.js';
import type { ConfigurationError, ConfigurationErrorCode } from '../../application/configuration-error.ts';
import { isObject } from '../../domain/unknown.ts';

const MAX_SHOWN = 60;

/** What was written, for messages; never used where a secret may stand. */
export const shown = (text: string): string =>
  JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);

export type Errors = ReadonlyArray<ConfigurationError>;
export type Validated<A> = E.Either<Errors, A>;

/** Reads a parsed value that stands at `path`, and tells everything that is wrong with it, not only the first thing. */
export type Decoder<A> = (value: unknown, path: string) => Validated<A>;

const collecting = E.getApplicativeValidation(RA.getSemigroup<ConfigurationError>());

/** All parts, or the errors of all parts. */
export const all = sequenceS(collecting);
export const allOf = RA.sequence(collecting);

export const problem = (path: string, code: ConfigurationErrorCode, message: string): Errors => [
  { path, code, message },
];

export const fail = (path: string, code: ConfigurationErrorCode, message: string): Validated<never> =>
  E.left(problem(path, code, message));

/** Adds a check that needs the decoded value. It answers with the errors it found. */
export const checked =
  <A>(decoder: Decoder<A>, check: (value: A, path: string) => Errors): Decoder<A> =>
  (value, path) =>
    E.chain((decoded: A) => {
      const errors = check(decoded, path);
      return errors.length === 0 ? E.right(decoded) : E.left(errors);
    })(decoder(value, path));

export const mapped =
  <A, B>(decoder: Decoder<A>, change: (value: A) => B): Decoder<B> =>
  (value, path) =>
    E.map(change)(decoder(value, path));

/** `undefined` and `null` (a key without a value) count as absent. */
export const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

export const nullable =
  <A>(decoder: Decoder<A>): Decoder<A | null> =>
  (value, path) =>
    isAbsent(value) ? E.right(null) : decoder(value, path);

/** Edits that a slip of the finger makes; more and it is another word. */
const MAX_DISTANCE = 3;

/** Levenshtein's distance: letters to insert, remove or replace. Recursion is fine for words of this length. */
const distance = (a: string, b: string, limit: number): number => {
  if (a === '' || b === '' || limit <= 0) {
    return a.length + b.length;
  }
  if (a[0] === b[0]) {
    return distance(a.slice(1), b.slice(1), limit);
  }
  const removed = distance(a.slice(1), b, limit - 1);
  const inserted = distance(a, b.slice(1), limit - 1);
  const replaced = distance(a.slice(1), b.slice(1), limit - 1);
  return 1 + Math.min(removed, inserted, replaced);
};

/** Small when the words are alike; one that begins like the other (a forgotten unit) counts as one edit. */
const unlikeness = (written: string, known: string): number => {
  const [a, b] = [written.toLowerCase(), known.toLowerCase()];
  const extended = a.length >= 4 && (b.startsWith(a) || a.startsWith(b));
  return extended ? 1 : distance(a, b, MAX_DISTANCE + 1);
};

/** `; did you mean "slug"?`, or nothing when no known word is near. Only short words are compared. */
export const didYouMean = (written: string, known: ReadonlyArray<string>): string => {
  if (written.length > 60) {
    return '';
  }
  const [nearest] = known
    .map((word) => ({ word, edits: unlikeness(written, word) }))
    .filter(({ word, edits }) => edits <= Math.min(MAX_DISTANCE, word.length / 2))
    .toSorted((a, b) => a.edits - b.edits);
  return nearest === undefined ? '' : `; did you mean "${nearest.word}"?`;
};

/** Hands out the keys of one mapping. Keys that were never asked for are unknown. */
export type Keys = {
  readonly required: <A>(key: string, decoder: Decoder<A>) => Validated<A>;
  readonly optional: <A>(key: string, decoder: Decoder<A>, fallback: A) => Validated<A>;
};

type Mapping = Readonly<Record<string, unknown>>;

const keyPath = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

const ownValue = (mapping: Mapping, key: string): unknown => (Object.hasOwn(mapping, key) ? mapping[key] : undefined);

const reader = (mapping: Mapping, path: string, known: Set<string>): Keys => ({
  required: (key, decoder) => {
    known.add(key);
    const value = ownValue(mapping, key);
    return isAbsent(value) ? fail(keyPath(path, key), 'missing', 'is required') : decoder(value, keyPath(path, key));
  },
  optional: (key, decoder, fallback) => {
    known.add(key);
    const value = ownValue(mapping, key);
    return isAbsent(value) ? E.right(fallback) : decoder(value, keyPath(path, key));
  },
});

const unknownKeys = (mapping: Mapping, path: string, known: ReadonlySet<string>): ReadonlyArray<Validated<never>> =>
  Object.keys(mapping)
    .filter((key) => !known.has(key))
    .map((key) => fail(keyPath(path, key), 'unknown_key', `is not a known key${didYouMean(key, [...known])}`));

/** A mapping. `read` must ask for every key it knows before it looks at any of them. */
export const object =
  <A>(read: (keys: Keys) => Validated<A>): Decoder<A> =>
  (value, path) => {
    if (!isObject(value)) {
      return fail(path === '' ? '(file)' : path, 'wrong_type', 'must be a mapping of keys to values');
    }
    const known = new Set<string>();
    const decoded = read(reader(value, path, known));
    const noUnknown = allOf(unknownKeys(value, path, known));
    return E.map((both: { readonly decoded: A }) => both.decoded)(all({ decoded, noUnknown }));
  };

/** A mapping whose key `type` says which of several it is. */
export const variants =
  <A>(decoders: Readonly<Record<string, Decoder<A>>>): Decoder<A> =>
  (value, path) => {
    const type = isObject(value) ? ownValue(value, 'type') : undefined;
    const decoder = typeof type === 'string' && Object.hasOwn(decoders, type) ? decoders[type] : undefined;
    if (decoder !== undefined) {
      return decoder(value, path);
    }
    return isObject(value)
      ? fail(keyPath(path, 'type'), 'not_one_of', `must be one of ${Object.keys(decoders).join(', ')}`)
      : fail(path, 'wrong_type', 'must be a mapping of keys to values');
  };

export type Placed = { readonly value: unknown; readonly path: string };

/** An error at each value that an earlier one has already. Only texts and numbers are compared. */
export const duplicates = (values: ReadonlyArray<Placed>): Errors => {
  const first = new Map<unknown, string>();
  return values.flatMap(({ value, path }): Errors => {
    if (typeof value !== 'string' && typeof value !== 'number') {
      return [];
    }
    const earlier = first.get(value);
    if (earlier === undefined) {
      first.set(value, path);
      return [];
    }
    return [{ path, code: 'duplicate', message: `${shown(String(value))} is already at ${earlier}` }];
  });
};

/** The values of a list of texts with their places. */
export const placed = (values: ReadonlyArray<unknown>, path: string): ReadonlyArray<Placed> =>
  values.map((value, place) => ({ value, path: `${path}[${place}]` }));

/** The values that stand under one key of each item of a list. */
export const placedUnder = <K extends string>(
  items: ReadonlyArray<{ readonly [key in K]: unknown }>,
  path: string,
  key: K,
): ReadonlyArray<Placed> => items.map((item, place) => ({ value: item[key], path: `${path}[${place}].${key}` }));
