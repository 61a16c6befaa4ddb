import { describe, expect, test } from 'vitest';
import { introBody } from '../../support/booking-bodies.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';
import { expectReply } from '../contract/schema.ts';
import { bookingAnswer } from '../contract/schemas.ts';

const started = testApps();
const askBody = introBody({ eventTypeId: 2 });
const host = { key: 'cal_host_odd' };

describe('approval', () => {
  test('S14 S15 pending until the host confirms, then accepted; no calendar call before', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const app = await started({ calendars: [work.calendar] });
    const uid = await booked(app, askBody);
    const waiting = await app.get(`/v2/bookings/${uid}`);
    expect(at(waiting.body, 'data')).toMatchObject({ status: 'pending', pendingReason: 'awaiting_approval' });
    expect(work.calls.filter(({ operation }) => operation !== 'busy')).toEqual([]);
    const confirmed = await app.post(`/v2/bookings/${uid}/confirm`, undefined, host);
    expectReply(confirmed, 200, bookingAnswer);
    expect(at(confirmed.body, 'data')).toMatchObject({ status: 'accepted', calendars: [{ status: 'held' }] });
  });

  test('S16 the calendar fails after approval: pending, the host is not asked again, a retry promotes it', async () => {
    const work = scriptedCalendar({ calendarId: 'work', plan: { create: [{ type: 'refuse', kind: 'auth-revoked' }] } });
    const app = await started({ calendars: [work.calendar] });
    const uid = await booked(app, askBody);
    const confirmed = await app.post(`/v2/bookings/${uid}/confirm`, '{}', host);
    expect(at(confirmed.body, 'data')).toMatchObject({ status: 'pending', pendingReason: 'calendar_sync_failed' });
    const retried = await app.post(`/v2/bookings/${uid}/retry`, undefined, { key: 'cal_operate' });
    expectReply(retried, 200, bookingAnswer);
    expect(at(retried.body, 'data', 'status')).toBe('accepted');
  });

  test('a retry that fails again is answered when the calendar has refused; one without need, at once', async () => {
    const refusal = { type: 'refuse', kind: 'auth-revoked' } as const;
    const work = scriptedCalendar({ calendarId: 'work', plan: { create: [refusal, refusal] } });
    const app = await started({ calendars: [work.calendar] });
    const waiting = await booked(app, askBody);
    const early = await app.post(`/v2/bookings/${waiting}/retry`, undefined, { key: 'cal_operate' });
    expect(at(early.body, 'data')).toMatchObject({ status: 'pending', pendingReason: 'awaiting_approval' });
    await app.post(`/v2/bookings/${waiting}/confirm`, '{}', host);
    const retried = await app.post(`/v2/bookings/${waiting}/retry`, undefined, { key: 'cal_operate' });
    expect(at(retried.body, 'data')).toMatchObject({ status: 'pending', pendingReason: 'calendar_sync_failed' });
    expect(work.asked('create')).toBe(2);
  });

  test('S18 S19 declined with a reason; confirming after that is 409 and changes nothing', async () => {
    const app = await started({ calendars: [scriptedCalendar({ calendarId: 'work' }).calendar] });
    const uid = await booked(app, askBody);
    const declined = await app.post(`/v2/bookings/${uid}/decline`, { reason: 'Away', other: 1 }, host);
    expect(at(declined.body, 'data')).toMatchObject({ status: 'rejected', cancellationReason: 'Away' });
    expectError(await app.post(`/v2/bookings/${uid}/confirm`, undefined, host), 409, 'booking_not_pending');
    expect(at((await app.get(`/v2/bookings/${uid}`)).body, 'data', 'status')).toBe('rejected');
    expectError(await app.post(`/v2/bookings/${uid}/cancel`), 409, 'booking_not_live');
  });

  test('only the booking’s own host confirms', async () => {
    const app = await started({ calendars: [scriptedCalendar({ calendarId: 'work' }).calendar] });
    const uid = await booked(app, askBody);
    const confirm = `/v2/bookings/${uid}/confirm`;
    expectError(await app.post(confirm), 401, 'credentials_required');
    expectError(await app.post(confirm, undefined, { key: 'cal_read' }), 403, 'forbidden');
    expectError(await app.post(confirm, undefined, { key: 'cal_host_else' }), 404, 'booking_not_found');
    expect(at((await app.get(`/v2/bookings/${uid}`)).body, 'data', 'status')).toBe('pending');
  });
});
