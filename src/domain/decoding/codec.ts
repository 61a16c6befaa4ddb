import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { isObject } from '../unknown.ts';
import { didYouMean, type Problem, type ProblemCode, shown } from './wording.ts';

/** A codec of io-ts that is used for reading alone. Everything it refuses it refuses by a `Problem`. */
export type Codec<A> = t.Type<A, unknown, unknown>;

/** So many problems of one list, and so many unknown keys of one object, are named. */
const MAX_NAMED = 20;

/** `is` answers whether `validate` takes the value, so it only tells something of codecs that change nothing. */
export const codec = <A>(
  name: string,
  validate: (value: unknown, context: t.Context) => t.Validation<A>,
): t.Type<A, unknown, unknown> =>
  new t.Type<A, unknown, unknown>(name, (value): value is A => E.isRight(validate(value, [])), validate, t.identity);

const failure = (problem: Problem): t.Validation<never> => E.left([problem]);

/** An absent value is always told as a missing one. */
export const refuse = (
  value: unknown,
  context: t.Context,
  code: ProblemCode,
  message: string,
  written?: string,
): t.Validation<never> =>
  value === undefined || value === null
    ? failure({ value, context, code: 'missing', message: 'is required' })
    : failure({ value, context, code, message, ...(written === undefined ? {} : { written }) });

/** What a check finds in a value that its codec has taken. `at`: keys and places that lead from the value to the fault. */
export type Fault = {
  readonly code: ProblemCode;
  readonly message: string;
  readonly at?: ReadonlyArray<string | number>;
};

/** Adds a check that needs the decoded value. It answers with the faults it found. */
export const checked = <A>(inner: Codec<A>, check: (value: A) => ReadonlyArray<Fault>): Codec<A> =>
  codec(inner.name, (value, context) => {
    const decoded = inner.validate(value, context);
    if (E.isLeft(decoded)) return decoded;
    const faults = check(decoded.right);
    const problemOf = ({ code, message, at = [] }: Fault): Problem => ({
      value,
      context: at.reduce<t.Context>(
        (above, key) => [...above, { key: typeof key === 'number' ? `[${key}]` : key, type: inner }],
        context,
      ),
      code,
      message,
    });
    return faults.length === 0 ? decoded : E.left(faults.map(problemOf));
  });

export const mapped = <A, B>(inner: Codec<A>, change: (value: A) => B): Codec<B> =>
  codec(inner.name, (value, context) => pipe(inner.validate(value, context), E.map(change)));

const unlessAbsent = <A, B>(inner: Codec<A>, fallback: B): Codec<A | B> =>
  codec<A | B>(inner.name, (value, context) =>
    value === undefined || value === null ? t.success(fallback) : inner.validate(value, context),
  );

/** `fallback` where nothing is said: no such key, or a key without a value (`null`). */
export const withDefault = <A>(inner: Codec<A>, fallback: NoInfer<A>): Codec<A> => unlessAbsent(inner, fallback);
export const optional = <A>(inner: Codec<A>): Codec<A | undefined> => unlessAbsent(inner, undefined);
export const nullable = <A>(inner: Codec<A>): Codec<A | null> => unlessAbsent(inner, null);

/** A part all of whose keys have defaults, which may be left out as a whole. */
export const section = <A>(inner: Codec<A>): Codec<A> =>
  codec(inner.name, (value, context) => inner.validate(value ?? {}, context));

/** A key of another name than the property that it is read into: `leaseMs` is `leaseInSeconds` in the file. */
export type Renamed<C extends t.Mixed> = { readonly key: string; readonly inner: C };
export const from = <C extends t.Mixed>(key: string, inner: C): Renamed<C> => ({ key, inner });

type Fields = { readonly [property: string]: t.Mixed | Renamed<t.Mixed> };
type Value<F> = F extends Renamed<infer C> ? t.TypeOf<C> : F extends t.Mixed ? t.TypeOf<F> : never;
type Flat<A> = { [P in keyof A]: A[P] };
/** What `optional` reads is no property where it is absent. */
type Decoded<F extends Fields> = Flat<
  { readonly [P in keyof F as undefined extends Value<F[P]> ? never : P]: Value<F[P]> } & {
    readonly [P in keyof F as undefined extends Value<F[P]> ? P : never]?: Exclude<Value<F[P]>, undefined>;
  }
>;

type ObjectOptions = {
  /** After "must be". */
  readonly name?: string;
  /** Keys that may be there and mean nothing; `any-other`: whatever else is there is not looked at. */
  readonly ignored?: ReadonlyArray<string> | 'any-other';
};

