import { describe, expect, test } from 'vitest';
import { introBody, runa } from '../../support/booking-bodies.ts';
import { ask, intro, odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { actionOf, pageOf, submit } from './given-pages.ts';
import { textOf } from './text-of.ts';

const started = testApps();
const field = { slug: 'topic', label: 'What is it about?', type: 'text' as const, required: false };
const hosts = [{ ...odd, eventTypes: [{ ...intro, bookingFields: [field], hostMustGiveReason: true }, ask] }];
const work = (...create: ReadonlyArray<{ readonly type: 'refuse'; readonly kind: 'auth-revoked' | 'network' }>) =>
  scriptedCalendar({ calendarId: 'work', plan: { create } });
const askBody = introBody({ eventTypeId: 2 });
const statusOf = async (app: Awaited<ReturnType<typeof started>>, uid: string) =>
  at((await app.get(`/v2/bookings/${uid}`)).body, 'data', 'status');

describe('the host’s page tells all', () => {
  test('accepted: the guest, the answers, the calendars, and the whole history in the host’s zone', async () => {
    const app = await started({ hosts, calendars: [work().calendar] });
    const body = { bookingFieldsResponses: { topic: 'The roof' }, guests: ['kari@example.net'] };
    const uid = await booked(app, introBody(body));
    await app.settled();
    const seen = await app.get(pageOf(app, 'host', uid));
    expect([seen.status, seen.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const text = textOf(seen.text);
    expect(text).toContain('Confirmed Runa meets you');
    expect(text).toContain('09:00 – 09:30 Europe/Oslo (UTC+02:00) 16:00 – 16:30 Asia/Tokyo (UTC+09:00), for Runa');
    expect(text).toContain('With Runa, runa@example.com');
    expect(text).toMatch(
      /Guests kari@example\.net Not told yet: that waits until Runa confirms the mail address What is it about\? The roof/,
    );
    expect(text).toContain(
      'Your calendars work holds the booking, as was last seen on Thursday, 1 September 2050, 02:00:00',
    );
    expect(text).toMatch(/Calendar &#39;work&#39; holds the booking\. Event [\w-]+/);
    expect(() => actionOf(seen.text, '/host/approve')).toThrow('no form');
    expect(() => actionOf(seen.text, '/host/retry')).toThrow('no form');
  });

  test('a calendar that refuses: why, what it answered, when it is tried again, what waits for what', async () => {
    const app = await started({ hosts, calendars: [work({ type: 'refuse', kind: 'network' }).calendar] });
    const uid = await booked(app, introBody());
    const { text: html } = await app.get(pageOf(app, 'host', uid));
    const text = textOf(html);
    expect(text).toContain('Action needed A booking is waiting for your calendar');
    expect(text).toMatch(
      /Calendar “work” is written on Thursday, 1 September 2050, 02:00:\d\d Europe\/Oslo \(UTC\+02:00\)/,
    );
    expect(text).toContain('If none has, it expires on Thursday, 1 September 2050, 03:00:00 Europe/Oslo (UTC+02:00)');
    expect(text).toContain('work did not take the booking. Why: it could not be reached');
    expect(text).toContain('It is tried again on');
  });

  test('try again now: once the calendar is mended the booking is confirmed', async () => {
    const app = await started({ hosts, calendars: [work({ type: 'refuse', kind: 'auth-revoked' }).calendar] });
    const uid = await booked(app, introBody());
    const page = pageOf(app, 'host', uid);
    expect(textOf((await app.get(page)).text)).toContain('It is not tried again by itself.');
    expect((await submit(app, page, '/host/retry')).status).toBe(303);
    await app.settled();
    expect(await statusOf(app, uid)).toBe('accepted');
  });

  test('texts of strangers never become markup', async () => {
    const hostile = `</title><script>alert(1)</script>"'`;
    const calendar = scriptedCalendar({ calendarId: 'work', plan: { create: [{ type: 'refuse', kind: 'network' }] } });
    const app = await started({ hosts, calendars: [calendar.calendar], deps: { calendarLabel: () => hostile } });
    const body = { attendee: { ...runa, name: `A${hostile}` }, bookingFieldsResponses: { topic: hostile } };
    const { text } = await app.get(pageOf(app, 'host', await booked(app, introBody(body))));
    expect(text).not.toMatch(/<script>alert/);
    expect(text.match(/<\/title>/g)).toHaveLength(1);
  });
});

describe('deciding on the page', () => {
  test('S20 GET shows and changes nothing; POST approves once, also when it is pressed twice', async () => {
    const calendar = work();
    const app = await started({ hosts, calendars: [calendar.calendar] });
    const uid = await booked(app, askBody);
    const page = pageOf(app, 'host', uid);
    const before = await app.get(`/v2/bookings/${uid}/events`);
    const seen = await app.get(page);
    expect(textOf(seen.text)).toContain('Runa asks for Ask');
    expect(textOf(seen.text)).toContain('It waits for your decision.');
    const approve = new URL(actionOf(seen.text, '/host/approve'), `${app.url}${page}`);
    expect((await fetch(approve)).status).toBe(404);
    expect((await app.get(`/v2/bookings/${uid}/events`)).text).toBe(before.text);
    const answers = await Promise.all([1, 2].map(() => fetch(approve, { method: 'POST', redirect: 'manual' })));
    for (const { status, headers, url } of answers) {
      expect(status).toBe(303);
      expect(new URL(headers.get('location') ?? '', url).pathname).toBe(`/bookings/${uid}/host`);
    }
    await app.settled();
    expect((await fetch(approve, { method: 'POST', redirect: 'manual' })).status).toBe(303);
    expect(await statusOf(app, uid)).toBe('accepted');
    expect(calendar.asked('create')).toBe(1);
    expect((await app.get(`/v2/bookings/${uid}/events`)).text.match(/"BookingApproved"/g)).toHaveLength(1);
  });

  test('S18 declined with a reason; S19 the old form then approves nothing, and says so', async () => {
    const app = await started({ hosts, calendars: [work().calendar] });
    const uid = await booked(app, askBody);
    const page = pageOf(app, 'host', uid);
    const approve = new URL(actionOf((await app.get(page)).text, '/host/approve'), `${app.url}${page}`);
    expect((await submit(app, page, '/host/decline', 'reason=I+am+away')).status).toBe(303);
    expect(textOf((await app.get(page)).text)).toMatch(/Declined You declined the request of Runa .*Reason I am away/);
    const late = await fetch(approve, { method: 'POST', redirect: 'manual' });
    expect([late.status, late.headers.get('content-type')]).toEqual([409, 'text/html; charset=utf-8']);
    expect(textOf(await late.text())).toContain('The request was not approved It is decided already.');
    expect(await statusOf(app, uid)).toBe('rejected');
  });

  test('cancel: the event type wants a reason of the host, and the guest is told who it was', async () => {
    const app = await started({ hosts, calendars: [work().calendar] });
    const uid = await booked(app, introBody());
    const page = pageOf(app, 'host', uid);
    const bare = await submit(app, page, '/host/cancel', 'reason=+');
    expect(bare.status).toBe(400);
    expect(textOf(await bare.text())).toContain('Bookings of this kind need a reason.');
    expect((await submit(app, page, '/host/cancel', 'reason=Flu')).status).toBe(303);
    expect(textOf((await app.get(`/bookings/${uid}`)).text)).toContain('Odd cancelled this booking.');
  });

  test('a calendar that keeps the event: the page says so, and the host can say that it is deleted by hand', async () => {
    const refusal = { type: 'refuse', kind: 'forbidden' } as const;
    const calendar = scriptedCalendar({ calendarId: 'work', plan: { remove: [refusal, refusal, refusal] } });
    const app = await started({ hosts, calendars: [calendar.calendar] });
    const uid = await booked(app, askBody);
    await app.post(`/v2/bookings/${uid}/confirm`, undefined, { key: 'cal_host_odd' });
    await app.post(`/v2/bookings/${uid}/cancel`);
    await app.settled();
    const page = pageOf(app, 'host', uid);
    const text = textOf((await app.get(page)).text);
    expect(text).toContain('work still shows the event. Why: writing to it is not allowed');
    expect(text).toMatch(/The event is taken out of calendar “work” on .* \(attempt 2\)/);
    expect((await submit(app, page, '/host/acknowledge-removal', 'calendarId=work')).status).toBe(303);
    expect(textOf((await app.get(page)).text)).toContain('you said that it is dealt with');
  });
});

describe('who gets in', () => {
  test('nobody but by the host’s own link, also where guests need no token; never JSON, never 401', async () => {
    const app = await started({ hosts, calendars: [work().calendar] });
    const uid = await booked(app, askBody);
    const page = pageOf(app, 'host', uid);
    const other = pageOf(app, 'host', 'else').split('?')[1];
    const guests = pageOf(app, 'manage', uid).split('?')[1];
    const searches = ['', '?token=', '?token=x', '?token=x&token=y', `?${other}`, `?${guests}`];
    for (const search of searches)
      for (const [method, path] of [
        ['GET', ''],
        ['POST', '/approve'],
        ['POST', '/decline'],
        ['POST', '/cancel'],
        ['POST', '/retry'],
      ] as const) {
        const answer = await app.request(method, `/bookings/${uid}/host${path}${search}`, { key: 'cal_host_odd' });
        expect([answer.status, answer.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
        expect(textOf(answer.text)).toContain('Please open the newest link from your mail.');
      }
    expect(await statusOf(app, uid)).toBe('pending');
    const foreign = await submit(app, page, '/host/approve', '', { 'sec-fetch-site': 'cross-site' });
    expect(foreign.status).toBe(403);
    expect(await statusOf(app, uid)).toBe('pending');
    app.clock.advance(60 * 24 * 3_600_000);
    const stale = await app.get(page);
    expect([stale.status, textOf(stale.text)]).toEqual([403, expect.stringContaining('This link has expired')]);
  });

  test.each(['/host/nothing', '/cancel', '/host/approve', '/a/b/c'])('GET %s: a page, not JSON', async (below) => {
    const app = await started({ hosts });
    const seen = await app.get(`/bookings/any${below}`);
    expect([seen.status, seen.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  });
});
