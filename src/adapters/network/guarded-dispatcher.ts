import dns, { type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { addressNotAllowed, isAllowedAddress } from './address-rules.ts';

/** Answers all addresses of a host. That of the process in earnest (`replaceLookup`), a table in tests. */
export type LookupAll = (
  hostname: string,
  callback: (error: NodeJS.ErrnoException | null, addresses: ReadonlyArray<LookupAddress>) => void,
) => void;

/** `connectTimeLimitMs`: for DNS, TCP and TLS together. `ca`: PEM, instead of the certificate authorities of Node. */
export type GuardOptions = {
  readonly allowPrivateAddresses: boolean;
  readonly connectTimeLimitMs: number;
  readonly ca?: string;
  readonly lookup?: LookupAll;
};

const lookupWithSystem: LookupAll = (hostname, callback) => dns.lookup(hostname, { all: true }, callback);

/** The socket connects to the very addresses that were checked here, so that a name that changes its mind gains nothing. */
const guardedLookup =
  (lookup: LookupAll, allowPrivate: boolean): LookupFunction =>
  (hostname, options, callback) =>
    lookup(hostname, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null) return callback(error, []);
      // One refused address refuses the host: which of several gets connected is not ours to choose.
      if (first === undefined || !addresses.every(({ address }) => isAllowedAddress(address, allowPrivate))) {
        return callback(addressNotAllowed(hostname), []);
      }
      return options.all === true ? callback(null, [...addresses]) : callback(null, first.address, first.family);
    });

/**
 * An HTTP client that only reaches addresses which `isAllowedAddress`; the check is made at connect time, after DNS, for
 * each connection and each redirect. A refused connection rejects with `AddressNotAllowed`, a scheme other than http and
 * https with undici's InvalidArgumentError. HTTP/1.1 only. Does not look at proxy variables of the environment.
 */
export const guardedDispatcher = (options: GuardOptions): Agent => {
  const connect = buildConnector({
    timeout: options.connectTimeLimitMs,
    allowH2: false,
    lookup: guardedLookup(options.lookup ?? lookupWithSystem, options.allowPrivateAddresses),
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  });
  return new Agent({
    allowH2: false,
    connect: (target, callback) =>
      // Node asks no lookup for an address written out in the URL.
      isIP(target.hostname) !== 0 && !isAllowedAddress(target.hostname, options.allowPrivateAddresses)
        ? callback(addressNotAllowed(target.hostname), null)
        : connect(target, callback),
  });
};
