import { expect, test } from 'vitest';
import { introBody } from '../../support/booking-bodies.ts';
import { at } from '../../support/http-client.ts';
import { mustRun } from '../../support/must.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { actionOf, pageOf, submit } from './given-pages.ts';
import { textOf } from './text-of.ts';

const started = testApps();

/** An accepted booking whose event a person has deleted, and the calendar has said so twice. */
const given = async () => {
  const work = scriptedCalendar({ calendarId: 'work' });
  const app = await started({ calendars: [work.calendar] });
  const uid = await booked(app, introBody());
  await app.settled();
  const page = pageOf(app, 'host', uid);
  for (const { icsUid } of work.events()) work.removeByHand(icsUid);
  const events = async () => (await mustRun(app.store.readStream(`booking-${uid}`))).map(({ type }) => type);
  const status = async () => at((await app.get(`/v2/bookings/${uid}`)).body, 'data', 'status');
  return { work, app, uid, page, events, status };
};
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const post = (url: URL, headers: Readonly<Record<string, string>> = form) =>
  fetch(url, { method: 'POST', body: '', redirect: 'manual', headers });

test('no form where nothing differs; where it does, the page says since when, and GET undoes nothing', async () => {
  const { app, uid, page, events, status } = await given();
  expect(() => actionOf('', '/host/restore')).toThrow('no form');
  const { text: before } = await app.get(page);
  expect(() => actionOf(before, '/host/restore')).toThrow('no form');
  await app.found(uid, 'work', { type: 'missing' });
  const known = await events();
  const { text } = await app.get(page);
  expect(textOf(text)).toMatch(
    /work does not hold the booking any more, as was found on Thursday, 1 September 2050, 02:00:00 Europe\/Oslo/,
  );
  expect(textOf(text)).toMatch(
    /work: It does not hold the event any more, as was found on .*\. Nothing is done before you say what you want\./,
  );
  expect(textOf(text)).toContain('If that was not meant, undo it below');
  const restore = new URL(actionOf(text, '/host/restore'), `${app.url}${page}`);
  expect((await fetch(restore)).status).toBe(404);
  expect((await fetch(restore, { method: 'HEAD' })).status).toBe(404);
  expect(await events()).toEqual(known);
  expect(await status()).toBe('pending');
});

test('POST undoes it, once, also when it is pressed twice; the event is back and the booking stands', async () => {
  const { app, uid, page, events, status, work } = await given();
  await app.found(uid, 'work', { type: 'missing' });
  const restore = new URL(actionOf((await app.get(page)).text, '/host/restore'), `${app.url}${page}`);
  const answers = await Promise.all([post(restore), post(restore)]);
  for (const { status: code, headers } of answers) {
    expect(code).toBe(303);
    expect(headers.get('location')).toContain(`/${uid}/host?`);
  }
  const undone = textOf((await app.get(page)).text);
  expect(undone.includes('undo it below')).toBe(undone.includes('Undo: keep the booking'));
  await app.settled();
  expect((await post(restore)).status).toBe(303);
  expect((await events()).filter((type) => type === 'CalendarEventRestoreRequested')).toHaveLength(1);
  expect(await status()).toBe('accepted');
  expect(work.events()).toHaveLength(1);
  expect(textOf((await app.get(page)).text)).toContain('work holds the booking, as was last seen on');
});

test('too late: of a booking that was cancelled meanwhile nothing is written again', async () => {
  const { app, uid, page, events, status, work } = await given();
  await app.found(uid, 'work', { type: 'missing' }, { deleted: 'cancel' });
  const restore = new URL(actionOf((await app.get(page)).text, '/host/restore'), `${app.url}${page}`);
  app.clock.advance(121_000);
  await app.settled();
  expect(await status()).toBe('cancelled');
  const late = await post(restore);
  expect([late.status, (await late.text()).includes('The event was not written again')]).toEqual([409, true]);
  await app.settled();
  expect(await events()).not.toContain('CalendarEventRestoreRequested');
  expect(work.events()).toHaveLength(0);
  expect(textOf((await app.get(page)).text)).toContain('the host removed it from their calendar');
});

test('forged: without the link, by the guest’s, of another booking, or from another page it is refused', async () => {
  const { app, uid, page, events } = await given();
  await app.found(uid, 'work', { type: 'missing' });
  const other = await booked(app, introBody({ start: '2050-09-06T07:00:00Z' }));
  const known = await events();
  const own = new URL(actionOf((await app.get(page)).text, '/host/restore'), `${app.url}${page}`);
  const as = (token: string | null): URL => {
    const url = new URL(own);
    url.search = token === null ? '' : `?token=${encodeURIComponent(token)}`;
    return url;
  };
  const tokenOf = (party: 'manage' | 'host', of: string) =>
    new URL(pageOf(app, party, of), app.url).searchParams.get('token') ?? '';
  const tokens = [null, 'x', tokenOf('manage', uid), tokenOf('host', other), `${tokenOf('host', uid)}x`];
  for (const token of tokens) expect((await post(as(token))).status).toBeGreaterThanOrEqual(400);
  expect((await post(own, { ...form, origin: 'https://evil.example' })).status).toBe(403);
  expect(await events()).toEqual(known);
  expect((await submit(app, page, '/host/restore')).status).toBe(303);
});
