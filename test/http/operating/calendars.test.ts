import * as TE from 'fp-ts/lib/TaskEither.js';
import { expect, test } from 'vitest';
import type { CalendarReport } from '../../../src/application/ports/read-models.ts';
import { odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';

const started = testApps();
const PATH = '/v2/holdfast/calendars';

const report = (calendarId: string): CalendarReport => ({
  calendarId,
  place: { provider: 'caldav', address: `https://dav.example/of-${calendarId}/`, since: '2050-09-01T08:00:00Z' },
  lastSuccessAt: '2050-09-01T08:00:00Z',
  lastFailure: null,
  failuresInRow: 0,
  outage: null,
  held: { count: 1, uids: ['one'] },
  missing: { count: 0, uids: [] },
  elsewhere: { count: 0, uids: [] },
  removals: { count: 0, first: [], acknowledged: { count: 0, uids: [] } },
  unreadable: { objects: [], more: 0 },
});

/** Odd has `work` and `home`, Eva `evas`; `gone` was Odd's once. The log knows nothing of `home` yet. */
const app = async (asked: Array<string | null> = []) =>
  started({
    hosts: [
      { ...odd, calendarIds: ['work', 'home'] },
      { ...odd, id: 'eva', number: 2, username: 'eva', calendarIds: ['evas'], eventTypes: [] },
    ],
    calendars: ['work', 'home', 'evas'].map((calendarId) => scriptedCalendar({ calendarId }).calendar),
    deps: {
      calendarHealth: (_, hostId) => {
        asked.push(hostId);
        return TE.right(['evas', 'gone', 'work'].map(report));
      },
    },
  });

const idsOf = (body: Parameters<typeof at>[0]): unknown => {
  const data = at(body, 'data');
  return Array.isArray(data) ? data.map((one) => at(one, 'id')) : data;
};

test('a key for all hosts sees every calendar, those too that were taken out or never written to', async () => {
  const server = await app();
  const reply = await server.get(PATH, { key: 'cal_operate' });
  expect(idsOf(reply.body)).toEqual(['evas', 'gone', 'home', 'work']);
  expect(at(reply.body, 'data', 1)).toMatchObject({ id: 'gone', configured: false, kind: 'caldav', hosts: [] });
  expect(at(reply.body, 'data', 2)).toMatchObject({ id: 'home', configured: true, address: null, lastSuccessAt: null });
  expect(at(reply.body, 'data', 3)).toMatchObject({
    id: 'work',
    label: 'work',
    kind: 'local',
    hosts: ['odd'],
    address: 'https://dav.example/of-work/',
    bookings: { held: { count: 1, uids: ['one'] }, atOldAddress: { count: 0 } },
  });
});

test('a key of one host sees the calendars of that host alone, and its bookings (I14)', async () => {
  const asked: Array<string | null> = [];
  const server = await app(asked);
  expect(idsOf((await server.get(PATH, { key: 'cal_host_odd' })).body)).toEqual(['home', 'work']);
  expect(idsOf((await server.get(PATH, { key: 'cal_host_else' })).body)).toEqual([]);
  expect((await server.get(`${PATH}/work`, { key: 'cal_host_odd' })).status).toBe(200);
  for (const other of ['evas', 'gone', 'nothing', '__proto__'])
    expectError(await server.get(`${PATH}/${other}`, { key: 'cal_host_odd' }), 404, 'calendar_not_found');
  expect(new Set(asked)).toEqual(new Set(['odd', 'else']));
});

test('strangers, and keys that only book, see nothing', async () => {
  const server = await app();
  for (const path of [PATH, `${PATH}/work`, '/v2/holdfast/unconfigured']) {
    expectError(await server.get(path), 401, 'credentials_required');
    expectError(await server.get(path, { key: 'cal_book' }), 403, 'forbidden');
  }
  expectError(await server.get('/v2/holdfast/unconfigured', { key: 'cal_host_odd' }), 403, 'forbidden');
});

test('a read model that is away is 503', async () => {
  const unavailable = () => TE.left({ type: 'Unavailable', reason: 'being built' } as const);
  const server = await started({ deps: { calendarHealth: unavailable, leftOvers: unavailable } });
  for (const path of [PATH, '/v2/holdfast/unconfigured'])
    expectError(await server.get(path, { key: 'cal_operate' }), 503, 'read_model_unavailable');
});

test('what was tried last, what came, and what to do is said of each, and the process stays ready', async () => {
  const failure = { kind: 'network', message: 'ENOTFOUND', cause: 'dns' } as const;
  const last = { at: '2050-09-01T08:00:00Z', tookMs: 7, failure };
  const server = await started({
    hosts: [{ ...odd, calendarIds: ['work', 'home'] }],
    calendars: ['work', 'home'].map((calendarId) => scriptedCalendar({ calendarId }).calendar),
    deps: {
      triedCalendar: (id) => (id === 'work' ? { last, outage: null } : null),
      watchedAt: (id) => (id === 'work' ? '2050-09-01T07:55:00Z' : null),
      unreadableCalendars: () => [{ id: 'work', since: '2050-09-01T08:00:00Z', kind: 'network' }],
    },
  });
  const reply = await server.get(PATH, { key: 'cal_operate' });
  expect(at(reply.body, 'data', 0, 'lastTry')).toBeNull();
  expect(at(reply.body, 'data', 1, 'lastTry')).toMatchObject({
    tried: 'read',
    outcome: 'failed',
    failure: { kind: 'network', message: 'ENOTFOUND', why: expect.stringContaining('DNS') },
  });
  const watched = [0, 1].map((index) => at(reply.body, 'data', index, 'lastWatchedAt'));
  expect(watched).toEqual([null, '2050-09-01T07:55:00Z']);
  const ready = await server.get('/health/ready');
  expect([ready.status, at(ready.body, 'status')]).toEqual([200, 'ready']);
  expect(at(ready.body, 'calendars', 'unreadable', 0)).toEqual({
    id: 'work',
    since: '2050-09-01T08:00:00Z',
    kind: 'network',
  });
});
