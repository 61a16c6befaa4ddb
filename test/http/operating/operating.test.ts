import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, test } from 'vitest';
import type { DeliveryFilter, DeliveryPageRequest } from '../../../src/application/ports/delivery.ts';
import type { NotificationQuery } from '../../../src/application/ports/read-models.ts';
import { introBody } from '../../support/booking-bodies.ts';
import { odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';

const started = testApps();
const plain = { hosts: [{ ...odd, calendarIds: [] }] };
const operate = { key: 'cal_operate' };

describe('health', () => {
  test('live always, ready with reasons', async () => {
    const app = await started(plain);
    expect((await app.get('/health/live')).status).toBe(200);
    expect((await app.get('/health/ready')).status).toBe(200);
    const unready = await started({ ...plain, deps: { ready: async () => ['the disk is full'] } });
    expect((await unready.get('/health/live')).status).toBe(200);
    const reply = await unready.get('/health/ready');
    expectError(reply, 503, 'not_ready');
    expect(at(reply.body, 'message')).toContain('the disk is full');
  });
});

describe('consumers', () => {
  test('where each group stands', async () => {
    const app = await started(plain);
    await booked(app, introBody());
    await app.settled();
    const reply = await app.get('/v2/holdfast/consumers', operate);
    const head = await app.store.head()();
    expect(at(reply.body, 'data')).toMatchObject({
      groups: [{ name: 'saga', head: Reflect.get(head, 'right'), parked: 0 }],
      parked: [],
    });
  });

  test('parked messages are put back', async () => {
    const app = await started(plain);
    const replay = await app.post('/v2/holdfast/parked/saga/replay', undefined, operate);
    expect(at(replay.body, 'data')).toEqual({ group: 'saga', replayed: 0 });
    expectError(await app.post('/v2/holdfast/parked/nobody/replay', {}, operate), 404, 'consumer_group_not_found');
    const wrong = await app.post('/v2/holdfast/parked/saga/replay', { position: 'x' }, operate);
    expectError(wrong, 400, 'invalid_request', ['position']);
  });
});

test('what concerns the whole server is not for a key of one host', async () => {
  const app = await started(plain);
  for (const path of ['/v2/holdfast/consumers', '/v2/holdfast/deliveries', '/v2/holdfast/notifications'])
    expectError(await app.get(path, { key: 'cal_operate_odd' }), 403, 'forbidden');
  const replay = await app.post('/v2/holdfast/parked/saga/replay', {}, { key: 'cal_operate_odd' });
  expectError(replay, 403, 'forbidden');
});

describe('deliveries', () => {
  test('are asked for by booking and subscription, page by page', async () => {
    const asked: unknown[] = [];
    const list = (filter: DeliveryFilter, page: DeliveryPageRequest) => {
      asked.push({ filter, page });
      return TE.right({ attempts: [], next: null });
    };
    const app = await started({ ...plain, deps: { deliveries: { list } } });
    await app.get('/v2/holdfast/deliveries?bookingUid=b&subscriptionId=s&take=9999&before=7', operate);
    await app.get('/v2/holdfast/deliveries', operate);
    expect(asked).toEqual([
      { filter: { bookingUid: 'b', subscriptionId: 's' }, page: { limit: 250, before: 7 } },
      { filter: {}, page: { limit: 250 } },
    ]);
    expectError(await app.get('/v2/holdfast/deliveries?take=x', operate), 400, 'invalid_request', ['take']);
  });

  test('a log that cannot be read is 503', async () => {
    const list = () => TE.left({ type: 'Unavailable', reason: 'closed' } as const);
    const app = await started({ ...plain, deps: { deliveries: { list } } });
    expectError(await app.get('/v2/holdfast/deliveries', operate), 503, 'delivery_log_unavailable');
  });
});

describe('the calendar feed', () => {
  test('by name and token; any other pair is one and the same 404', async () => {
    const calendarFeed = async (name: string, token: string) =>
      name === 'odd' && token === 't0ken' ? 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n' : null;
    const app = await started({ ...plain, deps: { calendarFeed } });
    const feed = await app.get('/calendars/odd.ics?token=t0ken');
    expect(feed.status).toBe(200);
    expect(feed.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    expect(feed.text).toBe('BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n');
    for (const path of ['/calendars/odd.ics', '/calendars/odd.ics?token=x', '/calendars/else.ics?token=t0ken'])
      expectError(await app.get(path), 404, 'calendar_feed_not_found');
  });
});

describe('notifications', () => {
  const given = async () => {
    const asked: NotificationQuery[] = [];
    const page = {
      bookings: [
        {
          bookingUid: 'one',
          notifications: [
            {
              causedBy: 'event-1',
              channel: 'mail',
              notification: 'confirmed',
              recipient: 'attendee',
              state: 'parked',
              plannedAt: '2050-09-01T00:00:00Z',
              settledAt: '2050-09-01T00:00:01Z',
              detail: 'mailbox unknown',
            },
          ],
        },
      ],
      next: 7,
    } as const;
    const notifications = (query: NotificationQuery) => {
      asked.push(query);
      return TE.right(page);
    };
    return { asked, page, app: await started({ ...plain, deps: { notificationList: { notifications } } }) };
  };

  test('are asked for by state and booking, page by page', async () => {
    const { app, asked, page } = await given();
    expect((await app.get('/v2/holdfast/notifications', operate)).body).toMatchObject({
      status: 'success',
      data: page,
    });
    await app.get('/v2/holdfast/notifications?state=parked&bookingUid=one&take=250&before=7', operate);
    expect(asked).toEqual([
      { state: null, bookingUid: null, before: null, take: 100 },
      { state: 'parked', bookingUid: 'one', before: 7, take: 250 },
    ]);
  });

  test.each([
    ['state=lost', 'state'],
    ['state=sent&state=parked', 'state'],
    ['take=0', 'take'],
    ['take=251', 'take'],
    ['take=x', 'take'],
    ['before=-1', 'before'],
  ])('%s is refused by name', async (query, field) => {
    const { app, asked } = await given();
    expectError(await app.get(`/v2/holdfast/notifications?${query}`, operate), 400, 'invalid_request', [field]);
    expect(asked).toEqual([]);
  });

  test('a read model that cannot be read is 503', async () => {
    const notifications = () => TE.left({ type: 'Unavailable', reason: 'it is being built' } as const);
    const app = await started({ ...plain, deps: { notificationList: { notifications } } });
    expectError(await app.get('/v2/holdfast/notifications', operate), 503, 'read_model_unavailable');
  });
});
