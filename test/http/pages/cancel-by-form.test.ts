import { describe, expect, test } from 'vitest';
import { MAX_REASON } from '../../../src/http/bookings/change-bookings.ts';
import { MAX_FORM_BYTES } from '../../../src/http/pages/forms.ts';
import { introBody } from '../../support/booking-bodies.ts';
import { intro, odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import type { TestApp } from '../../support/test-app.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { textOf } from './text-of.ts';

const started = testApps();
const plain = { hosts: [{ ...odd, calendarIds: [] }] };
const form = { 'content-type': 'application/x-www-form-urlencoded' };

/** As a browser sends the page's form: by its own action, and not following the answer. */
const submit = async (app: TestApp, page: string, fields: string, headers: Readonly<Record<string, string>> = {}) => {
  const { text } = await app.get(page);
  const action = /<form method="post" action="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? 'no-form';
  const url = new URL(action, `${app.url}${page}`);
  return fetch(url, { method: 'POST', body: fields, redirect: 'manual', headers: { ...form, ...headers } });
};
const statusOf = async (app: TestApp, uid: string) => at((await app.get(`/v2/bookings/${uid}`)).body, 'data', 'status');

describe('cancelling by the form', () => {
  test('S36 303 back to the page, which says so; the guest did it, with line breaks as they were meant', async () => {
    const app = await started(plain);
    const uid = await booked(app, introBody());
    const sent = await submit(app, `/bookings/${uid}`, 'reason=Ill%0D%0Atoday+%26+tomorrow');
    expect(sent.status).toBe(303);
    const back = new URL(sent.headers.get('location') ?? '', sent.url);
    expect(back.pathname + back.hash).toBe(`/bookings/${uid}#status`);
    const page = await app.get(back.pathname);
    expect(textOf(page.text)).toContain('You cancelled this booking.');
    expect(textOf(page.text)).toContain('Reason Ill today &amp; tomorrow');
    const read = await app.get(`/v2/bookings/${uid}`);
    expect(at(read.body, 'data')).toMatchObject({
      status: 'cancelled',
      cancellationReason: 'Ill\ntoday & tomorrow',
      cancelledByEmail: 'runa@example.com',
    });
  });

  test('the form goes to the same place from an address with a slash at its end, and so does the way back', async () => {
    const app = await started(plain);
    const uid = await booked(app, introBody());
    const sent = await submit(app, `/bookings/${uid}/?token=a`, 'reason=Ill');
    expect(new URL(sent.url).pathname).toBe(`/bookings/${uid}/cancel`);
    expect(sent.status).toBe(303);
    expect(new URL(sent.headers.get('location') ?? '', sent.url).pathname).toBe(`/bookings/${uid}`);
    const fromSlash = await fetch(`${app.url}/bookings/${uid}/cancel/`, { method: 'POST', redirect: 'manual' });
    expect(new URL(fromSlash.headers.get('location') ?? '', fromSlash.url).pathname).toBe(`/bookings/${uid}`);
  });

  test('S38 twice is once, no body is no reason, and a key of the host makes nobody the host', async () => {
    const app = await started(plain);
    const uid = await booked(app, introBody());
    const cancel = `${app.url}/bookings/${uid}/cancel`;
    const headers = { authorization: 'Bearer cal_host_odd' };
    for (const _ of [1, 2])
      expect((await fetch(cancel, { method: 'POST', redirect: 'manual', headers })).status).toBe(303);
    const read = await app.get(`/v2/bookings/${uid}`);
    expect(at(read.body, 'data')).toMatchObject({ cancellationReason: '', cancelledByEmail: 'runa@example.com' });
    expect((await app.get(`/v2/bookings/${uid}/events`)).text.match(/"BookingCancelled"/g)).toHaveLength(1);
  });

  test('a reason may be as long as by the API, line breaks counted once, and no longer', async () => {
    const app = await started(plain);
    const uid = await booked(app, introBody());
    const page = `/bookings/${uid}`;
    const tooLong = await submit(app, page, `reason=${'x'.repeat(MAX_REASON + 1)}`);
    expect(tooLong.status).toBe(400);
    expect(textOf(await tooLong.text())).toContain(
      'The booking was not cancelled The reason must be at most 1000 characters. Back to the booking',
    );
    expect(await statusOf(app, uid)).toBe('accepted');
    const longest = encodeURIComponent(`${'€\r\n'.repeat((MAX_REASON - 2) / 2)}€€`);
    expect((await submit(app, page, `reason=${longest}`)).status).toBe(303);
    expect(await statusOf(app, uid)).toBe('cancelled');
  });

  test('what is no such form changes nothing', async () => {
    const app = await started(plain);
    const uid = await booked(app, introBody());
    const page = `/bookings/${uid}`;
    const large = await submit(app, page, `reason=${'x'.repeat(MAX_FORM_BYTES)}`);
    expect([large.status, large.headers.get('content-type')]).toEqual([413, 'text/html; charset=utf-8']);
    const json = await submit(app, page, '{"reason":"x"}', { 'content-type': 'application/json' });
    expect(json.status).toBe(415);
    expect(await statusOf(app, uid)).toBe('accepted');
  });

  test('refused by the rules: says why, and leads back', async () => {
    const app = await started({ hosts: [{ ...odd, calendarIds: [], eventTypes: [{ ...intro, cancellable: false }] }] });
    const uid = await booked(app, introBody());
    const refused = await app.post(`/bookings/${uid}/cancel?token=a%22b`, undefined);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain(`<a href="../${uid}?token=a%22b#status">Back to the booking</a>`);
    app.clock.set(Temporal.Instant.from('2050-09-05T08:00:00Z').epochMilliseconds);
    expect(textOf((await app.post(`/bookings/${uid}/cancel`)).text)).toContain('The time of the booking has passed.');
  });
});

describe('forms of other sites', () => {
  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a sibling', { 'sec-fetch-site': 'same-site', origin: 'https://book.example' }, 403],
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['a broken origin', { origin: 'evil' }, 403],
    ['our page', { 'sec-fetch-site': 'same-origin', origin: 'null' }, 303],
    ['our public address', { origin: 'https://book.example' }, 303],
    ['a browser that hides the origin, as ours is asked to', { origin: 'null' }, 303],
  ])('%s', async (_, headers, status) => {
    const app = await started(plain);
    const uid = await booked(app, introBody());
    expect((await submit(app, `/bookings/${uid}`, 'reason=', headers)).status).toBe(status);
    expect(await statusOf(app, uid)).toBe(status === 303 ? 'cancelled' : 'accepted');
  });
});
