import * as E from 'fp-ts/lib/Either.js';
import { allOf, type Decoder, fail } from './decoder.ts';
import { didYouMean } from './did-you-mean.ts';

const MAX_SHOWN = 60;

/** What was written, for messages; never used where a secret may stand. */
export const shown = (text: string): string =>
  JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);

/** Control characters would let a name write lines of its own into logs and mail headers. */
const hasControl = (text: string): boolean => /\p{Cc}/u.test(text.replaceAll(/[\n\t]/g, ' '));

/** Text with at least one visible character, at most `max` UTF-16 units; one line unless `lines` is `many`. */
export const text =
  (max: number, lines: 'one' | 'many' = 'one'): Decoder<string> =>
  (value, path) => {
    if (typeof value !== 'string') {
      return fail(path, 'wrong_type', 'must be text');
    }
    if (value.trim() === '' || value.length > max) {
      return fail(path, 'out_of_range', `must have 1 to ${max} characters`);
    }
    return hasControl(value) || (lines === 'one' && /[\n\t]/.test(value))
      ? fail(path, 'bad_format', 'must not contain control characters')
      : E.right(value);
  };

/** Text of a form that `what` describes, such as `an e-mail address`. */
export const textLike =
  (max: number, form: RegExp, what: string): Decoder<string> =>
  (value, path) =>
    E.chain((written: string) =>
      form.test(written) ? E.right(written) : fail(path, 'bad_format', `${shown(written)} is not ${what}`),
    )(text(max)(value, path));

const numberWithin =
  (min: number, max: number, kind: 'a whole number' | 'a number', unit: string): Decoder<number> =>
  (value, path) => {
    const fits = kind === 'a number' ? Number.isFinite(value) : Number.isSafeInteger(value);
    if (typeof value !== 'number' || !fits) {
      return fail(path, 'wrong_type', `must be ${kind}${unit}`);
    }
    return value < min || value > max
      ? fail(path, 'out_of_range', `must be ${min} to ${max}${unit}, not ${value}`)
      : E.right(value);
  };

export const integer = (min: number, max: number, unit = ''): Decoder<number> =>
  numberWithin(min, max, 'a whole number', unit === '' ? '' : ` ${unit}`);

/** Fractions are allowed: half a second is a time limit. */
export const quantity = (min: number, max: number, unit: string): Decoder<number> =>
  numberWithin(min, max, 'a number', ` ${unit}`);

export const flag: Decoder<boolean> = (value, path) =>
  typeof value === 'boolean' ? E.right(value) : fail(path, 'wrong_type', 'must be true or false');

export const oneOf =
  <A extends string>(choices: ReadonlyArray<A>): Decoder<A> =>
  (value, path) => {
    const choice = choices.find((candidate) => candidate === value);
    const hint = typeof value === 'string' ? didYouMean(value, choices) : '';
    return choice === undefined
      ? fail(path, 'not_one_of', `must be one of ${choices.join(', ')}${hint}`)
      : E.right(choice);
  };

/** A list of at most `max` items. */
export const list =
  <A>(item: Decoder<A>, max: number, min = 0): Decoder<ReadonlyArray<A>> =>
  (value, path) => {
    if (!Array.isArray(value)) {
      return fail(path, 'wrong_type', 'must be a list');
    }
    return value.length < min || value.length > max
      ? fail(path, 'out_of_range', `must have ${min} to ${max} items, not ${value.length}`)
      : allOf(value.map((element: unknown, index) => item(element, `${path}[${index}]`)));
  };
