import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type * as t from 'io-ts';
import { checked, type Codec, codec, object, optional, refuse } from '../../domain/decoding/codec.ts';
import { parsed, text } from '../../domain/decoding/values.ts';
import { problemOf } from '../../domain/decoding/wording.ts';
import { fieldPath } from '../../domain/decoding/wording.ts';
import type { ApiError, FieldError } from '../errors/api-error.ts';
import { fieldError, fieldErrors } from '../errors/api-error.ts';
import { isObject } from '../../domain/unknown.ts';

/** Codes of the API: coarser than those of the codecs, and never renamed. */
const fieldCode = (error: t.ValidationError): string => {
  const { code } = problemOf(error);
  if (code === 'missing') return 'required';
  if (code === 'unknown_key') return 'unknown';
  return code === 'out_of_range' && Array.isArray(error.value) ? 'too_many' : 'invalid';
};

/** `attendee.email`, `guests.0`. */
const asField = (error: t.ValidationError): FieldError => {
  const field = fieldPath(error.context).replaceAll(/\[(\d+)\]/g, '.$1') || 'body';
  return fieldError(field, fieldCode(error), `${field} ${problemOf(error).message}`);
};

/** Reads a body; every wrong, missing or unknown property is named, up to 20 of them. */
export const decodeBody =
  <A>(codec: Codec<A>) =>
  (value: unknown): E.Either<ApiError, A> =>
    pipe(
      codec.decode(value),
      E.mapLeft((errors) => fieldErrors(errors.map(asField))),
    );

/** A query parameter given once; null when absent or empty; undefined when it is something else than one text. */
export const oneText = (value: unknown): string | null | undefined => {
  if (value === undefined || value === '') return null;
  return typeof value === 'string' ? value : undefined;
};

/** UTF-16 units of one query parameter. */
const MAX_PARAMETER = 2_000;
export const parameter = text(MAX_PARAMETER);

/** A whole number in a query, written in digits alone. */
export const numeral = (min = 0, max = Number.MAX_SAFE_INTEGER): Codec<number> =>
  parsed(`a whole number from ${min}${max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`}`, (digits) => {
    const number = /^\d{1,15}$/.test(digits) ? Number(digits) : null;
    return number !== null && number >= min && number <= max ? number : null;
  });

const partsOf = (value: unknown): ReadonlyArray<unknown> => {
  // The query parser makes an object of more than twenty repeated values.
  const given: ReadonlyArray<unknown> = isObject(value) ? Object.values(value) : [value].flat();
  return given.flatMap((part) => (typeof part === 'string' ? part.split(',') : [part])).filter((part) => part !== '');
};

/** A list in a query: `a=1,2`, `a=1&a=2` and `a[]=1&a[]=2` are the same to Cal.com's clients. */
export const parameterList = <A>(item: Codec<A>): Codec<ReadonlyArray<A>> => {
  const name = `a list, each ${item.name}`;
  return codec<ReadonlyArray<A>>(name, (value, context) => {
    if (value === undefined || value === null) return refuse(value, context, 'missing', 'is required');
    const decoded = pipe(
      partsOf(value),
      E.traverseArray((part) => item.decode(part)),
    );
    return E.isRight(decoded) ? decoded : refuse(value, context, 'bad_format', `must be ${name}`);
  });
};

/**
 * Reads a query, whose parameters `inner` states as `object` does: what it does not know is refused by name. A parameter
 * without a value (`?take=`) counts as absent.
 */
export const decodeQuery = <A>(inner: Codec<A>) => {
  const decode = decodeBody(inner);
  return (query: Readonly<Record<string, unknown>>): E.Either<ApiError, A> =>
    decode(Object.fromEntries(Object.entries(query).map(([name, value]) => [name, value === '' ? undefined : value])));
};

/** No parameter at all. */
/** Parameters of a period, which does not end before it begins: nothing would be in it, and that would look like an answer. */
export const periodOf = <A extends { readonly from: number | null; readonly to: number | null }>(
  query: Codec<A>,
): Codec<A> =>
  checked(query, ({ from, to }) =>
    from !== null && to !== null && to < from
      ? [{ at: ['to'], code: 'wrong_order', message: 'must not be before from' }]
      : [],
  );

export const noParameters = object({});
/** The guest's token alone, see `access/caller.ts`. */
export const tokenParameter = object({ token: optional(parameter) });
