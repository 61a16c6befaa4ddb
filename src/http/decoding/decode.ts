import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { ApiError, FieldError } from '../errors/api-error.ts';
import { fieldError, fieldErrors } from '../errors/api-error.ts';

/** So many wrong fields are named at most. */
const MAX_FIELD_ERRORS = 20;

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Props = { readonly [key: string]: t.Mixed };

const isObjectCodec = (codec: t.Mixed): codec is t.InterfaceType<Props> => codec instanceof t.InterfaceType;

/** The keys that a codec knows, with their codecs, also behind `optional`; null: it does not look at keys. */
const propsOf = (codec: t.Mixed): Props | null => {
  if (isObjectCodec(codec)) return codec.props;
  return 'inner' in codec && codec.inner instanceof t.Type ? propsOf(codec.inner) : null;
};

/** Keys that the codec does not know, and at most as many as are named. `ignored` counts at the top alone. */
const unknownNames = (codec: t.Mixed, value: unknown, ignored: ReadonlyArray<string>): ReadonlyArray<FieldError> => {
  const found: FieldError[] = [];
  const look = (at: t.Mixed, inside: unknown, path: string): void => {
    const props = propsOf(at);
    if (props === null || !isRecord(inside)) return;
    for (const name in inside) {
      if (found.length >= MAX_FIELD_ERRORS) return;
      const known = Object.hasOwn(props, name) ? props[name] : undefined;
      if (known !== undefined) look(known, inside[name], `${path}${name}.`);
      else if (path !== '' || !ignored.includes(name))
        found.push(fieldError(`${path}${name}`, 'unknown', `${path}${name} is not known here`));
    }
  };
  look(codec, value, '');
  return found;
};

const asField = ({ context, value }: t.ValidationError): FieldError => {
  const path = context.map(({ key }) => key).filter((key) => key !== '');
  const field = path.length === 0 ? 'body' : path.join('.');
  return value === undefined
    ? fieldError(field, 'required', `${field} is required`)
    : fieldError(field, 'invalid', `${field} must be ${context.at(-1)?.type.name ?? 'valid'}`);
};

/**
 * One decode of a body; every wrong, missing or unknown property is named, up to 20 of them. The codec says which keys
 * there are. `ignored`: keys that may be there and mean nothing; `any-other`: whatever else is there is not looked at.
 */
export const decodeBody =
  <A>(codec: t.Type<A, unknown, unknown>, ignored: ReadonlyArray<string> | 'any-other' = []) =>
  (value: unknown): E.Either<ApiError, A> => {
    const decoded = codec.decode(value);
    const strange = ignored === 'any-other' ? [] : unknownNames(codec, value, ignored);
    if (E.isRight(decoded) && strange.length === 0) return E.right(decoded.right);
    const wrong = E.isLeft(decoded) ? decoded.left.slice(0, MAX_FIELD_ERRORS).map(asField) : [];
    return E.left(fieldErrors([...wrong, ...strange].slice(0, MAX_FIELD_ERRORS)));
  };

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
    : typeof value === 'object' && value !== null
      ? Object.values(value)
      : [value];
  const texts = values.filter((one) => typeof one === 'string');
  if (texts.length !== values.length) return undefined;
  return texts.flatMap((text) => text.split(',')).filter((text) => text !== '');
};
