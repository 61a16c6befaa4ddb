import { describe, expect, test } from 'vitest';
import { isAllowedAddress } from '../../../src/adapters/network/address-rules.ts';

const onTheInternet = [
  '93.184.216.34',
  '8.8.8.8',
  '172.15.255.255',
  '172.32.0.1',
  '100.63.255.255',
  '2606:4700::6810:85e5',
];
const publicBehindNat64 = '64:ff9b::808:808';

const privateOnes = {
  '10.1.2.3': 'RFC 1918',
  '172.16.0.1': 'RFC 1918',
  '192.168.1.1': 'RFC 1918',
  '127.0.0.1': 'loopback',
  '127.255.255.254': 'the whole of 127/8 is loopback',
  '::1': 'loopback',
  'fd12:3456::1': 'unique-local',
  '100.64.0.1': 'carrier NAT',
  '64:ff9b::a00:1': '10.0.0.1 behind NAT64',
};

const neverAllowed = {
  '0.0.0.0': 'unspecified, reaches loopback on Linux',
  '0.1.2.3': 'this network',
  '::': 'unspecified',
  '169.254.169.254': 'cloud metadata, link-local',
  'fe80::1': 'link-local',
  '168.63.129.16': 'Azure metadata on a public address',
  '100.100.100.200': 'Alibaba Cloud metadata in carrier NAT',
  'fd00:ec2::254': 'AWS metadata over IPv6',
  '64:ff9b::a9fe:a9fe': 'metadata behind NAT64',
  '64:ff9b:1::1': 'local-use NAT64, RFC 8215',
  '224.0.0.1': 'multicast',
  'ff02::1': 'multicast',
  '255.255.255.255': 'broadcast',
  '240.0.0.1': 'reserved',
  '192.0.2.1': 'documentation',
  '198.18.0.1': 'benchmarking',
  '2001:db8::1': 'documentation',
  '::ffff:127.0.0.1': 'IPv4-mapped',
  '::ffff:7f00:1': 'IPv4-mapped',
  '::ffff:0:7f00:1': 'IPv4-translated',
  '::7f00:1': 'IPv4-compatible, deprecated',
  '2002:7f00:1::': '6to4 of 127.0.0.1',
  '2001:0:7f00:1::': 'Teredo',
  'fec0::1': 'site-local, deprecated',
  '4000::1': 'not assigned to anybody',
  '': 'not an address',
  'example.com': 'not an address',
  '0x7f.0.0.1': 'not an address as sockets spell them',
};

describe('which addresses outgoing connections may reach', () => {
  test.each([...onTheInternet, publicBehindNat64])('%s is on the Internet', (address) => {
    expect(isAllowedAddress(address, false)).toBe(true);
  });

  test.each(Object.entries(privateOnes))('%s (%s) only where the operator allows private addresses', (address) => {
    expect(isAllowedAddress(address, false)).toBe(false);
    expect(isAllowedAddress(address, true)).toBe(true);
  });

  test.each(Object.entries(neverAllowed))('%s (%s) never', (address) => {
    expect(isAllowedAddress(address, false)).toBe(false);
    expect(isAllowedAddress(address, true)).toBe(false);
  });
});
