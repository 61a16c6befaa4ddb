import { describe, expect, test } from 'vitest';
import { introBody } from '../../support/booking-bodies.ts';
import { odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';

const started = testApps();
const plain = { hosts: [{ ...odd, calendarIds: [] }] };

describe('keys', () => {
  test('open endpoints take no key, a right one, a bare one; never a wrong one', async () => {
    const app = await started(plain);
    const types = '/v2/event-types?username=odd';
    expect((await app.get(types)).status).toBe(200);
    expect((await app.get(types, { key: 'cal_read' })).status).toBe(200);
    expect((await app.get(types, { headers: { authorization: 'cal_read' } })).status).toBe(200);
    expectError(await app.get(types, { key: 'cal_wrong' }), 401, 'credentials_invalid');
    expectError(await app.get(types, { headers: { authorization: 'Bearer ' } }), 401, 'credentials_invalid');
    expectError(await app.post('/v2/bookings', introBody(), { key: 'cal_wrong' }), 401, 'credentials_invalid');
    expect(await app.store.head()()).toMatchObject({ right: 0 });
  });

  test.each([
    ['GET', '/v2/bookings', 'cal_book'],
    ['POST', '/v2/bookings/x/confirm', 'cal_operate'],
    ['POST', '/v2/bookings/x/decline', 'cal_operate'],
    ['POST', '/v2/bookings/x/retry', 'cal_read'],
    ['POST', '/v2/bookings/x/mark-absent', 'cal_book'],
    ['POST', '/v2/bookings/x/acknowledge-removal', 'cal_read'],
    ['GET', '/v2/holdfast/consumers', 'cal_host'],
    ['POST', '/v2/holdfast/parked/saga/replay', 'cal_audit'],
    ['GET', '/v2/holdfast/deliveries', 'cal_read'],
  ])('%s %s needs a key, and one of the right role', async (method, path, wrongRole) => {
    const app = await started(plain);
    const reply = await app.request(method, path);
    expectError(reply, 401, 'credentials_required');
    expect(reply.headers.get('www-authenticate')).toBe('Bearer');
    expectError(await app.request(method, path, { key: wrongRole }), 403, 'forbidden');
  });
});

describe('cal-api-version', () => {
  test.each([
    ['/v2/bookings/x', '2024-04-15', 404, 'route_not_found'],
    ['/v2/bookings/x', '2024-08-13', 404, 'booking_not_found'],
    ['/v2/slots', '2024-08-13', 404, 'route_not_found'],
    ['/v2/slots', '2024-09-04', 400, 'invalid_request'],
    ['/v2/event-types', '2024-04-15', 404, 'route_not_found'],
  ] as const)('%s with %s', async (path, version, status, code) => {
    const app = await started(plain);
    expectError(await app.get(path, { headers: { 'cal-api-version': version } }), status, code);
  });

  test('absent is the newest; /v2/me takes any', async () => {
    const app = await started(plain);
    expectError(await app.get('/v2/bookings/x'), 404, 'booking_not_found');
    expect((await app.get('/v2/me', { key: 'cal_read', headers: { 'cal-api-version': '2024-04-15' } })).status).toBe(
      200,
    );
  });
});

describe('guestActions: token', () => {
  const guarded = { ...plain, deps: { guestActions: 'token' as const } };

  test('seeing and cancelling needs the token of the mail, or a key', async () => {
    const app = await started(guarded);
    const uid = await booked(app, introBody());
    const bookingEndMs = Temporal.Instant.from('2050-09-05T07:30:00Z').epochMilliseconds;
    const grant = { party: 'attendee', purpose: 'manage', bookingEndMs } as const;
    const token = app.bookingTokens.issue({ ...grant, bookingUid: uid });
    const foreign = app.bookingTokens.issue({ ...grant, bookingUid: 'other' });

    for (const path of [`/v2/bookings/${uid}`, `/v2/bookings/${uid}/events`]) {
      expectError(await app.get(path), 401, 'guest_token_required');
      expectError(await app.get(`${path}?token=${foreign}`), 401, 'guest_token_invalid');
      expectError(await app.get(`${path}?token=x&token=y`), 400, 'invalid_request', ['token']);
      expect((await app.get(`${path}?token=${token}`)).status).toBe(200);
      expect((await app.get(path, { headers: { 'Holdfast-Guest-Token': token } })).status).toBe(200);
      expect((await app.get(path, { key: 'cal_book' })).status).toBe(200);
    }
    expectError(await app.post(`/v2/bookings/${uid}/cancel`), 401, 'guest_token_required');
    expectError(await app.post(`/v2/bookings/${uid}/cancel`, {}, { key: 'cal_read' }), 403, 'forbidden');
    expect((await app.post(`/v2/bookings/${uid}/cancel?token=${token}`)).status).toBe(200);
    app.clock.advance(60 * 24 * 3_600_000);
    expectError(await app.get(`/v2/bookings/${uid}?token=${token}`), 401, 'guest_token_expired');
  });

  test('an unknown booking is not told from one that is not theirs', async () => {
    const app = await started(guarded);
    expectError(await app.get('/v2/bookings/nobody'), 401, 'guest_token_required');
  });

  test('the answer to a booking gives the guest the token, and links that work', async () => {
    const app = await started({ ...plain, deps: { guestActions: 'token', publicUrl: () => '' } });
    const headers = { 'idempotency-key': 'k-1' };
    const reply = await app.post('/v2/bookings', introBody(), { headers });
    const token = String(at(reply.body, 'data', 'guestToken'));
    const uid = String(at(reply.body, 'data', 'uid'));
    const link = (name: string) => String(at(reply.body, 'data', 'links', name));
    expect(link('booking')).toBe(`/v2/bookings/${uid}?token=${token}`);
    expect((await app.get(link('booking'))).status).toBe(200);
    expect((await app.get(link('page'))).text).toContain('<h1>');
    const again = await app.post('/v2/bookings', introBody(), { headers });
    expect(at(again.body, 'data', 'guestToken')).toBe(token);
    expect((await app.get(`/v2/bookings/${uid}?token=${token}`)).text).not.toContain('guestToken');
    const cancelled = await app.post(link('cancel'));
    expect(at(cancelled.body, 'data', 'status')).toBe('cancelled');
  });

  test("the link to the history that hosts' mails of earlier versions have shows it, and cancels nothing", async () => {
    const app = await started(guarded);
    const uid = await booked(app, introBody());
    const bookingEndMs = Temporal.Instant.from('2050-09-05T07:30:00Z').epochMilliseconds;
    const token = app.bookingTokens.issue({ party: 'attendee', purpose: 'see', bookingEndMs, bookingUid: uid });
    const search = `?token=${token}`;
    const link = `/v2/bookings/${uid}/events${search}`;
    expect((await app.get(link)).status).toBe(200);
    expect((await app.get(`/v2/bookings/${uid}${search}`)).status).toBe(200);
    expectError(await app.post(`/v2/bookings/${uid}/cancel${search}`), 401, 'guest_token_invalid');
    const page = await app.get(`/bookings/${uid}${search}`);
    expect([page.status, page.text.includes('<form')]).toEqual([200, false]);
    expect((await app.post(`/bookings/${uid}/cancel${search}`)).status).toBe(403);
    app.clock.advance(60 * 24 * 3_600_000);
    expectError(await app.get(link), 401, 'guest_token_expired');
  });

  test("the token of the host's page is none for the API, and none for the guest's page", async () => {
    const app = await started(guarded);
    const uid = await booked(app, introBody());
    const bookingEndMs = Temporal.Instant.from('2050-09-05T07:30:00Z').epochMilliseconds;
    const token = app.bookingTokens.issue({ party: 'host', purpose: 'manage', bookingEndMs, bookingUid: uid });
    for (const path of ['', '/events']) {
      const read = await app.get(`/v2/bookings/${uid}${path}?token=${token}`);
      expectError(read, 401, 'guest_token_invalid');
    }
    expectError(await app.post(`/v2/bookings/${uid}/cancel?token=${token}`), 401, 'guest_token_invalid');
    expect((await app.get(`/bookings/${uid}?token=${token}`)).status).toBe(403);
  });

  test('a token of the guest counts, whatever key is sent beside it', async () => {
    const app = await started(guarded);
    const uid = await booked(app, introBody());
    const bookingEndMs = Temporal.Instant.from('2050-09-05T07:30:00Z').epochMilliseconds;
    const token = app.bookingTokens.issue({ party: 'attendee', purpose: 'manage', bookingEndMs, bookingUid: uid });
    expectError(await app.get(`/v2/bookings/${uid}`, { key: 'cal_host_else' }), 404, 'booking_not_found');
    const reply = await app.post(`/v2/bookings/${uid}/cancel?token=${token}`, {}, { key: 'cal_host_else' });
    expect(reply.body).toMatchObject({ data: { status: 'cancelled', cancelledByEmail: 'runa@example.com' } });
  });
});

test("another host's key books as a guest does", async () => {
  const app = await started(plain);
  for (const [key, kind, start] of [
    ['cal_host_else', 'guest', '2050-09-05T07:00:00Z'],
    ['cal_host_odd', 'host', '2050-09-05T08:00:00Z'],
  ]) {
    const reply = await app.post('/v2/bookings', introBody({ start }), { key: key ?? '' });
    const uid = String(at(reply.body, 'data', 'uid'));
    const history = await app.get(`/v2/bookings/${uid}/events`, { key: 'cal_audit' });
    expect(at(history.body, 'data', 0, 'actor', 'kind')).toBe(kind);
  }
});
