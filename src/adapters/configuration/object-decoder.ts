import * as E from 'fp-ts/lib/Either.js';
import { all, allOf, type Decoder, fail, isAbsent, type Validated } from './decoder.ts';
import { didYouMean } from './did-you-mean.ts';

/** Hands out the keys of one mapping. Keys that were never asked for are unknown. */
export type Keys = {
  readonly required: <A>(key: string, decoder: Decoder<A>) => Validated<A>;
  readonly optional: <A>(key: string, decoder: Decoder<A>, fallback: A) => Validated<A>;
};

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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
    if (!isMapping(value)) {
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
    const type = isMapping(value) ? ownValue(value, 'type') : undefined;
    const decoder = typeof type === 'string' && Object.hasOwn(decoders, type) ? decoders[type] : undefined;
    if (decoder !== undefined) {
      return decoder(value, path);
    }
    return isMapping(value)
      ? fail(keyPath(path, 'type'), 'not_one_of', `must be one of ${Object.keys(decoders).join(', ')}`)
      : fail(path, 'wrong_type', 'must be a mapping of keys to values');
  };
