import * as E from 'fp-ts/lib/Either.js';
import { reveal, type Secret, secretOf } from '../../application/secret.ts';
import { checked, type Decoder, type Errors, problem } from './decoder.ts';
import { secret } from './secret-decoder.ts';
import type { Sources } from './sources.ts';

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
