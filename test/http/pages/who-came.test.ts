import { describe, expect, test } from 'vitest';
import { introBody } from '../../support/booking-bodies.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import type { TestApp } from '../../support/test-app.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { pageOf, submit } from './given-pages.ts';
import { textOf } from './text-of.ts';

const started = testApps();
const body = introBody();

const begun = async () => {
  const app = await started({ calendars: [scriptedCalendar({ calendarId: 'work' }).calendar] });
  const uid = await booked(app, { ...body, guests: ['gro@example.com'] });
  const page = pageOf(app, 'host', uid);
  const before = await app.get(page);
  app.clock.set(Temporal.Instant.from(body.start).epochMilliseconds);
  return { app, uid, page, before };
};
const absences = async (app: TestApp, uid: string) => {
  const { body: answer } = await app.get(`/v2/bookings/${uid}/attendees`, { key: 'cal_host_odd' });
  const booking = await app.get(`/v2/bookings/${uid}`, { key: 'cal_host_odd' });
  return [at(answer, 'data', 0, 'absent'), at(answer, 'data', 1, 'absent'), at(booking.body, 'data', 'absentHost')];
};

describe('the host says on the page who did not come', () => {
  test('given a meeting that has not begun, then the page does not ask', async () => {
    const { before } = await begun();
    expect(before.text).not.toContain('Who did not come?');
  });

  test('given a meeting that has begun, when names are ticked, then these were absent, and all others there', async () => {
    const { app, uid, page } = await begun();
    const seen = await app.get(page);
    expect(textOf(seen.text)).toContain('Who did not come? Runa did not come gro@example.com did not come Odd (you)');
    expect(seen.text).not.toContain(' checked');
    expect((await submit(app, page, '/host/absent', 'guest-1=on&host=on')).status).toBe(303);
    expect(await absences(app, uid)).toEqual([false, true, true]);
    const after = await app.get(page);
    expect(after.text.match(/ checked>/g)).toHaveLength(2);
    expect((await submit(app, page, '/host/absent', 'attendee=on')).status).toBe(303);
    expect(await absences(app, uid)).toEqual([true, false, false]);
  });

  test('given a guest who is taken out after the page was opened, then nobody else is taken for them', async () => {
    const app = await started({ calendars: [scriptedCalendar({ calendarId: 'work' }).calendar] });
    const uid = await booked(app, { ...body, guests: ['gro@example.com', 'ola@example.com'] });
    const page = pageOf(app, 'host', uid);
    await app.delete(`/v2/bookings/${uid}/attendees/2`, { key: 'cal_host_odd' });
    app.clock.set(Temporal.Instant.from(body.start).epochMilliseconds);
    // As the page said it when Gro was on it: she did not come.
    await submit(app, page, '/host/absent', 'guest-1=on');
    expect((await app.get(`/v2/bookings/${uid}/events`, { key: 'cal_host_odd' })).text).not.toContain('AbsenceMarked');
    await submit(app, page, '/host/absent', 'guest-2=on');
    expect((await app.get(page)).text).toMatch(/name="guest-2" checked/);
  });

  test('given the same again, then nothing is written', async () => {
    const { app, page } = await begun();
    await submit(app, page, '/host/absent', 'attendee=on');
    const head = await app.store.head()();
    await submit(app, page, '/host/absent', 'attendee=on');
    expect(await app.store.head()()).toEqual(head);
  });

  test('given a form of another site, then it is refused', async () => {
    const { app, uid, page } = await begun();
    const sent = await submit(app, page, '/host/absent', 'attendee=on', { 'sec-fetch-site': 'cross-site' });
    expect(sent.status).toBe(403);
    expect(await absences(app, uid)).toEqual([false, false, false]);
  });
});
