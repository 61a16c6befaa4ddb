import { describe, expect, test } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { introBody } from '../../support/booking-bodies.ts';
import { intro, odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { booked, testApps } from '../../support/test-apps.ts';

const started = testApps();

/** Mondays in Oslo: nine is when the booking is, the others are free. */
const NINE = '2050-09-05T07:00:00.000Z';
const TEN = '2050-09-05T08:00:00.000Z';
const ELEVEN = '2050-09-05T09:00:00.000Z';

const asking = { ...odd, eventTypes: [{ ...intro, requiresConfirmation: true }] };

describe('moves of bookings that the host approves', () => {
  test('S32 a guest moves an approved booking: the old time stays until the host has said yes', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const app = await started({ hosts: [asking], calendars: [work.calendar] });
    const uid = await booked(app, introBody());
    const host = { key: 'cal_host_odd' };
    const post = (path: string, body: object = {}, options: object = {}) =>
      app.post(`/v2/bookings/${uid}/${path}`, body, options);
    await post('confirm', {}, host);
    const asked = await post('reschedule', { start: TEN });
    expect(at(asked.body, 'data')).toMatchObject({
      start: NINE,
      status: 'accepted',
      rescheduling: { status: 'awaiting_approval', start: TEN },
    });
    expect(work.events()).toMatchObject([{ start: '2050-09-05T07:00:00Z' }]);
    const declined = await post('decline', { reason: 'No' }, host);
    expect(at(declined.body, 'data')).toMatchObject({ start: NINE, status: 'accepted' });
    expect(work.events()).toMatchObject([{ start: '2050-09-05T07:00:00Z' }]);
    await post('reschedule', { start: ELEVEN });
    await post('reschedule', { start: TEN });
    const confirmed = await post('confirm', {}, host);
    expect(at(confirmed.body, 'data')).toMatchObject({ start: TEN, status: 'accepted' });
    await app.settled();
    for (const start of [NINE, ELEVEN]) expect(await booked(app, introBody({ start }))).not.toBe(uid);
    const byHost = await post('reschedule', { start: '2050-09-05T10:00:00Z' }, host);
    expect(at(byHost.body, 'data')).toMatchObject({ start: '2050-09-05T10:00:00.000Z', rescheduledByEmail: odd.email });
  });

  test('a request that waits for approval is moved as it is; the host who moves it approves it', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const app = await started({ hosts: [asking], calendars: [work.calendar] });
    const uid = await booked(app, introBody());
    const moved = await app.post(`/v2/bookings/${uid}/reschedule`, { start: TEN });
    expect(at(moved.body, 'data')).toMatchObject({ status: 'pending', pendingReason: 'awaiting_approval', start: TEN });
    expect(work.events()).toEqual([]);
    const byHost = await app.post(`/v2/bookings/${uid}/reschedule`, { start: ELEVEN }, { key: 'cal_host_odd' });
    expect(at(byHost.body, 'data')).toMatchObject({ status: 'accepted', start: ELEVEN });
    expect(work.events()).toMatchObject([{ start: '2050-09-05T09:00:00Z' }]);
  });
});

describe('moves after a calendar was connected anew', () => {
  test.each([
    ['S34 with the event in it: that one is moved', true],
    ['S34 without it: one is written anew', false],
  ])('%s', async (_, hasEvent) => {
    const before = scriptedCalendar({ calendarId: 'work' });
    const store = makeMemoryEventStore();
    const first = await started({ store: { ...store, close: async () => undefined }, calendars: [before.calendar] });
    const uid = await booked(first, introBody());
    await first.settled();
    await first.close();
    const again = hasEvent ? before : scriptedCalendar({ calendarId: 'work' });
    const app = await started({ store, calendars: [again.calendar] });
    const moved = await app.post(`/v2/bookings/${uid}/reschedule`, { start: TEN });
    expect(at(moved.body, 'data')).toMatchObject({ uid, status: 'accepted', start: TEN });
    expect(again.events()).toMatchObject([{ start: '2050-09-05T08:00:00Z', bookingUid: uid }]);
    expect(again.asked('create')).toBe(1);
  });
});
