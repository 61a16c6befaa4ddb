import { X509Certificate } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { constNull, pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { Secret } from '../../application/secret.ts';
import { reveal, secretOf } from '../../application/secret.ts';
import type { Codec, Fault } from '../../domain/decoding/codec.ts';
import { checked, codec, refuse } from '../../domain/decoding/codec.ts';
import { line, webUrl } from '../../domain/decoding/values.ts';
import { isObject } from '../../domain/unknown.ts';
import { checkUrl } from '../network/address-rules.ts';

/** Environment variables by name. */
export type Env = Readonly<Record<string, string | undefined>>;

/** `tooLarge` tells the size limit apart from the other reasons. Reasons are plain words: no path, no content. */
export type ReadFailure = { readonly reason: string; readonly tooLarge: boolean };

/** A whole file as text (UTF-8). Reads at most `maxBytes`. Synchronous: a handful of small files, once, at start. */
export type ReadFile = (path: string, maxBytes: number) => E.Either<ReadFailure, string>;

/** What a configuration file may refer to. `folder`: where the file lies; paths in it are relative to that. */
export type Sources = {
  readonly env: Env;
  readonly readFile: ReadFile;
  readonly folder: string;
  readonly allowPrivateAddresses: boolean;
};

/** A file that the configuration names, such as a password or a certificate; 64 KiB holds the largest sensible one. */
const MAX_REFERENCED_FILE_BYTES = 65_536;

const readReferenced = (sources: Sources, path: string): E.Either<ReadFailure, string> =>
  sources.readFile(resolve(sources.folder, path), MAX_REFERENCED_FILE_BYTES);

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'not permitted',
  EPERM: 'not permitted',
  EISDIR: 'it is a folder',
};

const failure = (reason: string, tooLarge = false): ReadFailure => ({ reason, tooLarge });

/** Only the code of a system error is told; its message repeats the path. */
const whyUnread = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? (code === '' || code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8 text' : code);
};

/** One byte more than allowed is asked for, which tells a file that is too large, also one that grows meanwhile. */
const readWithin = (descriptor: number, maxBytes: number): E.Either<ReadFailure, string> => {
  if (!fstatSync(descriptor).isFile()) {
    return E.left(failure('it is not an ordinary file'));
  }
  const bytes = new Uint8Array(maxBytes + 1);
  const length = readSync(descriptor, bytes, 0, bytes.length, 0);
  return length > maxBytes
    ? E.left(failure(`it has more than ${maxBytes} bytes`, true))
    : E.right(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length)));
};

/** `ReadFile` over the file system. Opened without blocking, since a pipe would wait for a writer. */
export const readFile: ReadFile = (path, maxBytes) =>
  E.flatten(
    E.tryCatch(
      () => {
        const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
        try {
          return readWithin(descriptor, maxBytes);
        } finally {
          closeSync(descriptor);
        }
      },
      (error) => failure(whyUnread(error)),
    ),
  );

/** Upper case only: a password that was pasted after `env:` must not be repeated as the name of a variable. */
const VARIABLE = /^[A-Z][A-Z0-9_]*$/;

const FORM = '{ env: NAME_OF_VARIABLE } or { file: path }';

type Refused = Pick<Fault, 'code' | 'message'>;
const unavailable = (message: string): E.Either<Refused, Secret> => E.left({ code: 'secret_unavailable', message });

const fromVariable = (sources: Sources, name: string): E.Either<Refused, Secret> => {
  if (!VARIABLE.test(name))
    return E.left({ code: 'bad_format', message: 'env must name a variable in upper case, digits and underscores' });
  const value = sources.env[name] ?? '';
  return value === '' ? unavailable(`the environment variable ${name} is not set`) : E.right(secretOf(value));
};

/** One line end is taken off, since editors and `echo` put it there. */
const fromFile = (sources: Sources, file: string): E.Either<Refused, Secret> => {
  const content = readReferenced(sources, file);
  if (E.isLeft(content)) return unavailable(`the file of this secret cannot be read: ${content.left.reason}`);
  const value = content.right.replace(/\r?\n$/, '');
  return value === '' ? unavailable('the file of this secret is empty') : E.right(secretOf(value));
};

/** A reference to a secret, never the secret. No message repeats what was written: it may be the secret itself. */
export const secret = (sources: Sources): Codec<Secret> =>
  codec('a reference to a secret', (value, context) => {
    if (!isObject(value) && !Array.isArray(value))
      return refuse(value, context, 'literal_secret', `a secret must not stand in this file: write ${FORM}`);
    const [entry, ...more]: ReadonlyArray<readonly [string, unknown]> = Object.entries(value);
    const [kind, reference] = entry ?? ['', undefined];
    if (more.length > 0 || typeof reference !== 'string' || reference === '' || (kind !== 'env' && kind !== 'file'))
      return refuse(value, context, 'bad_format', `a secret is written ${FORM}`);
    const read = kind === 'env' ? fromVariable(sources, reference) : fromFile(sources, reference);
    return E.isRight(read) ? t.success(read.right) : refuse(value, context, read.left.code, read.left.message);
  });

