import * as E from 'fp-ts/lib/Either.js';
import type { UrlProblem } from '../network/address-rules.ts';
import { checkUrl } from '../network/address-rules.ts';
import type { Decoder, Errors } from './decoder.ts';
import { allOf, didYouMean, fail, mapped, problem, shown } from './decoder.ts';
import type { Sources } from './sources.ts';

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
const quantity = (min: number, max: number, unit: string): Decoder<number> =>
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

const MAX_URL_LENGTH = 2000;

const errorsOf =
  (path: string) =>
  ({ code, message }: UrlProblem): Errors =>
    problem(path, code === 'address_not_allowed' ? code : 'bad_format', message);

const url =
  (allowPrivateAddresses: boolean): Decoder<URL> =>
  (value, path) =>
    E.chain((written: string) => E.mapLeft(errorsOf(path))(checkUrl(written, { allowPrivateAddresses })))(
      text(MAX_URL_LENGTH)(value, path),
    );

/** A link that people follow; Holdfast never opens it, so that any host will do. */
export const webLink: Decoder<string> = (value, path) => E.map((link: URL) => link.href)(url(true)(value, path));

/** A link that paths are added to: without query, fragment and the slash at the end. */
export const baseLink: Decoder<string> = (value, path) =>
  E.chain((link: URL) =>
    link.search === '' && link.hash === ''
      ? E.right(link.href.replace(/\/+$/, ''))
      : fail(path, 'bad_format', 'must not have a query or a fragment'),
  )(url(true)(value, path));

/** A URL that Holdfast calls with personal data or a password: https, and no private address, unless those are allowed. */
export const calledUrl =
  ({ allowPrivateAddresses }: Sources): Decoder<string> =>
  (value, path) =>
    E.chain((called: URL) =>
      called.protocol === 'https:' || allowPrivateAddresses
        ? E.right(called.href)
        : fail(path, 'bad_format', 'must be https; http is for private networks (HOLDFAST_ALLOW_PRIVATE_ADDRESSES=1)'),
    )(url(allowPrivateAddresses)(value, path));

const HOUR_MS = 3_600_000;

/** Seconds in the file, whole milliseconds in the program. */
export const seconds = (min: number, max: number): Decoder<number> =>
  mapped(quantity(min, max, 'seconds'), (value) => Math.round(value * 1000));

export const hours = (min: number, max: number): Decoder<number> =>
  mapped(quantity(min, max, 'hours'), (value) => Math.round(value * HOUR_MS));
