import { describe, expect, test } from 'vitest';
import { introBody } from '../../support/booking-bodies.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { actionOf, pageOf } from './given-pages.ts';
import { textOf } from './text-of.ts';

const started = testApps();
const NEW = '2050-09-06T08:00:00Z';
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const accepting = () => ({ calendars: [scriptedCalendar({ calendarId: 'work' }).calendar] });

describe('moving on a page', () => {
  test.each(['manage', 'host'] as const)(
    '%s: GET shows free times and changes nothing; POST moves, once',
    async (party) => {
      const app = await started(accepting());
      const uid = await booked(app, introBody());
      await app.settled();
      const page = pageOf(app, party, uid);
      const link = /href="([^"]*move\?token=[^"]+)"/.exec((await app.get(page)).text)?.[1] ?? 'no link';
      const url = new URL(link.replaceAll('&amp;', '&'), `${app.url}${page}`);
      const before = (await app.get(`/v2/bookings/${uid}/events`)).text;
      const shown = await (await fetch(url)).text();
      expect(textOf(shown)).toContain('Move Intro with');
      expect(shown).toContain(`value="${NEW}"`);
      expect((await app.get(`/v2/bookings/${uid}/events`)).text).toBe(before);
      const action = new URL(actionOf(shown, '/move'), url);
      const sequence = /name="sequence" value="(\d+)"/.exec(shown)?.[1] ?? 'none';
      const body = `start=${encodeURIComponent(NEW)}&sequence=${sequence}&reason=Ill`;
      const send = () => fetch(action, { method: 'POST', body, headers: form, redirect: 'manual' });
      expect((await send()).status).toBe(303);
      await app.settled();
      const moved = await app.get(`/v2/bookings/${uid}`);
      expect(at(moved.body, 'data')).toMatchObject({ status: 'accepted', start: '2050-09-06T08:00:00.000Z' });
      const again = await send();
      expect([again.status, again.headers.get('content-type')]).toEqual([409, 'text/html; charset=utf-8']);
      expect(textOf(await again.text())).toContain('The booking was not moved');
    },
  );

  test('nobody moves by the other’s link, nor from another site', async () => {
    const app = await started({ ...accepting(), deps: { guestActions: 'token' } });
    const uid = await booked(app, introBody());
    const [guest, host] = [pageOf(app, 'manage', uid), pageOf(app, 'host', uid)].map((page) => page.split('?')[1]);
    for (const path of [
      `/bookings/${uid}/move?${host}`,
      `/bookings/${uid}/host/move?${guest}`,
      `/bookings/${uid}/move`,
    ])
      for (const method of ['GET', 'POST']) expect((await app.request(method, path)).status).toBe(403);
  });
});
