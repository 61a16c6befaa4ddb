import { describe, expect, test } from 'vitest';
import { introBody } from '../../support/booking-bodies.ts';
import { intro, odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';
import { expectReply } from '../contract/schema.ts';
import { bookingAnswer } from '../contract/schemas.ts';

const started = testApps();
const plain = { hosts: [{ ...odd, calendarIds: [] }] };

describe('POST /v2/bookings/{uid}/cancel', () => {
  test('S36 cancelled; the event leaves the calendar', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const app = await started({ calendars: [work.calendar] });
    const uid = await booked(app, introBody());
    const reply = await app.post(`/v2/bookings/${uid}/cancel`, { cancellationReason: 'Ill' });
    expectReply(reply, 200, bookingAnswer);
    expect(at(reply.body, 'data')).toMatchObject({
      uid,
      status: 'cancelled',
      cancellationReason: 'Ill',
      cancelledByEmail: 'runa@example.com',
    });
    await app.settled();
    expect(work.events()).toEqual([]);
  });

  test('S37 the calendar refuses the removal: cancelled, the slot free, the removal pending and visible', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const app = await started({ calendars: [work.calendar] });
    const uid = await booked(app, introBody());
    work.always('remove', { type: 'refuse', kind: 'network' });
    await app.post(`/v2/bookings/${uid}/cancel`);
    await app.settled();
    const seen = await app.get(`/v2/bookings/${uid}`, { key: 'cal_host_odd' });
    expect(at(seen.body, 'data')).toMatchObject({
      status: 'cancelled',
      calendars: [{ calendarId: 'work', status: 'removal-failed', failure: { kind: 'network' } }],
    });
    await booked(app, introBody());
  });

  test('S38 a second cancel is 400 and changes nothing; after the end it is 400', async () => {
    const app = await started(plain);
    const uid = await booked(app, introBody());
    const other = await booked(app, introBody({ start: '2050-09-05T08:00:00Z' }));
    const first = await app.post(`/v2/bookings/${uid}/cancel`, { cancellationReason: 'Ill' });
    const again = await app.post(`/v2/bookings/${uid}/cancel`, { cancellationReason: 'Other' });
    expect(first.status).toBe(200);
    expectError(again, 400, 'booking_already_cancelled');
    expect(at((await app.get(`/v2/bookings/${uid}`)).body, 'data', 'cancellationReason')).toBe('Ill');
    const events = await app.get(`/v2/bookings/${uid}/events`);
    expect(events.text.match(/"BookingCancelled"/g)).toHaveLength(1);
    app.clock.set(Temporal.Instant.from('2050-09-05T08:30:00Z').epochMilliseconds);
    expectError(await app.post(`/v2/bookings/${other}/cancel`), 400, 'booking_already_ended');
  });

  test('S38 under an Idempotency-Key a repeat stays a repeat, also at the same moment; another wish is 422', async () => {
    const app = await started(plain);
    const uid = await booked(app, introBody());
    const cancel = (cancellationReason: string, key: string) =>
      app.post(`/v2/bookings/${uid}/cancel`, { cancellationReason }, { headers: { 'idempotency-key': key } });
    const answers = await Promise.all([1, 2, 3].map(() => cancel('Ill', 'one')));
    answers.push(await cancel('Ill', 'one'));
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(at(body, 'data')).toMatchObject({ status: 'cancelled', cancellationReason: 'Ill' });
    }
    expect(answers.at(-1)?.headers.get('idempotency-replayed')).toBe('true');
    expectError(await cancel('Other', 'one'), 422, 'idempotency_key_reused');
    expectError(await cancel('Ill', 'two'), 400, 'booking_already_cancelled');
    expectError(await cancel('Ill', 'no t'), 400, 'invalid_idempotency_key');
    const events = await app.get(`/v2/bookings/${uid}/events`);
    expect(events.text.match(/"BookingCancelled"/g)).toHaveLength(1);
  });

  test('a confirmation repeated under its key is answered, also after the booking has ended', async () => {
    const app = await started(plain);
    const uid = await booked(app, introBody({ eventTypeId: 2 }));
    const host = { key: 'cal_host_odd', headers: { 'idempotency-key': 'yes-1' } };
    expect((await app.post(`/v2/bookings/${uid}/confirm`, {}, host)).status).toBe(200);
    await app.post(`/v2/bookings/${uid}/cancel`);
    const again = await app.post(`/v2/bookings/${uid}/confirm`, {}, host);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    expect(at(again.body, 'data', 'status')).toBe('cancelled');
    const other = await app.post(
      `/v2/bookings/${uid}/confirm`,
      {},
      { ...host, headers: { 'idempotency-key': 'yes-2' } },
    );
    expectError(other, 409, 'booking_not_pending');
  });

  test('S38 the host by their own key, with a reason where it is wanted; saying so makes nobody host', async () => {
    const eventTypes = [{ ...intro, hostMustGiveReason: true }];
    const app = await started({ hosts: [{ ...odd, calendarIds: [], eventTypes }] });
    const uid = await booked(app, introBody());
    const cancel = `/v2/bookings/${uid}/cancel`;
    expectError(await app.post(cancel, {}, { key: 'cal_host_odd' }), 400, 'reason_required', ['cancellationReason']);
    for (const claim of [{ by: 'host' }, { cancelledBy: 'odd@example.com' }, { isHost: true }])
      expectError(await app.post(cancel, claim), 400, 'invalid_request', Object.keys(claim));
    expectError(await app.post(cancel, {}, { key: 'cal_host_else' }), 404, 'booking_not_found');
    const byBooker = await app.post(cancel, {}, { key: 'cal_book' });
    expect(at(byBooker.body, 'data', 'cancelledByEmail')).toBe('runa@example.com');
  });

  test('the host cancels with a reason', async () => {
    const app = await started(plain);
    const uid = await booked(app, introBody());
    const reply = await app.post(`/v2/bookings/${uid}/cancel`, { cancellationReason: 'Flu' }, { key: 'cal_host_odd' });
    expect(at(reply.body, 'data', 'cancelledByEmail')).toBe('odd@example.com');
    const events = await app.get(`/v2/bookings/${uid}/events`, { key: 'cal_audit' });
    expect(at(events.body, 'data', 2, 'actor')).toEqual({ kind: 'host', id: 'host_odd' });
  });

  test('what cannot be: no such booking, seats, series, a type that forbids it', async () => {
    const app = await started({ hosts: [{ ...odd, calendarIds: [], eventTypes: [{ ...intro, cancellable: false }] }] });
    const uid = await booked(app, introBody());
    expectError(await app.post('/v2/bookings/nobody/cancel'), 404, 'booking_not_found');
    expectError(await app.post('/v2/bookings/..%2F..%2Fx/cancel'), 404, 'booking_not_found');
    expectError(await app.post(`/v2/bookings/${uid}/cancel`, { seatUid: 'x' }), 400, 'unsupported_feature');
    expectError(
      await app.post(`/v2/bookings/${uid}/cancel`, { cancelSubsequentBookings: true }),
      400,
      'unsupported_feature',
    );
    expectError(await app.post(`/v2/bookings/${uid}/cancel`), 400, 'booking_not_cancellable');
  });

  test('a removal that failed is acknowledged by the host: not tried again, and the history says who', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const app = await started({ calendars: [work.calendar] });
    const uid = await booked(app, introBody());
    const path = `/v2/bookings/${uid}/acknowledge-removal`;
    const byHost = { key: 'cal_host_odd' };
    expectError(await app.post(path, { calendarId: 'work' }, byHost), 409, 'no_removal_failed');
    work.always('remove', { type: 'refuse', kind: 'network' });
    await app.post(`/v2/bookings/${uid}/cancel`);
    await app.settled();
    expectError(await app.post(path, {}, byHost), 400, 'invalid_request');
    expectError(await app.post(path, { calendarId: 'other' }, byHost), 409, 'no_removal_failed');
    const tried = work.asked('remove');
    const reply = await app.post(path, { calendarId: 'work' }, byHost);
    expectReply(reply, 200, bookingAnswer);
    expect(at(reply.body, 'data', 'calendars')).toEqual([
      { calendarId: 'work', status: 'removed', acknowledged: true },
    ]);
    expect((await app.post(path, { calendarId: 'work' }, byHost)).status).toBe(200);
    app.clock.advance(3_600_000);
    await app.settled();
    expect(work.asked('remove')).toBe(tried);
    const events = at((await app.get(`/v2/bookings/${uid}/events`, byHost)).body, 'data');
    expect(Array.isArray(events) && events.at(-1)).toMatchObject({
      type: 'CalendarRemovalAcknowledged',
      actor: { kind: 'host' },
    });
  });

  test('S29 the same slot can be booked again at once', async () => {
    const app = await started(plain);
    const uid = await booked(app, introBody());
    expect((await app.post(`/v2/bookings/${uid}/cancel`, { cancelSubsequentBookings: false })).status).toBe(200);
    expect(await booked(app, introBody())).not.toBe(uid);
  });
});
