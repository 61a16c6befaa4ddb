import { describe, expect, test } from 'vitest';
import { introBody, runa } from '../../support/booking-bodies.ts';
import { intro, odd } from '../../support/hosts.ts';
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

  test('S21 the same request again while it waits: the same booking, and no token for who repeats it', async () => {
    const app = await started({ calendars: [scriptedCalendar({ calendarId: 'work' }).calendar] });
    const first = await app.post('/v2/bookings', askBody);
    const before = await app.get(`/v2/bookings/${at(first.body, 'data', 'uid')}/events`);
    const again = await app.post('/v2/bookings', askBody);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(at(again.body, 'data', 'uid')).toBe(at(first.body, 'data', 'uid'));
    expect(at(first.body, 'data')).toHaveProperty('guestToken');
    expect(at(again.body, 'data')).not.toHaveProperty('guestToken');
    expect((await app.get(`/v2/bookings/${at(first.body, 'data', 'uid')}/events`)).text).toBe(before.text);
    const other = await app.post('/v2/bookings', introBody({ eventTypeId: 2, metadata: { from: 'elsewhere' } }));
    expectError(other, 409, 'slot_unavailable');
    await app.post(`/v2/bookings/${at(first.body, 'data', 'uid')}/decline`, {}, host);
    const after = await app.post('/v2/bookings', askBody);
    expect(at(after.body, 'data', 'uid')).not.toBe(at(first.body, 'data', 'uid'));
    expect(at(after.body, 'data', 'status')).toBe('pending');
  });

  test('S21 twice at once: one booking', async () => {
    const app = await started({ calendars: [scriptedCalendar({ calendarId: 'work' }).calendar] });
    const answers = await Promise.all([1, 2, 3].map(() => app.post('/v2/bookings', askBody)));
    expect(new Set(answers.map(({ body }) => at(body, 'data', 'uid'))).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
  });

  test('S17 a pending request holds its slot: a second one for it is 409', async () => {
    const app = await started({ calendars: [scriptedCalendar({ calendarId: 'work' }).calendar] });
    await booked(app, askBody);
    const kari = { ...runa, name: 'Kari', email: 'kari@example.net' };
    const second = await app.post('/v2/bookings', introBody({ eventTypeId: 2, attendee: kari }));
    expectError(second, 409, 'slot_unavailable');
  });

  describe('S17 requests that compete for one slot', () => {
    const confirmationPolicy = {
      type: 'always' as const,
      blockUnconfirmedBookingsInBooker: false,
      deadlineBeforeStart: 120,
      remindHostAfter: [],
    };
    const open = { ...intro, id: 2, slug: 'ask', title: 'Ask', confirmationPolicy };
    const hosts = [{ ...odd, eventTypes: [intro, open] }];
    const kari = { ...runa, name: 'Kari', email: 'kari@example.net' };
    const both = async () => {
      const app = await started({ hosts, calendars: [scriptedCalendar({ calendarId: 'work' }).calendar] });
      const first = await booked(app, askBody);
      return { app, first, second: await booked(app, introBody({ eventTypeId: 2, attendee: kari })) };
    };

    test('the first approval gets it, the second is 409 and the request stays pending', async () => {
      const { app, first, second } = await both();
      const slots = await app.get(`/v2/slots?eventTypeId=2&start=2050-09-05&end=2050-09-05&timeZone=UTC`);
      expect(JSON.stringify(slots.body)).toContain('2050-09-05T07:00:00');
      const won = await app.post(`/v2/bookings/${second}/confirm`, undefined, host);
      expect(at(won.body, 'data', 'status')).toBe('accepted');
      expectError(await app.post(`/v2/bookings/${first}/confirm`, undefined, host), 409, 'slot_unavailable');
      expect(at((await app.get(`/v2/bookings/${first}`)).body, 'data')).toMatchObject({
        status: 'pending',
        pendingReason: 'awaiting_approval',
      });
      await app.post(`/v2/bookings/${second}/cancel`);
      const late = await app.post(`/v2/bookings/${first}/confirm`, undefined, host);
      expect(at(late.body, 'data', 'status')).toBe('accepted');
    });

    test('both approved at the same moment: one is accepted, one is 409', async () => {
      const { app, first, second } = await both();
      const answers = await Promise.all(
        [first, second].map((uid) => app.post(`/v2/bookings/${uid}/confirm`, undefined, host)),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
      const states = await Promise.all([first, second].map((uid) => app.get(`/v2/bookings/${uid}`)));
      expect(states.map(({ body }) => at(body, 'data', 'status')).toSorted()).toEqual(['accepted', 'pending']);
    });

    test('a slot that is taken already cannot be asked for; one that was only asked for can be booked', async () => {
      const { app, first } = await both();
      const direct = await app.post('/v2/bookings', introBody());
      expect(at(direct.body, 'data', 'status')).toBe('accepted');
      const third = { ...runa, name: 'Per', email: 'per@example.net' };
      const asked = await app.post('/v2/bookings', introBody({ eventTypeId: 2, attendee: third }));
      expectError(asked, 409, 'slot_unavailable');
      expectError(await app.post(`/v2/bookings/${first}/confirm`, undefined, host), 409, 'slot_unavailable');
    });

    test('one that is moved goes on competing: its new time is free for others, and taken by its approval', async () => {
      const { app, first, second } = await both();
      for (const uid of [first, second]) {
        const moved = await app.post(`/v2/bookings/${uid}/reschedule`, { start: '2050-09-05T09:00:00Z' });
        expect([moved.status, at(moved.body, 'data', 'status')]).toEqual([201, 'pending']);
      }
      const slots = await app.get(`/v2/slots?eventTypeId=2&start=2050-09-05&end=2050-09-05&timeZone=UTC`);
      expect(JSON.stringify(slots.body)).toContain('2050-09-05T09:00:00');
      expect(at((await app.post(`/v2/bookings/${second}/confirm`, undefined, host)).body, 'data')).toMatchObject({
        status: 'accepted',
        start: '2050-09-05T09:00:00.000Z',
      });
      expectError(await app.post(`/v2/bookings/${first}/confirm`, undefined, host), 409, 'slot_unavailable');
    });

    test('moved and approved at the same moment: whatever comes first, what is on holds its time', async () => {
      const { app, first } = await both();
      await Promise.all([
        app.post(`/v2/bookings/${first}/reschedule`, { start: '2050-09-05T09:00:00Z' }),
        app.post(`/v2/bookings/${first}/confirm`, undefined, host),
      ]);
      await app.settled();
      const now = (await app.get(`/v2/bookings/${first}`)).body;
      const other = await app.post('/v2/bookings', introBody({ start: String(at(now, 'data', 'start')) }));
      if (at(now, 'data', 'status') === 'accepted') expectError(other, 409, 'slot_unavailable');
      else expect(other.status).toBe(201);
    });

    test('approved and cancelled at the same moment: nothing stays held', async () => {
      const { app, first, second } = await both();
      await Promise.all([
        app.post(`/v2/bookings/${first}/confirm`, undefined, host),
        app.post(`/v2/bookings/${first}/cancel`),
      ]);
      await app.settled();
      expect(at((await app.get(`/v2/bookings/${first}`)).body, 'data', 'status')).toBe('cancelled');
      const next = await app.post(`/v2/bookings/${second}/confirm`, undefined, host);
      expect(at(next.body, 'data', 'status')).toBe('accepted');
    });
  });

  test('S22 approving after the deadline, before the start: 409, expired yet or not', async () => {
    const app = await started({ calendars: [scriptedCalendar({ calendarId: 'work' }).calendar] });
    const uid = await booked(app, askBody);
    app.clock.set(Temporal.Instant.from('2050-09-05T05:00:00Z').epochMilliseconds);
    const late = await app.post(`/v2/bookings/${uid}/confirm`, undefined, host);
    expect(late.status).toBe(409);
    await app.settled();
    expect(at((await app.get(`/v2/bookings/${uid}`)).body, 'data', 'status')).toBe('rejected');
    expectError(await app.post(`/v2/bookings/${uid}/confirm`, undefined, host), 409, 'booking_not_pending');
  });

  test('S23 by threshold: near starts are asked about, far ones are booked at once', async () => {
    const confirmationPolicy = {
      type: 'time' as const,
      noticeThreshold: { unit: 'days' as const, count: 3 },
      blockUnconfirmedBookingsInBooker: true,
      deadlineBeforeStart: 120,
      remindHostAfter: [],
    };
    const hosts = [{ ...odd, eventTypes: [{ ...intro, confirmationPolicy }] }];
    const app = await started({ hosts, calendars: [scriptedCalendar({ calendarId: 'work' }).calendar] });
    const far = await app.post('/v2/bookings', introBody({ start: '2050-09-12T07:00:00Z' }));
    expect(at(far.body, 'data', 'status')).toBe('accepted');
    const near = await app.post('/v2/bookings', introBody({ start: '2050-09-02T07:00:00Z' }));
    expect(at(near.body, 'data')).toMatchObject({ status: 'pending', pendingReason: 'awaiting_approval' });
    const type = await app.get('/v2/event-types?username=odd&eventSlug=intro');
    expect(at(type.body, 'data', 0, 'confirmationPolicy')).toEqual({
      type: 'time',
      noticeThreshold: { unit: 'days', count: 3 },
      blockUnconfirmedBookingsInBooker: true,
    });
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
