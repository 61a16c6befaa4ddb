import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, test } from 'vitest';
import { introBody } from '../../support/booking-bodies.ts';
import { odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { testKeys } from '../../support/test-keys.ts';
import { expectError } from '../contract/expect-error.ts';

const started = testApps();
const plain = { hosts: [{ ...odd, calendarIds: [] }] };

describe('bodies', () => {
  test('broken JSON is 400, JSON of another kind too', async () => {
    const app = await started(plain);
    expectError(await app.post('/v2/bookings', '{"start":'), 400, 'malformed_json');
    expectError(await app.post('/v2/bookings', '"text"'), 400, 'invalid_request');
    expectError(await app.post('/v2/bookings', '['.repeat(60_000)), 400, 'malformed_json');
  });

  test('64 KiB are taken, a byte more is 413', async () => {
    const app = await started(plain);
    const padded = (bytes: number) => JSON.stringify(introBody()).padEnd(bytes, ' ');
    expectError(await app.post('/v2/bookings', padded(65_537)), 413, 'body_too_large');
    expect((await app.post('/v2/bookings', padded(65_536))).status).toBe(201);
  });

  test('what is not JSON is 415', async () => {
    const app = await started(plain);
    const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expectError(await app.post('/v2/bookings', 'start=1', form), 415, 'unsupported_media_type');
  });
});

test('a fault while a caller is let in is 500 with no word of what it was, and the server goes on', async () => {
  const faulty = {
    get id(): string {
      throw new Error('a fault of ours');
    },
    name: 'x',
    roles: [],
    hostId: null,
    createdAt: '',
  };
  const app = await started({
    ...plain,
    deps: {
      apiKeys: { ...testKeys, authenticate: () => TE.right(faulty) },
      limits: { bodyBytes: 65_536, requestsPerMinute: 100, mailsOfStrangers: null },
    },
  });
  const reply = await app.get('/v2/event-types', { headers: { authorization: 'Bearer x' } });
  expectError(reply, 500, 'internal_error');
  expect(JSON.stringify(reply.body)).not.toContain('a fault of ours');
  expect((await app.get('/health/live')).status).toBe(200);
});

describe('routes', () => {
  test.each([
    ['GET', '/'],
    ['GET', '/v2/nothing'],
    ['DELETE', '/v2/bookings'],
    ['PUT', '/v2/bookings/x'],
  ])('%s %s is not there: the one error body', async (method, path) => {
    const app = await started(plain);
    const reply = await app.request(method, path);
    expectError(reply, 404, 'route_not_found');
    expect(at(reply.body, 'message')).toBe(`Cannot ${method} ${path}`);
    expect(reply.headers.get('x-powered-by')).toBeNull();
  });

  test('a path that cannot be decoded is 400', async () => {
    const app = await started(plain);
    expectError(await app.get('/v2/bookings/%E0%A4%A'), 400, 'malformed_url');
  });

  test('browsers of any origin may ask', async () => {
    const app = await started(plain);
    const preflight = await app.request('OPTIONS', '/v2/bookings', { headers: { origin: 'https://site.example' } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('cal-api-version');
    expect((await app.get('/health/live')).headers.get('access-control-allow-origin')).toBe('*');
  });

  test('HEAD is GET without its body', async () => {
    const app = await started(plain);
    const uid = await booked(app, introBody());
    const head = await app.request('HEAD', `/v2/bookings/${uid}`);
    expect({ status: head.status, text: head.text }).toEqual({ status: 200, text: '' });
  });
});

describe('what goes wrong inside', () => {
  const broken = async () => {
    throw new Error('secret of the inside');
  };

  test('a fault is logged under the id that the answer carries, and its text stays inside', async () => {
    const app = await started({ ...plain, deps: { ready: broken } });
    const reply = await app.get('/health/ready');
    expectError(reply, 500, 'internal_error');
    expect(reply.text).not.toContain('secret');
    const requestId = at(reply.body, 'requestId');
    expect(reply.headers.get('x-request-id')).toBe(requestId);
    expect(app.logged).toContainEqual({
      type: 'fault',
      requestId,
      route: '/health/ready',
      reason: expect.stringContaining('secret of the inside'),
    });
  });

  test('an outage of the log is answered 503, and is no fault of ours', async () => {
    const away = { type: 'Unavailable', reason: '14 UNAVAILABLE: Server Is Not Ready' } as const;
    const consumers = {
      status: () => TE.left(away),
      parked: () => TE.left(away),
      replayParked: () => TE.left(away),
    };
    const app = await started({ ...plain, deps: { consumers } });
    const reply = await app.get('/v2/holdfast/consumers', { key: 'cal_operate' });
    expectError(reply, 503, 'store_unavailable');
    expect(app.logged).toContainEqual(expect.objectContaining({ type: 'outage', reason: away.reason }));
    expect(app.logged.filter(({ type }) => type === 'fault')).toEqual([]);
  });

  test('the log has templates, never paths, tokens, bodies or addresses', async () => {
    const app = await started(plain);
    const uid = await booked(app, introBody());
    await app.get(`/v2/bookings/${uid}?token=t0ken`, { key: 'cal_read' });
    await app.get('/v2/nothing?token=t0ken');
    const text = JSON.stringify(app.logged);
    expect(text).toContain('/v2/bookings/:uid');
    expect(text).toContain('(no route)');
    for (const secret of [uid, 't0ken', 'cal_read', 'Runa', 'runa@', '127.0.0.1']) expect(text).not.toContain(secret);
  });

  test('an error does not repeat the query, which may hold a token', async () => {
    const app = await started(plain);
    expect((await app.get('/v2/bookings/nobody?token=t0ken')).text).not.toContain('t0ken');
  });

  test('a store that is away is 503 with Retry-After', async () => {
    const app = await started(plain);
    await app.store.close();
    const reply = await app.post('/v2/bookings', introBody());
    expectError(reply, 503, 'store_unavailable');
    expect(reply.headers.get('retry-after')).toBe('1');
  });
});
