import { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { Secret } from '../../application/secret.ts';
import { reveal, secretOf } from '../../application/secret.ts';
import type { Decoder, Errors, Validated } from './decoder.ts';
import { checked, fail, problem } from './decoder.ts';
import type { Sources } from './sources.ts';
import { readReferenced } from './sources.ts';
import { text } from './value-decoders.ts';
import { isObject } from '../../domain/unknown.ts';

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

const MAX_PATH_LENGTH = 1000;

/** A file of certificates in PEM; its text. Several may follow each other, of which the first is looked at here. */
export const certificates =
  (sources: Sources): Decoder<string> =>
  (value, path) =>
    E.chain((file: string) => {
      const content = readReferenced(sources, file);
      if (E.isLeft(content)) {
        return fail(path, 'unreadable', `cannot be read: ${content.left.reason}`);
      }
      const certificate = O.tryCatch(() => new X509Certificate(content.right));
      return O.isSome(certificate) ? E.right(content.right) : fail(path, 'bad_format', 'is not a certificate in PEM');
    })(text(MAX_PATH_LENGTH)(value, path));

/** The same, kept as its absolute path: for those who read it themselves. */
export const certificateFile =
  (sources: Sources): Decoder<string> =>
  (value, path) =>
    E.chain((file: string) => E.map(() => resolve(sources.folder, file))(certificates(sources)(file, path)))(
      text(MAX_PATH_LENGTH)(value, path),
    );

const textAt = (value: unknown, key: string): string => {
  const found: unknown = isObject(value) && Object.hasOwn(value, key) ? value[key] : '';
  return typeof found === 'string' ? found : '';
};

/** Google's key file of a service account, given as a secret: JSON with these texts. No message repeats any of it. */
export const serviceAccountKey =
  (sources: Sources): Decoder<{ readonly clientEmail: string; readonly privateKey: Secret }> =>
  (value, path) =>
    E.chain((key: Secret) => {
      const parsed = O.toNullable(O.tryCatch((): unknown => JSON.parse(reveal(key))));
      const [clientEmail, privateKey] = [textAt(parsed, 'client_email'), textAt(parsed, 'private_key')];
      return clientEmail === '' || privateKey === ''
        ? fail(path, 'bad_format', 'is not the JSON key of a service account (client_email, private_key)')
        : E.right({ clientEmail, privateKey: secretOf(privateKey) });
    })(secret(sources)(value, path));

/** Characters: 32 random bytes are 43 or 44 in base64, 64 in hex. */
const MIN_SERVER_SECRET_LENGTH = 43;
const MAX_SERVER_SECRET_LENGTH = 1024;
/** 64 random hex digits have fewer than ten different ones once in 10^8. */
const MIN_DIFFERENT_CHARACTERS = 10;

/** Nothing of the secret is repeated. */
const problemsOf = (value: Secret, path: string): Errors => {
  const text = reveal(value);
  if (!/^[\x20-\x7e]*$/.test(text) || text.length > MAX_SERVER_SECRET_LENGTH) {
    return problem(path, 'bad_format', `must have at most ${MAX_SERVER_SECRET_LENGTH} printable ASCII characters`);
  }
  return text.length < MIN_SERVER_SECRET_LENGTH || new Set(text).size < MIN_DIFFERENT_CHARACTERS
    ? problem(
        path,
        'weak_key',
        `is too easy to guess: at least ${MIN_SERVER_SECRET_LENGTH} characters, ${MIN_DIFFERENT_CHARACTERS} different ones, as "openssl rand -base64 32" prints them`,
      )
    : [];
};

/** HOLDFAST_SECRET. */
export const serverSecretText: Decoder<Secret> = checked(
  (value) => E.right(secretOf(typeof value === 'string' ? value : '')),
  problemsOf,
);

/** `secret` in the file: a reference, as for every secret. */
export const serverSecretReference = (sources: Sources): Decoder<Secret> => checked(secret(sources), problemsOf);
