import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { makeMailLinks } from '../../../src/composition/mail-links-and-feeds.ts';
import { introBody, runa } from '../../support/booking-bodies.ts';
import { intro, odd } from '../../support/hosts.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { textOf } from './text-of.ts';

const started = testApps();
const plain = { hosts: [{ ...odd, calendarIds: [] }] };
const hash = (content: string | undefined) =>
  `'sha256-${createHash('sha256')
    .update(content ?? '')
    .digest('base64')}'`;

describe('who gets in', () => {
  test('where tokens are on: the mail’s link opens the page, and its form cancels; nothing else does', async () => {
    const app = await started({ ...plain, deps: { guestActions: 'token' } });
    const uid = await booked(app, introBody());
    const links = makeMailLinks(() => app.url, app.bookingTokens);
    const link = new URL(links.manage(uid, '2050-09-05T07:30:00Z') ?? '');
    const mine = `${link.pathname}${link.search}`;
    const foreign = new URL(links.manage('else', '2050-09-05T07:30:00Z') ?? '').search;
    const closed = await app.get(`/bookings/nobody${foreign}`);
    for (const search of ['', '?token=x', foreign, '?token=x&token=y']) {
      const seen = await app.get(`/bookings/${uid}${search}`);
      expect(seen.status).toBe(403);
      expect(seen.text).toBe(closed.text);
      const posted = await app.post(`/bookings/${uid}/cancel${search}`);
      expect(posted.status).toBe(403);
    }
    const page = await app.get(mine);
    expect(page.status).toBe(200);
    const action = `action="${uid}/cancel${link.search}"`;
    expect(page.text).toContain(action);
    const sent = await fetch(`${app.url}/bookings/${uid}/cancel${link.search}`, { method: 'POST', redirect: 'manual' });
    expect(sent.headers.get('location')).toBe(`../${uid}${link.search}#status`);
    expect(textOf((await app.get(mine)).text)).toContain('You cancelled this booking.');
    expect(JSON.stringify(app.logged)).not.toContain(link.search);
  });

  test.each(['/bookings/nobody', '/bookings/..%2F..%2Fx', '/bookings/%zz'])('%s: a plain page', async (path) => {
    const app = await started(plain);
    const seen = await app.get(path);
    expect([seen.status, seen.headers.get('content-type')]).toEqual([
      path.includes('zz') ? 400 : 404,
      'text/html; charset=utf-8',
    ]);
    expect(textOf(seen.text).trim()).toBe(
      'This link opens no booking It may be incomplete, or too old. Please open the newest link from your mail. If that does not help, answer that mail: your answer reaches the other person. Holdfast',
    );
  });

  test('pages count against the rate limit, and say so as a page', async () => {
    const limits = { bodyBytes: 65_536, requestsPerMinute: 1, mailsOfStrangers: null };
    const app = await started({ ...plain, deps: { limits } });
    await app.get('/bookings/nobody');
    const seen = await app.get('/bookings/nobody');
    expect([seen.status, seen.headers.get('retry-after')]).toEqual([429, '60']);
    expect(textOf(seen.text)).toContain('Please wait a minute');
  });

  test('a fault inside is a page without details', async () => {
    const publicUrl = () => {
      throw new Error('secret detail');
    };
    const app = await started({ ...plain, deps: { publicUrl } });
    const headers = { origin: 'https://a.example' };
    const seen = await app.post('/bookings/anybody/cancel', undefined, { headers });
    expect(seen.status).toBe(500);
    expect(textOf(seen.text)).toContain('The fault is on our side.');
    expect(seen.text).not.toContain('secret detail');
    expect(app.logged).toContainEqual(expect.objectContaining({ type: 'fault' }));
  });
});

describe('what pages may do in a browser', () => {
  test('nothing is fetched, framed, kept or passed on; style and script are the ones of the policy', async () => {
    const work = scriptedCalendar({ calendarId: 'work', plan: { create: [{ type: 'refuse', kind: 'network' }] } });
    const app = await started({ calendars: [work.calendar] });
    const { headers, text } = await app.get(`/bookings/${await booked(app, introBody())}`);
    const policy = headers.get('content-security-policy')?.split('; ');
    expect(policy).toEqual([
      "default-src 'none'",
      `style-src ${hash(/<style>([\s\S]*?)<\/style>/.exec(text)?.[1])}`,
      `script-src ${hash(/<script>([\s\S]*?)<\/script>/.exec(text)?.[1])}`,
      "connect-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(text).not.toMatch(/ style=| on\w+=|<(?:img|link|iframe|object)|src=/);
  });

  const hostile = `</title><script>alert(1)</script><img src=x onerror=alert(2)>"'&\u202e`;
  test('texts of strangers never become markup', async () => {
    const title = `T${hostile}`;
    const hosts = [{ ...odd, name: `H${hostile}`, calendarIds: [], eventTypes: [{ ...intro, title }] }];
    const app = await started({ hosts });
    const uid = await booked(app, introBody({ attendee: { ...runa, name: `A${hostile}` } }));
    const page = `/bookings/${uid}?token=${encodeURIComponent(`"><script>${hostile}`)}`;
    const before = await app.get(page);
    await app.post(`/v2/bookings/${uid}/cancel`, { cancellationReason: `R${hostile}` });
    const after = await app.get(page);
    for (const { text } of [before, after]) {
      expect(text).not.toMatch(/<script>alert|<img|"><script>/);
      expect(text.match(/<\/title>/g)).toHaveLength(1);
      for (const name of ['H', 'T', 'A']) expect(text).toContain(`${name}&lt;/title&gt;&lt;script&gt;alert(1)`);
    }
    expect(after.text).toContain('R&lt;/title&gt;&lt;script&gt;');
  });
});
