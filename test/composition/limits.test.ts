import { describe, expect, test } from 'vitest';
import { limitsOf } from '../../src/composition/listen.ts';
import { configurationOf } from '../support/configuration/load-text.ts';
import { environmentOf } from '../support/environment.ts';

const hosts = [
  {
    id: 'odd',
    name: 'Odd',
    email: 'odd@example.com',
    timeZone: 'Europe/Oslo',
    username: 'odd',
    number: 1,
    weeklyHours: [],
    eventTypes: [],
  },
];
const limitsWith = async (
  reached: { readonly host?: string; readonly trustedProxies?: ReadonlyArray<string> },
  limits: object,
) => limitsOf({ environment: environmentOf('data', reached), configuration: await configurationOf({ hosts, limits }) });

const defaults = { perRecipient: 10, perCaller: 100, pendingPerAttendee: 10 };

describe('the limits in force', () => {
  test.each([
    ['beyond loopback', { host: '0.0.0.0' }],
    ['on IPv6, beyond loopback', { host: '::' }],
    ['on loopback behind a trusted proxy', { host: '127.0.0.1', trustedProxies: ['loopback'] }],
  ])('given a server that listens %s, then strangers are limited by default', async (_, reached) => {
    expect(await limitsWith(reached, {})).toEqual({
      bodyBytes: 65_536,
      requestsPerMinute: 120,
      mailsOfStrangers: defaults,
    });
  });

  test.each(['127.0.0.1', '::1', 'localhost'])('given %s alone, then nobody is there to be limited', async (host) => {
    expect(await limitsWith({ host }, {})).toMatchObject({ requestsPerMinute: null, mailsOfStrangers: null });
  });

  test('given limits in the configuration, then they hold everywhere, and the rest by default', async () => {
    const limits = { requestsPerMinute: 7, mailsOfStrangers: { perRecipient: 3 } };
    for (const host of ['127.0.0.1', '0.0.0.0'])
      expect(await limitsWith({ host }, limits)).toMatchObject({
        requestsPerMinute: 7,
        mailsOfStrangers: { ...defaults, perRecipient: 3 },
      });
  });
});
