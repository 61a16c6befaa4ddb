import { isIP } from 'node:net';
import type { TypeOf } from 'io-ts';
import * as t from 'io-ts';
import { secretOf } from '../../application/secret.ts';
import { codec, from, nullable, object, refuse, withDefault } from '../../domain/decoding/codec.ts';
import { parsed } from '../../domain/decoding/values.ts';
import { didYouMean } from '../../domain/decoding/wording.ts';
import type { Errors, Validated } from './errors.ts';
import { decode } from './errors.ts';
import type { Env } from './sources.ts';
import { strongSecret } from './sources.ts';

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

const proxyWords = `addresses, subnets such as 10.0.0.0/8, or ${RANGES.join(', ')}, between commas`;

/** Whose `X-Forwarded-For` is believed. */
const proxyList = codec<ReadonlyArray<string>>(proxyWords, (value, context) => {
  const entries = String(value)
    .split(',', MAX_TRUSTED_PROXIES + 1)
    .map((entry) => entry.trim());
  if (entries.length > MAX_TRUSTED_PROXIES)
    return refuse(value, context, 'out_of_range', `must have at most ${MAX_TRUSTED_PROXIES} entries`);
  return entries.every((entry) => RANGES.includes(entry) || isAddressOrSubnet(entry))
    ? t.success(entries)
    : refuse(value, context, 'bad_format', `must be ${proxyWords}`);
});

const MAX_PORT = 65_535;
const MIN_API_KEY_LENGTH = 8;
const MAX_API_KEY_LENGTH = 256;
/** `aaaaaaaaaaaaaaaa` is long and no secret. */
const MIN_DIFFERENT_CHARACTERS = 4;

const portWords = `a port number, 0 (any free port) to ${MAX_PORT}`;
const port = codec<number>(portWords, (value, context) =>
  typeof value === 'string' && /^\d{1,5}$/.test(value) && Number(value) <= MAX_PORT
    ? t.success(Number(value))
    : refuse(value, context, 'out_of_range', `must be ${portWords}`),
);

const address = parsed('a host name or an IP address, without a port', (value) =>
  isIP(value) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(value) ? value : null,
);

const path = parsed('a path', (value) => (value.includes('\0') ? null : value));

const switched = codec<boolean>('1 (on) or 0 (off, as without it)', (value, context) =>
  value === '1' || value === '0'
    ? t.success(value === '1')
    : refuse(value, context, 'not_one_of', 'must be 1 (on) or 0 (off, as without it)'),
);

const hidden = codec('a secret', (value) => t.success(secretOf(String(value))));

/** Printable ASCII, since it travels in a header. Nothing of the key is repeated in messages. */
const apiKey = codec('a key', (value, context) => {
  const text = String(value);
  if (!/^[\x21-\x7e]+$/.test(text) || text.length > MAX_API_KEY_LENGTH) {
    const rule = `must have at most ${MAX_API_KEY_LENGTH} printable ASCII characters, no spaces`;
    return refuse(value, context, 'bad_format', rule);
  }
  const rule = `at least ${MIN_API_KEY_LENGTH} characters, ${MIN_DIFFERENT_CHARACTERS} different ones`;
  return text.length < MIN_API_KEY_LENGTH || new Set(text).size < MIN_DIFFERENT_CHARACTERS
    ? refuse(value, context, 'weak_key', `is too easy to guess: ${rule}`)
    : t.success(secretOf(text));
});

/** It stands in streams and logs. 63 letters are what a host name may have, which is often what it is. */
const nodeName = parsed('1 to 63 letters (A-Z, a-z) and digits, with . _ - between them', (value) =>
  /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(value) ? value : null,
);

const environment = object(
  {
    port: from('PORT', withDefault(port, 3000)),
    host: from('HOST', withDefault(address, '127.0.0.1')),
    dataFolder: from('HOLDFAST_DATA', withDefault(path, './data')),
    /** Where the keys of personal data are; null: in the data folder. Nodes on one log share it. */
    keyFolder: from('HOLDFAST_PRIVACY_KEYS', nullable(path)),
    /** Null: the demo configuration. */
    configFile: from('HOLDFAST_CONFIG', nullable(path)),
    /** Null: a first key is made. */
    apiKey: from('HOLDFAST_API_KEY', nullable(apiKey)),
    /** Null: a name is made. */
    node: from('HOLDFAST_NODE', nullable(nodeName)),
    /** Null: the configuration gives one, or one is made. */
    secret: from('HOLDFAST_SECRET', nullable(strongSecret(hidden))),
    allowPrivateAddresses: from('HOLDFAST_ALLOW_PRIVATE_ADDRESSES', withDefault(switched, false)),
    /** Addresses, subnets and names of ranges, as Express takes them for `trust proxy`. */
    trustedProxies: from('HOLDFAST_TRUSTED_PROXIES', withDefault(proxyList, [])),
    noColor: from(
      'NO_COLOR',
      withDefault(
        codec<boolean>('anything', () => t.success(true)),
        false,
      ),
    ),
  },
  { ignored: 'any-other' },
);
export type Environment = TypeOf<typeof environment>;

/** Each variable of ours; the last one is how the launcher speaks to itself. */
const ours: ReadonlyArray<string> = [
  'HOLDFAST_DATA',
  'HOLDFAST_PRIVACY_KEYS',
  'HOLDFAST_CONFIG',
  'HOLDFAST_API_KEY',
  'HOLDFAST_NODE',
  'HOLDFAST_SECRET',
  'HOLDFAST_ALLOW_PRIVATE_ADDRESSES',
  'HOLDFAST_TRUSTED_PROXIES',
  'HOLDFAST_LOG_LEVEL',
  'HOLDFAST_NODE_TRIED',
];
const suggested = ours.slice(0, -1);

/**
 * Variables that begin as ours do and are none: a slip of the finger must not leave a server open, or with another data
 * folder. `file`: the text of the configuration, whose secrets may come from variables of any name.
 */
export const unknownVariables = (env: Env, file: string): Errors =>
  Object.keys(env)
    .filter((name) => /^holdfast_/i.test(name) && env[name] !== '' && !ours.includes(name))
    .filter((name) => !new RegExp(`\\benv\\W+${name.replaceAll(/\W/g, '.')}\\b`).test(file))
    .map((name) => ({
      path: name,
      code: 'unknown_key',
      message: `is not a known variable${didYouMean(name, suggested)}`,
    }));

/** The variables of the process, all errors at once. One that is set to nothing counts as not set. */
export const readEnvironment = (env: Env): Validated<Environment> =>
  decode(environment)(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
