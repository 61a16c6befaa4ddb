import { describe, expect, test } from 'vitest';
import { endpointsOf } from '../../../src/http/app.ts';
import { introBody } from '../../support/booking-bodies.ts';
import { intro, odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import type { TestApp } from '../../support/test-app.ts';
import { booked, testApps } from '../../support/test-apps.ts';

/** What a key of one host gets of another one's, by each route that the role audit opens; null: it needs no host. */
type Answer = readonly [status: number, code: string | null];
const NOT_FOUND = [404, 'booking_not_found'] as const;
const NO_HOST = [404, 'host_not_found'] as const;
const OF_ALL = [403, 'forbidden'] as const;
const routes: Readonly<Record<string, Answer>> = {
  'get /v2/bookings/:uid/events': NOT_FOUND,
  'get /v2/holdfast/events': OF_ALL,
  'get /v2/holdfast/audit/bookings/:uid': NOT_FOUND,
  'get /v2/holdfast/audit/bookings/:uid/why': NOT_FOUND,
  'get /v2/holdfast/audit/bookings/:uid/proof': NOT_FOUND,
  'get /v2/holdfast/audit/replay': OF_ALL,
  'get /v2/holdfast/audit/hosts/:id/agenda': NO_HOST,
  'get /v2/holdfast/audit/hosts/:id/refusals': NO_HOST,
  'get /v2/holdfast/audit/export': [200, null],
  'get /v2/holdfast/audit/changes': OF_ALL,
  'get /v2/holdfast/audit/verify': OF_ALL,
  'get /v2/holdfast/audit/head': OF_ALL,
  'post /v2/holdfast/privacy/export': OF_ALL,
};
const isAudit = (path: string): boolean =>
  path.includes('/audit/') || path === '/v2/holdfast/events' || path === '/v2/holdfast/privacy/export';

const started = testApps();
const eva = { ...odd, id: 'eva', number: 2, username: 'eva', email: 'eva@example.com' };
const hosts = [odd, { ...eva, eventTypes: [{ ...intro, id: 3 }] }].map((host) => ({ ...host, calendarIds: [] }));
const EVAS = { eventTypeId: 3, attendee: { name: 'Astrid', email: 'astrid@example.com', timeZone: 'Asia/Tokyo' } };
const key = 'cal_audit_odd';

/** One booking and one refusal of each host. */
const withTwo = async (): Promise<{ readonly app: TestApp; readonly odds: string; readonly evas: string }> => {
  const app = await started({ hosts });
  const [odds, evas] = [await booked(app, introBody()), await booked(app, introBody(EVAS))];
  for (const body of [introBody(), introBody(EVAS)]) expect((await app.post('/v2/bookings', body)).status).toBe(409);
  await app.settled();
  return { app, odds, evas };
};

const ask = (app: TestApp, route: string, uid: string, id: string) => {
  const [method = '', path = ''] = route.split(' ');
  const body = method === 'post' ? { body: { email: EVAS.attendee.email } } : {};
  return app.request(method.toUpperCase(), path.replace(':uid', uid).replace(':id', id), { key, ...body });
};

describe('a key with the role audit for one host', () => {
  test('every route of the audit has its answer here', async () => {
    const { app } = await withTwo();
    const all = endpointsOf(app.deps).filter(({ path }) => isAudit(path));
    const known = Object.keys(routes).filter((route) => isAudit(route.split(' ')[1] ?? ''));
    expect(all.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(known.toSorted());
  });

  test.each(Object.entries(routes))('%s: of another host nothing, by uid or its beginning', async (route, answer) => {
    const { app, odds, evas } = await withTwo();
    const ofEva = new RegExp(`${evas}|astrid|"eva"|schedule-eva|rules-eva`, 'i');
    for (const uid of [evas, evas.slice(0, 25)]) {
      const reply = await ask(app, route, uid, 'eva');
      expect([reply.status, at(reply.body, 'error', 'code')]).toEqual(answer);
      // The address that was asked for is in an error.
      expect(reply.text.replaceAll(/"path":"[^"]*"/g, '')).not.toMatch(ofEva);
    }
    const own = await ask(app, route, odds, 'odd');
    expect(own.status).toBe(answer === OF_ALL ? 403 : 200);
    expect(own.text).not.toMatch(ofEva);
  });

  test.each(['ndjson', 'csv'])('an export as %s has its own host alone, whatever is asked for', async (format) => {
    const { app, odds, evas } = await withTwo();
    const path = `/v2/holdfast/audit/export?format=${format}`;
    for (const filter of ['', '&eventType=intro', '&status=accepted', '&host=odd', '&from=2050-01-01T00:00:00Z']) {
      const { text } = await app.get(`${path}${filter}`, { key });
      expect(text).toContain(odds);
      expect(text).not.toMatch(new RegExp(`${evas}|astrid|schedule-`, 'i'));
    }
    expect((await app.get(`${path}&host=eva`, { key })).status).toBe(404);
    expect((await app.get(`${path}&eventType=3`, { key })).text).not.toContain(evas);
  });
});
