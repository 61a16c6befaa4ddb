import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import {
  describeHosts,
  parseConnectionString,
} from '../../../../src/adapters/event-store/eventstoredb/connection-string.ts';

const PASSWORD = 'Geheim-77';

const settings = (text: string) => {
  const parsed = parseConnectionString(text);
  if (E.isLeft(parsed)) throw new Error(parsed.left);
  return parsed.right;
};

describe('a connection string', () => {
  it('names one node, its port and TLS by default', () => {
    expect(settings('esdb://node.example')).toMatchObject({
      hosts: [{ address: 'node.example', port: 2113 }],
      discover: false,
      tls: true,
      credentials: null,
    });
  });

  it('names several seeds', () => {
    expect(settings('esdb://a:1,b:2,c:3?tls=false')).toMatchObject({
      hosts: [
        { address: 'a', port: 1 },
        { address: 'b', port: 2 },
        { address: 'c', port: 3 },
      ],
      tls: false,
    });
  });

  it.each(['esdb+discover://cluster.example', 'kurrentdb+discover://cluster.example'])('discovers: %s', (text) => {
    expect(settings(text)).toMatchObject({ discover: true, hosts: [{ address: 'cluster.example', port: 2113 }] });
  });

  it('holds percent-encoded credentials', () => {
    expect(settings('esdb://h%40st:p%3Aw%40rd@node:2113').credentials).toEqual({
      username: 'h@st',
      password: 'p:w@rd',
    });
  });

  it('reads options whatever their case, and plus signs as they are', () => {
    expect(settings('esdb://n?tlsCAFile=/etc/a+b.pem&KEEPALIVEINTERVAL=15000&connectionName=one')).toMatchObject({
      caFile: '/etc/a+b.pem',
      numbers: { keepAliveInterval: 15_000 },
      connectionName: 'one',
    });
  });

  it.each([
    'http://user:Geheim-77@node',
    'user:Geheim-77@node',
    'esdb://user:Geheim-77@node:port',
    'esdb://user:Geheim-77@node:99999',
    'esdb://Geheim-77@node',
    'esdb://user:Geheim-77%zz@node',
    'esdb://user:Geheim-77@node?throwOnAppendFailure=false',
    'esdb://user:Geheim-77@node?tlsVerifyCert=false',
    'esdb://user:Geheim-77@node?nodePreference=follower',
    'esdb://user:Geheim-77@node?gossipTimeout=Geheim-77',
    'esdb://user:x@Geheim-77@node',
    'esdb://user:x?Geheim-77=Geheim-77@node',
    'esdb://node?key-Geheim-77=1',
  ])('is refused without telling its secret: %s', (text) => {
    const parsed = parseConnectionString(text);
    expect(parsed._tag).toBe('Left');
    expect(JSON.stringify(parsed)).not.toContain(PASSWORD);
  });

  it('may name IP addresses, over TLS too', () => {
    expect(settings('esdb://10.0.0.1,[::1]:2114').hosts).toEqual([
      { address: '10.0.0.1', port: 2113 },
      { address: '[::1]', port: 2114 },
    ]);
  });

  it('is described by its hosts alone', () => {
    expect(describeHosts(settings(`esdb://user:${PASSWORD}@a:1,b?tls=false`))).toBe('a:1, b:2113');
  });
});
