import * as E from 'fp-ts/lib/Either.js';
import { type Secret, secretOf } from '../../application/secret.ts';
import { type Decoder, fail, type Validated } from './decoder.ts';
import { readReferenced, type Sources } from './sources.ts';

/** Upper case only: a password that was pasted after `env:` must not be repeated as the name of a variable. */
const VARIABLE = /^[A-Z][A-Z0-9_]*$/;

const FORM = '{ env: NAME_OF_VARIABLE } or { file: path }';

const fromVariable = (sources: Sources, name: string, path: string): Validated<Secret> => {
  if (!VARIABLE.test(name)) {
    return fail(path, 'bad_format', 'env must name a variable in upper case, digits and underscores');
  }
  const value = sources.env[name] ?? '';
  return value === ''
    ? fail(path, 'secret_unavailable', `the environment variable ${name} is not set`)
    : E.right(secretOf(value));
};

/** One line end is taken off, since editors and `echo` put it there. */
const fromFile = (sources: Sources, file: string, path: string): Validated<Secret> => {
  const content = readReferenced(sources, file);
  if (E.isLeft(content)) {
    return fail(path, 'secret_unavailable', `the file of this secret cannot be read: ${content.left.reason}`);
  }
  const value = content.right.replace(/\r?\n$/, '');
  return value === '' ? fail(path, 'secret_unavailable', 'the file of this secret is empty') : E.right(secretOf(value));
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** A reference to a secret, never the secret. No message repeats what was written: it may be the secret itself. */
export const secret =
  (sources: Sources): Decoder<Secret> =>
  (value, path) => {
    if (!isObject(value)) {
      return fail(path, 'literal_secret', `a secret must not stand in this file: write ${FORM}`);
    }
    const [entry, ...more]: ReadonlyArray<readonly [string, unknown]> = Object.entries(value);
    const [kind, reference] = entry ?? ['', undefined];
    if (more.length > 0 || typeof reference !== 'string' || reference === '' || (kind !== 'env' && kind !== 'file')) {
      return fail(path, 'bad_format', `a secret is written ${FORM}`);
    }
    return kind === 'env' ? fromVariable(sources, reference, path) : fromFile(sources, reference, path);
  };
