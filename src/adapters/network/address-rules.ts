import { isIP } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import ipaddr from 'ipaddr.js';

export type AddressNotAllowed = Error & { readonly code: 'address_not_allowed' };

/** Names the host and not the address it resolved to, so that the message tells nobody what lies inside the network. */
export const addressNotAllowed = (host: string): AddressNotAllowed =>
  Object.assign(
    new Error(`${host} is a private or reserved address; HOLDFAST_ALLOW_PRIVATE_ADDRESSES=1 allows private ones`),
    { code: 'address_not_allowed' as const },
  );

/** Also finds it as the cause of another error, where `fetch` puts it. */
export const isAddressNotAllowed = (error: unknown): boolean =>
  error instanceof Error &&
  (('code' in error && error.code === 'address_not_allowed') || isAddressNotAllowed(error.cause));

/** Ranges of ipaddr.js that an operator may open with HOLDFAST_ALLOW_PRIVATE_ADDRESSES=1. Link-local is never opened: clouds answer there with credentials. */
const privateRanges: ReadonlySet<string> = new Set(['private', 'loopback', 'uniqueLocal', 'carrierGradeNat']);

/**
 * Addresses on which clouds serve credentials to the machine itself, outside of the link-local range. Never allowed.
 * Azure WireServer, Alibaba Cloud, AWS over IPv6.
 */
const metadataAddresses = ['168.63.129.16', '100.100.100.200', 'fd00:ec2::254'].map((address) => ipaddr.parse(address));

/** RFC 4291 section 2.4: all global unicast addresses that are assigned today. What lies outside is not the Internet. */
const globalUnicast: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/** RFC 6052 section 2.1: an IPv4 address behind a NAT64, which is judged as that IPv4 address. */
const nat64: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('64:ff9b::'), 96];

const isMetadata = (address: ipaddr.IPv4 | ipaddr.IPv6): boolean =>
  metadataAddresses.some((metadata) => metadata.toNormalizedString() === address.toNormalizedString());

const isAllowed = (address: ipaddr.IPv4 | ipaddr.IPv6, allowPrivate: boolean): boolean => {
  if (isMetadata(address)) return false;
  if (allowPrivate && privateRanges.has(address.range())) return true;
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast';
  if (address.match(nat64)) return isAllowed(new ipaddr.IPv4(address.toByteArray().slice(12)), allowPrivate);
  return address.range() === 'unicast' && address.match(globalUnicast);
};

/**
 * Whether an outgoing connection may go to `address` (IPv4 or IPv6 in text). Everything is refused that is not global
 * unicast: private, loopback, link-local, unique-local, multicast, unspecified, carrier NAT, documentation, and IPv6
 * forms that wrap an IPv4 address (mapped, 6to4, Teredo). What is not an address is refused.
 */
export const isAllowedAddress = (address: string, allowPrivate: boolean): boolean =>
  isIP(address) !== 0 && isAllowed(ipaddr.parse(address), allowPrivate);

export type UrlProblem = {
  readonly code: 'not_a_url' | 'scheme_not_allowed' | 'credentials_in_url' | 'address_not_allowed';
  readonly message: string;
};

/** RFC 6761 section 6.3: these names are loopback everywhere. */
const isLocalhost = (host: string): boolean => /(^|\.)localhost\.?$/.test(host);

/** The URL parser has turned decimal, octal and hexadecimal hosts into plain IPv4 by now; IPv6 stands in brackets. */
const isRefusedHost = (hostname: string, allowPrivate: boolean): boolean => {
  const host = hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? isLocalhost(host) && !allowPrivate : !isAllowedAddress(host, allowPrivate);
};

/**
 * What can be said of a configured URL before anything is sent; names are judged when they are connected to
 * (`guardedDispatcher`). Credentials are refused because URLs are shown and logged; no message repeats them.
 */
export const checkUrl = (
  text: string,
  { allowPrivateAddresses }: { readonly allowPrivateAddresses: boolean },
): E.Either<UrlProblem, URL> => {
  const url = URL.parse(text);
  if (url === null) return E.left({ code: 'not_a_url', message: 'is not an absolute URL' });
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return E.left({ code: 'scheme_not_allowed', message: `must be http or https, not ${url.protocol.slice(0, -1)}` });
  if (url.username !== '' || url.password !== '')
    return E.left({ code: 'credentials_in_url', message: 'must not contain a user name or password' });
  if (isRefusedHost(url.hostname, allowPrivateAddresses))
    return E.left({ code: 'address_not_allowed', message: addressNotAllowed(url.hostname).message });
  return E.right(url);
};