/** Whether a key stands in the object itself: `constructor` and `__proto__` never come from elsewhere. */
const ownValue = (value: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(value, key) ? value[key] : undefined;

/** An object with these keys and no others. Its keys are stated here alone; the first 20 unknown ones are named. */
export const object = <F extends Fields>(fields: F, { name = 'an object', ignored = [] }: ObjectOptions = {}) => {
  const entries = Object.entries(fields).map(([property, field]) =>
    'inner' in field ? { property, ...field } : { property, key: property, inner: field },
  );
  const known = new Set(entries.map(({ key }) => key));
  const accepted = ignored === 'any-other' ? known : new Set([...known, ...ignored]);
  const unknownKeys = (value: object, context: t.Context): ReadonlyArray<Problem> => {
    const found: Problem[] = [];
    for (const key in value) {
      if (found.length >= MAX_NAMED) break;
      if (!accepted.has(key) && Object.hasOwn(value, key))
        found.push({
          value,
          context: t.appendContext(context, key, t.unknown),
          code: 'unknown_key',
          message: `is not a known key${didYouMean(key, [...known])}`,
        });
    }
    return found;
  };
  return codec<Decoded<F>>(name, (value, context) => {
    if (!isObject(value)) return refuse(value, context, 'wrong_type', `must be ${name}`);
    const problems: t.ValidationError[] = [];
    const decoded: Record<string, unknown> = {};
    for (const { property, key, inner } of entries) {
      const part = inner.validate(ownValue(value, key), t.appendContext(context, key, inner));
      if (E.isLeft(part)) problems.push(...part.left);
      else if (part.right !== undefined) decoded[property] = part.right;
    }
    if (ignored !== 'any-other') problems.push(...unknownKeys(value, context));
    // Every property has been read by its own codec; TypeScript cannot see that through the loop.
    return problems.length === 0 ? t.success(decoded as Decoded<F>) : E.left(problems);
  });
};

/** An object whose key `type` says which of several it is. Each codec knows its `type` as a `literal`. */
export const variants = <C extends Readonly<Record<string, t.Mixed>>>(codecs: C): Codec<t.TypeOf<C[keyof C]>> => {
  const choices = Object.keys(codecs).join(', ');
  const name = `an object with a type: ${choices}`;
  return codec(name, (value, context) => {
    if (!isObject(value)) return refuse(value, context, 'wrong_type', `must be ${name}`);
    const type = ownValue(value, 'type');
    const chosen = typeof type === 'string' && Object.hasOwn(codecs, type) ? codecs[type] : undefined;
    return chosen === undefined
      ? refuse(
          type,
          t.appendContext(context, 'type', t.string),
          'not_one_of',
          `must be one of ${choices}${typeof type === 'string' ? didYouMean(type, Object.keys(codecs)) : ''}`,
        )
      : chosen.validate(value, context);
  });
};

/** A list of at most `max` items; a longer one is refused unread. Items are read until 20 problems are found. */
export const list = <A>(item: Codec<A>, max: number, min = 0): Codec<ReadonlyArray<A>> => {
  const name = min === 0 ? `a list of at most ${max} items` : `a list of ${min} to ${max} items`;
  return codec<ReadonlyArray<A>>(`${name}, each ${item.name}`, (value, context) => {
    if (!Array.isArray(value)) return refuse(value, context, 'wrong_type', `must be ${name}`);
    if (value.length < min || value.length > max)
      return refuse(value, context, 'out_of_range', `must be ${name}, not ${value.length}`);
    const problems: t.ValidationError[] = [];
    const decoded: A[] = [];
    for (const [place, element] of value.entries()) {
      if (problems.length >= MAX_NAMED) break;
      const part = item.validate(element, t.appendContext(context, `[${place}]`, item));
      if (E.isLeft(part)) problems.push(...part.left);
      else decoded.push(part.right);
    }
    return problems.length === 0 ? t.success(decoded) : E.left(problems);
  });
};

/** A fault at each value that an earlier one has already. `key`: of the list's items, where the values are only a part of them. */
export const duplicates = (values: ReadonlyArray<string | number>, key?: string): ReadonlyArray<Fault> => {
  const first = new Map<string | number, number>();
  return values.flatMap((value, place): ReadonlyArray<Fault> => {
    const earlier = first.get(value);
    if (earlier !== undefined) {
      const at = key === undefined ? [place] : [place, key];
      return [{ at, code: 'duplicate', message: `${shown(String(value))} is already at [${earlier}]` }];
    }
    first.set(value, place);
    return [];
  });
};
