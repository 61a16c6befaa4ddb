import { describe, expect, test } from 'vitest';
import { addressSubject, makeRateLimit } from '../../../src/http/access/rate-limit.ts';
import { makeTestClock } from '../../support/clock.ts';
import { odd } from '../../support/hosts.ts';
import { testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';

const started = testApps();
const limits = { bodyBytes: 65_536, requestsPerMinute: 2, mailsOfStrangers: null };
const limited = { hosts: [{ ...odd, calendarIds: [] }], deps: { limits } };

describe('the rate limit', () => {
  test('counts down, refuses with 429, and begins anew after a minute', async () => {
    const app = await started(limited);
    const ask = () => app.get('/v2/event-types');
    const first = await ask();
    expect(first.headers.get('x-ratelimit-limit-default')).toBe('2');
    expect(first.headers.get('x-ratelimit-remaining-default')).toBe('1');
    expect(first.headers.get('x-ratelimit-reset-default')).toBe('60');
    app.clock.advance(59_000);
    await ask();
    const refused = await ask();
    expectError(refused, 429, 'rate_limited');
    expect(refused.headers.get('retry-after')).toBe('1');
    app.clock.advance(1_000);
    expect((await ask()).status).toBe(200);
  });

  test('keys count apart from addresses; wrong keys count as their address; health does not count', async () => {
    const app = await started(limited);
    for (const key of ['cal_read', 'cal_host']) {
      expect((await app.get('/v2/me', { key })).status).toBe(200);
      expect((await app.get('/v2/me', { key })).status).toBe(200);
      expectError(await app.get('/v2/me', { key }), 429, 'rate_limited');
    }
    expectError(await app.get('/v2/me', { key: 'guess1' }), 401, 'credentials_invalid');
    expectError(await app.get('/v2/me', { key: 'guess2' }), 401, 'credentials_invalid');
    expectError(await app.get('/v2/me', { key: 'guess3' }), 429, 'rate_limited');
    expect((await app.get('/health/live')).status).toBe(200);
  });

  test('a forwarded address is believed from a trusted proxy alone', async () => {
    const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
    const behind = await started({ ...limited, deps: { limits, trustedProxies: ['loopback'] } });
    const open = await started(limited);
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) {
      expect((await behind.get('/v2/event-types', from(address))).status).toBe(200);
      await open.get('/v2/event-types', from(address));
    }
    expectError(await open.get('/v2/event-types', from('192.0.2.4')), 429, 'rate_limited');
  });

  test('begins anew after a minute also where the clock is set back meanwhile', () => {
    const clock = makeTestClock();
    const limit = makeRateLimit(1, clock);
    limit('a');
    clock.set(clock.now() - 3 * 86_400_000);
    expect(limit('a')).toMatchObject({ allowed: false, resetSeconds: 60 });
    clock.advance(60_000);
    expect(limit('a').allowed).toBe(true);
  });

  test('remembers no more subjects than its capacity', () => {
    const limit = makeRateLimit(1, makeTestClock(), 3);
    for (const subject of ['a', 'b', 'c']) limit(subject);
    expect(limit('c').allowed).toBe(false);
    limit('d');
    expect(limit('a').allowed).toBe(true);
    expect(limit('d').allowed).toBe(false);
  });

  test('a /64 is one subject', () => {
    expect(addressSubject('2001:db8::1')).toBe(addressSubject('2001:db8:0:0:ffff::2'));
    expect(addressSubject('2001:db8::1')).not.toBe(addressSubject('2001:db8:0:1::1'));
    expect(addressSubject('::ffff:192.0.2.1')).toBe(addressSubject('192.0.2.1'));
  });
});
