import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

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
