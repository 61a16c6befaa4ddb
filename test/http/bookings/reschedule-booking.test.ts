import { describe, expect, test } from 'vitest';
import { introBody } from '../../support/booking-bodies.ts';
import { odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';
import { expectReply } from '../contract/schema.ts';
import { bookingAnswer } from '../contract/schemas.ts';

const started = testApps();
const plain = { hosts: [{ ...odd, calendarIds: [] }] };

/** Mondays in Oslo: nine is when the booking is, the others are free. */
const NINE = '2050-09-05T07:00:00.000Z';
const TEN = '2050-09-05T08:00:00.000Z';
const ELEVEN = '2050-09-05T09:00:00.000Z';

const withCalendar = async (hosts = [odd]) => {
  const work = scriptedCalendar({ calendarId: 'work' });
  const app = await started({ hosts, calendars: [work.calendar] });
  const uid = await booked(app, introBody());
  await app.settled();
  const move = (start: string, more: object = {}, options: object = {}) =>
    app.post(`/v2/bookings/${uid}/reschedule`, { start, ...more }, options);
  const seen = async () => at((await app.get(`/v2/bookings/${uid}`, { key: 'cal_host_odd' })).body, 'data');
  const types = async (): Promise<ReadonlyArray<unknown>> => {
    const { body } = await app.get(`/v2/bookings/${uid}/events`, { key: 'cal_host_odd' });
    return (at(body, 'data') as ReadonlyArray<{ readonly type: string }>).map(({ type }) => type);
  };
  return { app, work, uid, move, seen, types };
};

describe('POST /v2/bookings/{uid}/reschedule', () => {
  test('S30 the same booking at its new time, and the one event moved', async () => {
    const { app, work, uid, move, seen } = await withCalendar();
    const [before] = work.events();
    const reply = await move(TEN, { reschedulingReason: 'The train is late' });
    expectReply(reply, 201, bookingAnswer);
    expect(at(reply.body, 'data')).toMatchObject({
      uid,
      status: 'accepted',
      start: TEN,
      duration: 30,
      reschedulingReason: 'The train is late',
      rescheduledByEmail: 'runa@example.com',
      rescheduledFromUid: uid,
      rescheduledFrom: { start: NINE },
    });
    await app.settled();
    const [after] = work.events();
    expect(work.events()).toHaveLength(1);
    expect(after).toMatchObject({
      icsUid: before?.icsUid,
      sequence: 1,
      status: 'confirmed',
      start: '2050-09-05T08:00:00Z',
    });
    expect([work.asked('create'), work.asked('remove')]).toEqual([1, 0]);
    expect(await seen()).toMatchObject({ start: TEN, calendars: [{ status: 'held', eventStatus: 'confirmed' }] });
    expectError(await app.post('/v2/bookings', introBody({ start: TEN })), 409, 'slot_unavailable');
    await booked(app, introBody());
  });

  test('without a calendar it moves at once, and again', async () => {
    const app = await started(plain);
    const uid = await booked(app, introBody());
    for (const start of [TEN, ELEVEN, NINE]) {
      const reply = await app.post(`/v2/bookings/${uid}/reschedule`, { start });
      expectReply(reply, 201, bookingAnswer);
      expect(at(reply.body, 'data')).toMatchObject({ uid, status: 'accepted', start });
      await app.settled();
    }
    for (const start of [TEN, ELEVEN]) await booked(app, introBody({ start }));
    expectError(await app.post('/v2/bookings', introBody()), 409, 'slot_unavailable');
  });

  test('S31 a first sync that failed: the event is written at the new time', async () => {
    const work = scriptedCalendar({ calendarId: 'work', plan: { create: [{ type: 'refuse', kind: 'auth-revoked' }] } });
    const app = await started({ calendars: [work.calendar] });
    const created = await app.post('/v2/bookings', introBody());
    expect(at(created.body, 'data', 'status')).toBe('pending');
    const uid = at(created.body, 'data', 'uid') as string;
    const reply = await app.post(`/v2/bookings/${uid}/reschedule`, { start: TEN });
    expect(at(reply.body, 'data')).toMatchObject({ uid, status: 'accepted', start: TEN });
    expect(work.events()).toMatchObject([{ start: '2050-09-05T08:00:00Z' }]);
    await booked(app, introBody());
  });

  test('an event that is gone is written anew at the new time', async () => {
    const { work, move } = await withCalendar();
    work.removeByHand(work.events()[0]?.icsUid ?? '');
    expect(at((await move(TEN)).body, 'data')).toMatchObject({ status: 'accepted', start: TEN });
    expect(work.events()).toMatchObject([{ start: '2050-09-05T08:00:00Z' }]);
  });

  test('S33 a link is good for one move, and then names the time as it is', async () => {
    const app = await started(plain);
    const created = await app.post('/v2/bookings', introBody());
    const link = new URL(at(created.body, 'data', 'links', 'reschedule') as string);
    const use = (start: string) => app.post(`${link.pathname}${link.search}`, { start });
    const first = await use(TEN);
    expect(at(first.body, 'data', 'start')).toBe(TEN);
    const stale = await use(ELEVEN);
    expectError(stale, 409, 'booking_rescheduled_meanwhile');
    expect(stale.text).toContain('2050-09-05T08:00:00Z');
    const next = new URL(at(first.body, 'data', 'links', 'reschedule') as string);
    const again = await app.post(`${next.pathname}${next.search}`, { start: ELEVEN });
    expect(at(again.body, 'data', 'start')).toBe(ELEVEN);
    expectError(await app.post(`${link.pathname}?sequence=x`, { start: TEN }), 400, 'invalid_request', ['sequence']);
  });

  test('the calendar refuses: the old time stays, the new one is free again', async () => {
    const { app, work, move, seen, types } = await withCalendar();
    work.always('change', { type: 'refuse', kind: 'forbidden' });
    const refused = await move(TEN);
    expectError(refused, 409, 'reschedule_refused');
    expect(refused.text).toContain('2050-09-05T07:00:00Z');
    await app.settled();
    expect(await seen()).toMatchObject({ status: 'accepted', start: NINE, calendars: [{ status: 'held' }] });
    expect(await seen()).not.toHaveProperty('rescheduling');
    expect(work.events()).toMatchObject([{ start: '2050-09-05T07:00:00Z' }]);
    expect(await types()).toContain('RescheduleFailed');
    await booked(app, introBody({ start: TEN }));
    expectError(await app.post('/v2/bookings', introBody()), 409, 'slot_unavailable');
  });

  test('a calendar that is away is asked again; after five minutes the old time stays for good', async () => {
    const { app, work, move, seen } = await withCalendar();
    work.always('change', { type: 'refuse', kind: 'network' });
    const reply = await move(TEN);
    expectReply(reply, 201, bookingAnswer);
    expect(at(reply.body, 'data')).toMatchObject({
      start: NINE,
      status: 'accepted',
      rescheduling: { status: 'in_progress', start: TEN, by: 'guest' },
    });
    expectError(await move(ELEVEN), 409, 'reschedule_in_flight');
    for (const start of [NINE, TEN])
      expectError(await app.post('/v2/bookings', introBody({ start })), 409, 'slot_unavailable');
    app.clock.set(app.clock.now() + 300_000);
    await app.settled();
    expect(await seen()).not.toHaveProperty('rescheduling');
    await booked(app, introBody({ start: TEN }));
  });

  test('an answer that was lost is looked up before anything is written again', async () => {
    const { app, work, move, seen } = await withCalendar();
    const changes = work.asked('change');
    work.plan('change', { type: 'lose-answer' });
    await move(TEN, {}, { headers: { prefer: 'respond-async' } });
    await app.settled();
    app.clock.set(app.clock.now() + 60_000);
    await app.settled();
    expect(await seen()).toMatchObject({ start: TEN, calendars: [{ status: 'held', eventStatus: 'confirmed' }] });
    expect(work.asked('find')).toBeGreaterThan(0);
    // One move and one more write that says that the booking is on.
    expect(work.asked('change') - changes).toBe(2);
    expect(work.events()).toMatchObject([{ start: '2050-09-05T08:00:00Z', sequence: 1 }]);
  });

  test('I5 the same Idempotency-Key is the same move; another time under it is refused', async () => {
    const app = await started(plain);
    const uid = await booked(app, introBody());
    const move = (start: string) =>
      app.post(`/v2/bookings/${uid}/reschedule`, { start }, { headers: { 'idempotency-key': 'k1' } });
    const first = await move(TEN);
    const again = await move(TEN);
    expect(again.status).toBe(201);
    expect(at(again.body, 'data')).toEqual(at(first.body, 'data'));
    expectError(await move(ELEVEN), 422, 'idempotency_key_reused');
    expectError(await app.post(`/v2/bookings/${uid}/reschedule`, { start: TEN }), 409, 'booking_already_at_this_time');
  });

  test('what cannot be moved, and where to, is refused and leaves no trace', async () => {
    const { app, uid, move, types } = await withCalendar();
    await booked(app, introBody({ start: ELEVEN }));
    const before = await types();
    expectError(await move(ELEVEN), 409, 'slot_unavailable');
    expectError(await move('2050-09-05T08:07:00Z'), 400, 'off_grid');
    expectError(await move('2049-09-05T08:00:00Z'), 400, 'start_in_past');
    expectError(await move('2055-09-05T08:00:00Z'), 400, 'beyond_booking_window');
    expectError(await move('2050-09-05T01:00:00Z'), 409, 'outside_hours');
    expectError(await move('soon'), 400, 'invalid_request', ['start']);
    expectError(await move(TEN, { end: TEN }), 400, 'invalid_request', ['end']);
    expectError(await move(TEN, { seatUid: 'x' }), 400, 'unsupported_feature');
    expectError(await app.post('/v2/bookings/nobody/reschedule', { start: TEN }), 404, 'booking_not_found');
    expect(await types()).toEqual(before);
    await app.post(`/v2/bookings/${uid}/cancel`);
    expectError(await move(TEN), 400, 'booking_not_reschedulable');
    app.clock.set(Temporal.Instant.from('2050-09-06T08:30:00Z').epochMilliseconds);
    const other = await booked(app, introBody({ start: '2050-09-12T07:00:00Z' }));
    app.clock.set(Temporal.Instant.from('2050-09-12T07:30:00Z').epochMilliseconds);
    expectError(
      await app.post(`/v2/bookings/${other}/reschedule`, { start: '2050-09-13T07:00:00Z' }),
      400,
      'booking_already_ended',
    );
  });

  test('I2 of many moves and bookings at the same moment one gets each time', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const app = await started({ calendars: [work.calendar] });
    const uids = [];
    for (const hour of ['07', '08', '09', '10'])
      uids.push(await booked(app, introBody({ start: `2050-09-05T${hour}:00:00Z` })));
    await app.settled();
    const target = '2050-09-05T11:00:00Z';
    const answers = await Promise.all([
      ...uids.map((uid) => app.post(`/v2/bookings/${uid}/reschedule`, { start: target })),
      app.post('/v2/bookings', introBody({ start: target })),
    ]);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    await app.settled();
    const starts = work.events().map(({ start }) => start);
    expect(new Set(starts).size).toBe(starts.length);
    expect(app.problems).toEqual([]);
  });

  test('GET /v2/slots leaves out what the booking holds itself, in its calendar too', async () => {
    const { app, uid } = await withCalendar();
    const query = 'eventTypeId=1&start=2050-09-05&end=2050-09-05';
    const offered = async (more: string) => (await app.get(`/v2/slots?${query}${more}`)).text;
    expect(await offered('')).not.toContain(NINE);
    expect(await offered(`&bookingUidToReschedule=${uid}`)).toContain(NINE);
  });

  test('a cancellation during a move ends both, and the calendar is cleared', async () => {
    const { app, uid, work, move, seen } = await withCalendar();
    work.plan('change', { type: 'stall' });
    const moving = move(TEN, {}, { headers: { prefer: 'respond-async' } });
    await moving;
    await app.post(`/v2/bookings/${uid}/cancel`);
    work.release();
    await app.settled();
    expect(await seen()).toMatchObject({ status: 'cancelled', calendars: [{ status: 'removed' }] });
    expect(work.events()).toEqual([]);
    for (const start of [NINE, TEN]) await booked(app, introBody({ start }));
  });
});
