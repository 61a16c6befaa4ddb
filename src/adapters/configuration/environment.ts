import { isIP } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import type { Secret } from '../../application/secret.ts';
import { secretOf } from '../../application/secret.ts';
import type { Decoder, Validated } from './decoder.ts';
import { all, fail } from './decoder.ts';
import { serverSecretText } from './secret-decoders.ts';
import type { Env } from './sources.ts';

const MAX_TRUSTED_PROXIES = 100;

/** Names of ranges that Express knows: 127.0.0.0/8 and ::1; 169.254.0.0/16 and fe80::/10; the private ranges and fc00::/7. */
const RANGES: ReadonlyArray<string> = ['loopback', 'linklocal', 'uniquelocal'];
const PREFIX_BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 };

/** An address, or a subnet that is not the whole world: with `/0` anybody could claim to be anybody. */
const isAddressOrSubnet = (text: string): boolean => {
  const [, address = '', prefix] = /^([0-9A-Fa-f.:]+)(?:\/([1-9]\d{0,2}))?$/.exec(text) ?? [];
  const bits = PREFIX_BITS[isIP(address)];
  return bits !== undefined && (prefix === undefined || Number(prefix) <= bits);
};

/** HOLDFAST_TRUSTED_PROXIES: whose `X-Forwarded-For` is believed, between commas. */
const trustedProxies: Decoder<ReadonlyArray<string>> = (value, path) => {
  const entries = typeof value === 'string' ? value.split(',').map((entry) => entry.trim()) : [];
  if (entries.length > MAX_TRUSTED_PROXIES) {
    return fail(path, 'out_of_range', `must have at most ${MAX_TRUSTED_PROXIES} entries`);
  }
  const isFine = entries.length > 0 && entries.every((entry) => RANGES.includes(entry) || isAddressOrSubnet(entry));
  return isFine
    ? E.right(entries)
    : fail(
        path,
        'bad_format',
        `must be addresses, subnets such as 10.0.0.0/8, or ${RANGES.join(', ')}, between commas`,
      );
};

/**
 * `configFile` null: the demo configuration. `apiKey` null: a first key is made. `node` null: a name is made. `secret` null: the
 * configuration gives one, or one is made.
 */
export type Environment = {
  readonly port: number;
  readonly host: string;
  readonly dataFolder: string;
  readonly configFile: string | null;
  readonly apiKey: Secret | null;
  readonly node: string | null;
  readonly secret: Secret | null;
  readonly allowPrivateAddresses: boolean;
  /** Addresses, subnets and names of ranges, as Express takes them for `trust proxy`. */
  readonly trustedProxies: ReadonlyArray<string>;
  readonly noColor: boolean;
};

const MAX_PORT = 65_535;
const MIN_API_KEY_LENGTH = 8;
const MAX_API_KEY_LENGTH = 256;
/** `aaaaaaaaaaaaaaaa` is long and no secret. */
const MIN_DIFFERENT_CHARACTERS = 4;

const port: Decoder<number> = (value, path) =>
  typeof value === 'string' && /^\d{1,5}$/.test(value) && Number(value) <= MAX_PORT
    ? E.right(Number(value))
    : fail(path, 'out_of_range', `must be a port number, 0 (any free port) to ${MAX_PORT}`);

const host: Decoder<string> = (value, path) =>
  typeof value === 'string' && (isIP(value) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(value))
    ? E.right(value)
    : fail(path, 'bad_format', 'must be a host name or an IP address, without a port');

const folder: Decoder<string> = (value, path) =>
  typeof value === 'string' && !value.includes('\0')
    ? E.right(value)
    : fail(path, 'bad_format', 'must be the path of a folder');

const switched: Decoder<boolean> = (value, path) =>
  value === '1' || value === '0'
    ? E.right(value === '1')
    : fail(path, 'not_one_of', 'must be 1 (on) or 0 (off, as without it)');

/** Printable ASCII, since it travels in a header. Nothing of the key is repeated in messages. */
const apiKey: Decoder<Secret> = (value, path) => {
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value) || value.length > MAX_API_KEY_LENGTH) {
    return fail(path, 'bad_format', `must have at most ${MAX_API_KEY_LENGTH} printable ASCII characters, no spaces`);
  }
  return value.length < MIN_API_KEY_LENGTH || new Set(value).size < MIN_DIFFERENT_CHARACTERS
    ? fail(
        path,
        'weak_key',
        `is too easy to guess: at least ${MIN_API_KEY_LENGTH} characters, ${MIN_DIFFERENT_CHARACTERS} different ones`,
      )
    : E.right(secretOf(value));
};

/** It stands in streams and logs. 63 letters are what a host name may have, which is often what it is. */
const node: Decoder<string> = (value, path) =>
  typeof value === 'string' && /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(value)
    ? E.right(value)
    : fail(path, 'bad_format', 'must have 1 to 63 letters (A-Z, a-z) and digits, with . _ - between them');

const optional =
  (env: Env) =>
  <A, B>(name: string, decoder: Decoder<A>, fallback: B): Validated<A | B> => {
    const value = env[name] ?? '';
    return value === '' ? E.right(fallback) : decoder(value, name);
  };

/** The variables of the process, all errors at once. One that is set to nothing counts as not set. */
export const readEnvironment = (env: Env): Validated<Environment> => {
  const read = optional(env);
  return all({
    port: read('PORT', port, 3000),
    host: read('HOST', host, '127.0.0.1'),
    dataFolder: read('HOLDFAST_DATA', folder, './data'),
    configFile: read('HOLDFAST_CONFIG', folder, null),
    apiKey: read('HOLDFAST_API_KEY', apiKey, null),
    node: read('HOLDFAST_NODE', node, null),
    secret: read('HOLDFAST_SECRET', serverSecretText, null),
    allowPrivateAddresses: read('HOLDFAST_ALLOW_PRIVATE_ADDRESSES', switched, false),
    trustedProxies: read('HOLDFAST_TRUSTED_PROXIES', trustedProxies, []),
    noColor: read('NO_COLOR', () => E.right(true), false),
  });
};
