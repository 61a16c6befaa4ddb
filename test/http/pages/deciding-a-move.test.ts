import { describe, expect, test } from 'vitest';
import { introBody } from '../../support/booking-bodies.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import type { TestApp } from '../../support/test-app.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { actionOf, pageOf, submit } from './given-pages.ts';
import { textOf } from './text-of.ts';

const started = testApps();
const key = { key: 'cal_host_odd' };
const [NINE, TEN, ELEVEN] = ['2050-09-05T07:00:00.000Z', '2050-09-05T08:00:00.000Z', '2050-09-05T09:00:00.000Z'];

/** A booking that the host has approved, and of which the guest has asked for ten o'clock. */
const asked = async (app: TestApp) => {
  const uid = await booked(app, introBody({ eventTypeId: 2 }));
  await app.post(`/v2/bookings/${uid}/confirm`, {}, key);
  await app.settled();
  await app.post(`/v2/bookings/${uid}/reschedule`, { start: TEN, reschedulingReason: 'The train' });
  return uid;
};
const read = async (app: TestApp, uid: string) => at((await app.get(`/v2/bookings/${uid}`)).body, 'data');
const given = async () => {
  const work = scriptedCalendar({ calendarId: 'work' });
  const app = await started({ calendars: [work.calendar] });
  const uid = await asked(app);
  return { app, work, uid, page: pageOf(app, 'host', uid), own: pageOf(app, 'manage', uid) };
};

describe('a move of an accepted booking waits for the host', () => {
  test('S32 both pages say both times and what waits for what; the host’s has the forms', async () => {
    const { app, page, own } = await given();
    const host = await app.get(page);
    expect(textOf(host.text)).toContain(
      'Runa asks for another time: Monday, 5 September 2050, 10:00 Europe/Oslo (UTC+02:00). The time below stays in force until you approve the new one.',
    );
    expect(textOf(host.text)).toMatch(/When Monday, 5 September 2050 09:00 – 09:30 .*Asked for .*10:00 – 10:30/);
    expect(textOf(host.text)).toMatch(
      /The new time waits for your decision. Without one by .* the old time stays, and the guest is told/,
    );
    expect(host.text).toContain('Approve the new time</button>');
    expect(host.text).toContain('<summary>Cancel this booking</summary>');
    const guest = textOf((await app.get(own)).text);
    expect(guest).toContain('Your booking is confirmed');
    expect(guest).toContain('17:00 Asia/Tokyo (UTC+09:00). Odd decides about it; the time below stays in force');
  });

  test('S32 approved on the page: moved once, also pressed twice; the same event in the calendar', async () => {
    const { app, work, uid, page } = await given();
    const action = new URL(actionOf((await app.get(page)).text, '/host/approve'), `${app.url}${page}`);
    const answers = await Promise.all([1, 2].map(() => fetch(action, { method: 'POST', redirect: 'manual' })));
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    await app.settled();
    expect(await read(app, uid)).toMatchObject({ status: 'accepted', start: TEN });
    expect(work.events()).toMatchObject([{ start: '2050-09-05T08:00:00Z' }]);
    expect((await app.get(`/v2/bookings/${uid}/events`)).text.match(/"RescheduleApproved"/g)).toHaveLength(1);
    expect((await fetch(action, { method: 'POST', redirect: 'manual' })).status).toBe(303);
    expect(textOf((await app.get(page)).text)).not.toContain('asks for another time');
  });

  test('S32 declined with a reason: the old time stays, both are told so, and the new one is free', async () => {
    const { app, uid, page, own } = await given();
    const before = (await app.get(page)).text;
    const decline = new URL(actionOf(before, '/host/decline'), `${app.url}${page}`);
    expect((await submit(app, page, '/host/decline', 'reason=No')).status).toBe(303);
    expect((await fetch(decline, { method: 'POST', redirect: 'manual' })).status).toBe(303);
    expect(await read(app, uid)).toMatchObject({ status: 'accepted', start: NINE });
    expect(textOf((await app.get(own)).text)).toContain('17:00 Asia/Tokyo (UTC+09:00), was declined.');
    expect(textOf((await app.get(page)).text)).toMatch(/was declined.*the host declined the new one: No/);
    expect(await booked(app, introBody({ start: TEN }))).not.toBe(uid);
  });

  test('the guest asks for yet another time: the form of the one before decides nothing', async () => {
    const { app, uid, page } = await given();
    const { text } = await app.get(page);
    const action = new URL(actionOf(text, '/host/approve'), `${app.url}${page}`);
    const start = /name="start" value="([^"]+)"/.exec(text)?.[1] ?? 'none';
    await app.post(`/v2/bookings/${uid}/reschedule`, { start: ELEVEN });
    const body = `start=${encodeURIComponent(start)}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const late = await fetch(action, { method: 'POST', redirect: 'manual', body, headers });
    expect(late.status).toBe(409);
    expect(textOf(await late.text())).toContain('The request was not approved It was moved in the meantime.');
    expect(await read(app, uid)).toMatchObject({ start: NINE, rescheduling: { start: ELEVEN } });
  });

  test('approved, and the calendar refuses for good: the old time stays, and the pages say so', async () => {
    const { app, work, uid, page, own } = await given();
    work.plan('change', { type: 'refuse', kind: 'forbidden' });
    await submit(app, page, '/host/approve');
    await app.settled();
    expect(await read(app, uid)).toMatchObject({ status: 'accepted', start: NINE });
    for (const seen of [page, own])
      expect(textOf((await app.get(seen)).text)).toContain('The calendar did not take the new time, Monday');
  });
});
