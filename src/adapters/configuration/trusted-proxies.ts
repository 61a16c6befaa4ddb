import { isIP } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import { type Decoder, fail } from './decoder.ts';

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
export const trustedProxies: Decoder<ReadonlyArray<string>> = (value, path) => {
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