/** Null where `parse` throws. */
const parsedOrNull = (parse: () => unknown): unknown => pipe(E.tryCatch(parse, constNull), E.toUnion);

const pemFile = (sources: Sources, result: (content: string, file: string) => string): Codec<string> => {
  const path = line(1_000);
  return codec('the path of a PEM file', (value, context) => {
    const file = path.validate(value, context);
    if (E.isLeft(file)) return file;
    const content = readReferenced(sources, file.right);
    if (E.isLeft(content)) return refuse(value, context, 'unreadable', `cannot be read: ${content.left.reason}`);
    return parsedOrNull(() => new X509Certificate(content.right)) !== null
      ? t.success(result(content.right, resolve(sources.folder, file.right)))
      : refuse(value, context, 'bad_format', 'is not a certificate in PEM');
  });
};

/** A file of certificates in PEM; its text. Several may follow each other, of which the first is looked at here. */
export const certificates = (sources: Sources): Codec<string> => pemFile(sources, (content) => content);

/** The same, kept as its absolute path: for those who read it themselves. */
export const certificateFile = (sources: Sources): Codec<string> => pemFile(sources, (_, file) => file);

const textAt = (value: unknown, key: string): string => {
  const found: unknown = isObject(value) && Object.hasOwn(value, key) ? value[key] : '';
  return typeof found === 'string' ? found : '';
};

/** Google's key file of a service account, given as a secret: JSON with these texts. No message repeats any of it. */
export const serviceAccountKey = (
  sources: Sources,
): Codec<{ readonly clientEmail: string; readonly privateKey: Secret }> => {
  const reference = secret(sources);
  return codec('the key of a service account', (value, context) => {
    const key = reference.validate(value, context);
    if (E.isLeft(key)) return key;
    const parsed = parsedOrNull(() => JSON.parse(reveal(key.right)));
    const [clientEmail, privateKey] = [textAt(parsed, 'client_email'), textAt(parsed, 'private_key')];
    return clientEmail === '' || privateKey === ''
      ? refuse(value, context, 'bad_format', 'is not the JSON key of a service account (client_email, private_key)')
      : t.success({ clientEmail, privateKey: secretOf(privateKey) });
  });
};

/** A URL that Holdfast calls with personal data or a password: https, and no private address, unless those are allowed. */
export const calledUrl = ({ allowPrivateAddresses }: Sources): Codec<string> =>
  codec('a URL with https', (value, context) => {
    const url = webUrl.validate(value, context);
    if (E.isLeft(url)) return url;
    const judged = checkUrl(url.right.href, { allowPrivateAddresses });
    if (E.isLeft(judged)) {
      const { code, message } = judged.left;
      return refuse(value, context, code === 'address_not_allowed' ? code : 'bad_format', message);
    }
    return url.right.protocol === 'https:' || allowPrivateAddresses
      ? t.success(url.right.href)
      : refuse(
          value,
          context,
          'bad_format',
          'must be https; http is for private networks (HOLDFAST_ALLOW_PRIVATE_ADDRESSES=1)',
        );
  });

/** Characters: 32 random bytes are 43 or 44 in base64, 64 in hex. */
const MIN_SERVER_SECRET_LENGTH = 43;
const MAX_SERVER_SECRET_LENGTH = 1_024;
/** 64 random hex digits have fewer than ten different ones once in 10^8. */
const MIN_DIFFERENT_CHARACTERS = 10;

/** The server's secret, from wherever it comes. Nothing of it is repeated. */
export const strongSecret = (from: Codec<Secret>): Codec<Secret> =>
  checked(from, (value) => {
    const text = reveal(value);
    if (!/^[\x20-\x7e]*$/.test(text) || text.length > MAX_SERVER_SECRET_LENGTH)
      return [
        { code: 'bad_format', message: `must have at most ${MAX_SERVER_SECRET_LENGTH} printable ASCII characters` },
      ];
    const isWeak = text.length < MIN_SERVER_SECRET_LENGTH || new Set(text).size < MIN_DIFFERENT_CHARACTERS;
    const rule = `at least ${MIN_SERVER_SECRET_LENGTH} characters, ${MIN_DIFFERENT_CHARACTERS} different ones`;
    const message = `is too easy to guess: ${rule}, as "openssl rand -base64 32" prints them`;
    return isWeak ? [{ code: 'weak_key', message }] : [];
  });
