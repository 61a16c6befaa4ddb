import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, test } from 'vitest';
import type { BookingListQuery } from '../../../src/application/ports/read-models.ts';
import { bookingsQuery, listQueryOf } from '../../../src/http/bookings/list-query.ts';
import { decodeQuery } from '../../../src/http/decoding/decode.ts';
import { paginationOf } from '../../../src/http/bookings/present-booking.ts';
import { introBody } from '../../support/booking-bodies.ts';
import { odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';
import { expectReply } from '../contract/schema.ts';
import { bookingListAnswer } from '../contract/schemas.ts';

const started = testApps();
const plain = { hosts: [{ ...odd, calendarIds: [] }] };
const read = { key: 'cal_read' };
const uids = (body: Parameters<typeof at>[0]) => {
  const data = at(body, 'data');
  return Array.isArray(data) ? data.map((row) => at(row, 'uid')) : [];
};

describe('GET /v2/bookings', () => {
  test('lists, filters, orders and pages as the contract says', async () => {
    const app = await started(plain);
    const eight = await booked(app, introBody({ start: '2050-09-05T08:00:00Z' }));
    const seven = await booked(app, introBody());
    const off = await booked(app, introBody({ start: '2050-09-05T09:00:00Z' }));
    await app.post(`/v2/bookings/${off}/cancel`);
    const list = async (query: string) => {
      const reply = await app.get(`/v2/bookings${query}`, read);
      expectReply(reply, 200, bookingListAnswer);
      return uids(reply.body);
    };
    expect(await list('')).toEqual([seven, eight, off]);
    expect(await list('?status=upcoming')).toEqual([seven, eight]);
    expect(await list('?status=upcoming&sortStart=desc')).toEqual([eight, seven]);
    for (const several of [
      '?status=cancelled,past',
      '?status=cancelled&status=past',
      '?status[]=cancelled&status%5B%5D=past',
    ])
      expect(await list(several)).toEqual([off]);
    expect(await list('?attendeeEmail=RUNA@example.com&take=1&skip=1')).toEqual([eight]);
    expect(await list('?eventTypeIds=2,3')).toEqual([]);
    expect(await list('?afterStart=2050-09-05T08:00:00Z&beforeEnd=2050-09-05T08:30:00Z')).toEqual([eight]);
    const page = await app.get('/v2/bookings?take=2&skip=2', read);
    expect(at(page.body, 'pagination')).toEqual({
      totalItems: 3,
      remainingItems: 0,
      returnedItems: 1,
      itemsPerPage: 2,
      currentPage: 2,
      totalPages: 2,
      hasNextPage: false,
      hasPreviousPage: true,
    });
  });

  test('a key of one host sees that host’s bookings alone', async () => {
    const app = await started(plain);
    const uid = await booked(app, introBody());
    expect(uids((await app.get('/v2/bookings', { key: 'cal_host_odd' })).body)).toEqual([uid]);
    expect(uids((await app.get('/v2/bookings', { key: 'cal_host_else' })).body)).toEqual([]);
  });

  test('a list can be asked to have got to a position; if it has not in time it says so', async () => {
    const waits: number[] = [];
    const bookingList = {
      list: (_: BookingListQuery) => TE.right({ rows: [], total: 0, position: 4 }),
      waitFor: async (position: number) => {
        waits.push(position);
        return position <= 4;
      },
    };
    const app = await started({ ...plain, deps: { bookingList } });
    expect((await app.get('/v2/bookings', read)).headers.get('holdfast-position')).toBe('4');
    expect((await app.get('/v2/bookings?atLeastPosition=4', read)).status).toBe(200);
    const late = await app.get('/v2/bookings', { ...read, headers: { 'Holdfast-Position': '5' } });
    expectError(late, 503, 'read_model_behind');
    expectError(await app.get('/v2/bookings?atLeastPosition=soon', read), 400, 'invalid_request', ['atLeastPosition']);
    expect(waits).toEqual([4, 5]);
  });

  test('a read model that is away is 503', async () => {
    const unavailable = {
      list: () => TE.left({ type: 'Unavailable', reason: 'being built' } as const),
      waitFor: async () => true,
    };
    const app = await started({ ...plain, deps: { bookingList: unavailable } });
    expectError(await app.get('/v2/bookings', read), 503, 'read_model_unavailable');
  });
});

describe('the filters', () => {
  const scope = { now: 0, hostIds: null };
  const decode = decodeQuery(bookingsQuery);
  const listed = (query: Readonly<Record<string, unknown>>) =>
    pipe(
      decode(query),
      E.chain((decoded) => listQueryOf(decoded, scope)),
    );

  test.each([
    ['status', 'sometimes'],
    ['eventTypeId', 'one'],
    ['eventTypeIds', '1,x'],
    ['afterStart', '2050-09-05'],
    ['beforeUpdatedAt', 'yesterday'],
    ['sortEnd', 'up'],
    ['take', '0'],
    ['take', '251'],
    ['skip', '-1'],
    ['attendeeEmail', ['a@b.cd', 'c@d.ef']],
    ['teamId', '1'],
    ['teamsIds', ['1', '2']],
    ['hostId', '2'],
  ])('%s=%s is named as wrong', (name, value) => {
    expect(listed({ [name]: value })).toMatchObject({ left: { fields: [{ field: name }] } });
  });

  test('several orders keep Cal.com’s precedence; one status that looks back turns the default around', () => {
    const orderOf = (query: Record<string, unknown>) => {
      const wanted = listed(query);
      return E.isRight(wanted) ? wanted.right.order : wanted.left;
    };
    expect(orderOf({ sortUpdatedAt: 'asc', sortEnd: 'desc' })).toEqual([
      { by: 'end', direction: 'desc' },
      { by: 'updated', direction: 'asc' },
    ]);
    expect(orderOf({ status: 'past' })).toEqual([{ by: 'start', direction: 'desc' }]);
    expect(orderOf({ status: 'past,upcoming' })).toEqual([{ by: 'start', direction: 'asc' }]);
  });

  test('eventTypeId and eventTypeIds add up; more than twenty repeated values are a list still', async () => {
    expect(listed({ eventTypeId: '1', eventTypeIds: '2,3' })).toMatchObject({
      right: { eventTypeIds: [1, 2, 3] },
    });
    const app = await started(plain);
    const many = Array.from({ length: 30 }, (_, index) => `eventTypeIds[]=${index}`).join('&');
    expect((await app.get(`/v2/bookings?${many}`, read)).status).toBe(200);
  });
});

describe('pagination', () => {
  test.each([
    [0, 0, 0, { currentPage: 0, totalPages: 0, hasNextPage: false, hasPreviousPage: false, remainingItems: 0 }],
    [0, 100, 250, { currentPage: 1, totalPages: 3, hasNextPage: true, hasPreviousPage: false, remainingItems: 150 }],
    [500, 0, 250, { currentPage: 3, totalPages: 3, hasNextPage: false, hasPreviousPage: true, remainingItems: 0 }],
  ])('skip %i, %i of %i', (skip, returned, total, expected) => {
    expect(paginationOf({ take: 100, skip }, total, returned)).toMatchObject(expected);
  });
});
