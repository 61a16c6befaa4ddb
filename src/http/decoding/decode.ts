import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import type { ApiError, FieldError } from '../errors/api-error.ts';
import { fieldError, fieldErrors } from '../errors/api-error.ts';

/** The names that an object may have; `true` says no more of what is inside. */
export type Shape = { readonly [name: string]: true | Shape };

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const unknownNames = (shape: Shape, value: unknown, path: string): ReadonlyArray<FieldError> => {
  if (!isRecord(value)) return [];
  let found: ReadonlyArray<FieldError> = [];
  for (const name in value) {
    const inside = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (inside === true) continue;
    found = [
      ...found,
      ...(inside === undefined
        ? [fieldError(`${path}${name}`, 'unknown', `${path}${name} is not known here`)]
        : unknownNames(inside, value[name], `${path}${name}.`)),
    ];
  }
  return found;
};

const asField = ({ context, value }: t.ValidationError): FieldError => {
  const path = context.map(({ key }) => key).filter((key) => key !== '');
  const field = path.length === 0 ? 'body' : path.join('.');
  return value === undefined
    ? fieldError(field, 'required', `${field} is required`)
    : fieldError(field, 'invalid', `${field} must be ${context.at(-1)?.type.name ?? 'valid'}`);
};

/** So many wrong fields are named at most. */
const MAX_FIELD_ERRORS = 20;

/** One decode of a body; every wrong, missing or unknown property is named. */
export const decodeBody =
  <A>(codec: t.Type<A, unknown, unknown>, shape: Shape | null) =>
  (value: unknown): E.Either<ApiError, A> => {
    const decoded = codec.decode(value);
    const strange = shape === null ? [] : unknownNames(shape, value, '');
    if (E.isRight(decoded) && strange.length === 0) return E.right(decoded.right);
    const wrong = E.isLeft(decoded) ? decoded.left.map(asField) : [];
    return E.left(fieldErrors([...wrong, ...strange].slice(0, MAX_FIELD_ERRORS)));
  };
