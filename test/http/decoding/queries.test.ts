import { describe, expect, test } from 'vitest';
import { endpointsOf } from '../../../src/http/app.ts';
import { introBody } from '../../support/booking-bodies.ts';
import { odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';

const started = testApps();
const plain = { hosts: [{ ...odd, calendarIds: [] }], deps: { guestActions: 'open' } } as const;
const slots = '/v2/slots?eventTypeId=1&start=2050-09-05&end=2050-09-05';

/** Every route, asked by whoever may call it, for a booking that is there. */
const everyRoute = async () => {
  const app = await started(plain);
  const uid = await booked(app, introBody());
  const routes = endpointsOf(app.deps).map(({ method, path, access }) => ({
    method: method.toUpperCase(),
    path: path.replace(':uid', uid).replace(':group', 'saga').replace(':id', 'none').replace(':feedName', 'odd'),
    access,
    key: access.type === 'key' ? `cal_${access.roles[0]}` : undefined,
  }));
  return { app, uid, routes };
};

describe('query parameters', () => {
  test.each(['hostId=2', 'moment=', 'moment[deep]=1', 'constructor=1', 'hasOwnProperty=1', 'start=x&nobody-knows=1'])(
    'a route that does not know ?%s refuses it by name and does nothing',
    async (query) => {
      const { app, routes } = await everyRoute();
      const before = await app.store.head()();
      for (const { method, path, key } of routes) {
        const reply = await app.request(method, `${path}?${query}`, {
          ...(key === undefined ? {} : { key }),
          ...(method === 'POST' ? { body: {} } : {}),
        });
        expect(reply.status, `${method} ${path}`).toBe(400);
        expect(at(reply.body, 'error', 'code'), path).toBe('invalid_request');
        const errors = at(reply.body, 'error', 'details', 'errors');
        const unknown = Array.isArray(errors) ? errors.filter((error) => at(error, 'code') === 'unknown') : [];
        expect(unknown.map((error) => at(error, 'field'))).toContain(query.split('&').at(-1)?.split(/[=[]/)[0]);
      }
      expect(await app.store.head()()).toEqual(before);
    },
  );

  test('whoever may not come in is told so first', async () => {
    const { app } = await everyRoute();
    expectError(await app.get('/v2/bookings?hostId=2'), 401, 'credentials_required');
    expectError(await app.get('/v2/holdfast/consumers?at=', { key: 'cal_read' }), 403, 'forbidden');
  });

  test('the guest’s token may stand in the query of every route by uid, once', async () => {
    const { app, routes } = await everyRoute();
    for (const { method, path } of routes.filter(({ access }) => access.type === 'by-uid')) {
      const body = method === 'POST' ? { body: {} } : {};
      expect((await app.request(method, `${path}?token=t`, body)).text).not.toContain('"field":"token"');
      const twice = await app.request(method, `${path}?token=t&token=u`, body);
      expectError(twice, 400, 'invalid_request', ['token']);
    }
  });

  test('what Cal.com’s clients send and means nothing here is ignored', async () => {
    const { app } = await everyRoute();
    for (const path of [
      `${slots}&organizationSlug=acme`,
      '/v2/event-types?username=odd&orgSlug=acme&orgId=1&sortCreatedAt=desc',
    ])
      expect((await app.get(path)).status, path).toBe(200);
  });

  test('a filter by team is refused: a list that passed over it would show too much', async () => {
    const { app } = await everyRoute();
    const key = { key: 'cal_read' };
    expectError(await app.get('/v2/bookings?teamId=1', key), 400, 'unsupported_feature', ['teamId']);
    expectError(await app.get('/v2/bookings?teamsIds=1,2', key), 400, 'unsupported_feature', ['teamsIds']);
  });

  test('a parameter without a value counts as absent', async () => {
    const { app } = await everyRoute();
    expect((await app.get(`${slots}&timeZone=&duration=&format=&bookingUidToReschedule=`)).status).toBe(200);
    expect((await app.get('/v2/bookings?take=&status=&afterStart=', { key: 'cal_read' })).status).toBe(200);
  });

  test('a link to a page may have parameters that mail programs add', async () => {
    const { app, uid } = await everyRoute();
    expect((await app.get(`/bookings/${uid}?utm_source=mail&fbclid=1`)).status).toBe(200);
  });
});
