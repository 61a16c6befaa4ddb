import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type * as t from 'io-ts';
import type { Codec } from '../../domain/decoding/codec.ts';
import { problemOf } from '../../domain/decoding/wording.ts';
import { fieldPath } from '../../domain/decoding/wording.ts';
import type { ApiError, FieldError } from '../errors/api-error.ts';
import { fieldError, fieldErrors } from '../errors/api-error.ts';
import { isObject } from '../../domain/unknown.ts';

/** So many wrong fields are named at most. */
const MAX_FIELD_ERRORS = 20;

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

/** One decode of a body; every wrong, missing or unknown property is named, up to 20 of them. */
export const decodeBody =
  <A>(codec: Codec<A>) =>
  (value: unknown): E.Either<ApiError, A> =>
    pipe(
      codec.decode(value),
      E.mapLeft((errors) => fieldErrors(errors.slice(0, MAX_FIELD_ERRORS).map(asField))),
    );

/** A query value given once; null when absent or empty; undefined when it is something else than one text. */
export const oneText = (value: unknown): string | null | undefined => {
  if (value === undefined || value === '') return null;
  return typeof value === 'string' ? value : undefined;
};

/**
 * A query value as a list: `a=1,2`, `a=1&a=2` and `a[]=1` are the same to Cal.com's clients. Null when
 * absent; undefined when it is no list of texts.
 */
export const textList = (value: unknown): ReadonlyArray<string> | null | undefined => {
  if (value === undefined || value === '') return null;
  const values: ReadonlyArray<unknown> = Array.isArray(value)
    ? value
    : isObject(value)
      ? Object.values(value)
      : [value];
  const texts = values.filter((one) => typeof one === 'string');
  if (texts.length !== values.length) return undefined;
  return texts.flatMap((text) => text.split(',')).filter((text) => text !== '');
};
