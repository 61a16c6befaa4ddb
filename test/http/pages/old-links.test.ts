import { describe, expect, test } from 'vitest';
import { introBody } from '../../support/booking-bodies.ts';
import { ask, odd } from '../../support/hosts.ts';
import type { TestApp } from '../../support/test-app.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { pageOf } from './given-pages.ts';
import { textOf } from './text-of.ts';

const started = testApps();
const plain = { hosts: [{ ...odd, calendarIds: [], eventTypes: [...odd.eventTypes, { ...ask, id: 3 }] }] };
const tokens = { ...plain, deps: { guestActions: 'token' as const } };
const book = { authorization: 'Bearer cal_book' };
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';
const HTML = 'text/html; charset=utf-8';
const END = Temporal.Instant.from('2050-09-05T07:30:00Z').epochMilliseconds;

/** As a browser opens an address: following redirects. */
const browse = async (app: TestApp, path: string) => {
  const answer = await fetch(`${app.url}${path}`, { headers: { accept: BROWSER } });
  const url = new URL(answer.url);
  return {
    at: `${url.pathname}${url.search}`,
    status: answer.status,
    type: answer.headers.get('content-type'),
    text: textOf(await answer.text()),
  };
};

describe('links of earlier mails, which led to the API', () => {
  test.each(['', '/events', '/cancel', '/reschedule', '/attendees', '/no/such/thing'])(
    'a browser is led from %s to the guest’s page with its token',
    async (below) => {
      const app = await started(tokens);
      const uid = await booked(app, introBody(), book);
      const page = pageOf(app, 'manage', uid);
      const seen = await browse(app, `/v2/bookings/${uid}${below}?${page.split('?')[1]}&sequence=0`);
      expect([seen.status, seen.type, seen.at]).toEqual([200, HTML, page]);
      expect(seen.text).toContain('Your booking is confirmed');
    },
  );

  test('the host’s token leads to the host’s page', async () => {
    const app = await started(tokens);
    const uid = await booked(app, introBody(), book);
    const page = pageOf(app, 'host', uid);
    const seen = await browse(app, `/v2/bookings/${uid}/events?${page.split('?')[1]}`);
    expect([seen.status, seen.at]).toEqual([200, page]);
    expect(seen.text).toContain('Runa meets you');
  });

  test('the old link to the history shows the booking, changes nothing, and says what to do', async () => {
    const app = await started(tokens);
    const uid = await booked(app, introBody(), book);
    const token = app.bookingTokens.issue({ bookingUid: uid, party: 'attendee', purpose: 'see', bookingEndMs: END });
    const seen = await browse(app, `/v2/bookings/${uid}/events?token=${token}`);
    expect(seen.status).toBe(200);
    expect(seen.text).toMatch(/Your booking is confirmed .*only shows the booking.*newest mail.*What happened so far/);
    expect(seen.text).not.toMatch(/Move to another|Cancel this|Book one more/);
    for (const below of ['/cancel', '/move', '/again']) {
      const sent = await app.post(`/bookings/${uid}${below}?token=${token}`);
      expect(sent.status).toBe(403);
    }
  });

  test('without a token, with a wrong or an old one: a page that says what to do, never JSON, never 401', async () => {
    const app = await started(tokens);
    const uid = await booked(app, introBody(), book);
    const own = pageOf(app, 'manage', uid).split('?')[1] ?? '';
    for (const search of ['', '?token=', '?token=x', `?${own.slice(0, -2)}`, '?token=a&token=b']) {
      const seen = await browse(app, `/v2/bookings/${uid}/events${search}`);
      expect([seen.status, seen.type]).toEqual([403, HTML]);
      expect(seen.text).toContain('Please open the newest link from your mail.');
    }
    app.clock.advance(60 * 24 * 3_600_000);
    const late = await browse(app, `/v2/bookings/${uid}?${own}`);
    expect([late.status, late.type]).toEqual([403, HTML]);
    expect(late.text).toContain('This link has expired');
    expect(late.text).toContain('answer the mail');
    expect((await browse(app, '/v2/bookings/nobody/events')).type).toBe(HTML);
  });

  test('programs get JSON as before, also those that say nothing of what they take', async () => {
    const app = await started(tokens);
    const uid = await booked(app, introBody(), book);
    for (const headers of [
      {},
      { accept: '*/*' },
      { accept: 'application/json' },
      { accept: 'application/json, text/html;q=0.5' },
      { accept: BROWSER, authorization: 'Bearer cal_host_odd' },
    ]) {
      const answer = await fetch(`${app.url}/v2/bookings/${uid}/events`, { headers, redirect: 'manual' });
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      expect(answer.status).toBe('authorization' in headers ? 200 : 401);
    }
  });

  test('the token goes into no log and to nobody else, and the address holds behind a prefix', async () => {
    const app = await started(tokens);
    const answer = await fetch(`${app.url}/v2/bookings/a%2Fb/events?token=secret%22`, {
      headers: { accept: BROWSER },
      redirect: 'manual',
    });
    expect(answer.headers.get('location')).toBe('../../../bookings/a%2Fb?token=secret%22');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(JSON.stringify(app.logged)).not.toContain('secret');
  });
});
