import { describe, expect, test } from 'vitest';
import { introBody, runa } from '../../support/booking-bodies.ts';
import { ask, intro, odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import type { TestApp } from '../../support/test-app.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { actionOf, pageOf } from './given-pages.ts';
import { textOf } from './text-of.ts';

const started = testApps();
const NEW = '2050-09-06T08:00:00Z';
const field = { slug: 'topic', label: 'What is it about?', type: 'text' as const, required: true };
const asking = { ...intro, bookingFields: [field] };
const accepting = () => ({
  hosts: [{ ...odd, eventTypes: [asking, ask] }],
  calendars: [scriptedCalendar({ calendarId: 'work' }).calendar],
});
const key = { key: 'cal_host_odd' };
const body = introBody({ bookingFieldsResponses: { topic: 'The roof' }, guests: ['kari@example.net'] });
const form = { 'content-type': 'application/x-www-form-urlencoded' };

const againOf = (page: string) => page.replace('?', '/again?');
const send = (app: TestApp, page: string, fields: string) =>
  fetch(`${app.url}${page}`, { method: 'POST', body: fields, headers: form, redirect: 'manual' });
const keyOf = (html: string) => /name="key" value="([^"]+)"/.exec(html)?.[1] ?? 'none';
/** The booking that an answer leads to. */
const uidIn = (answer: Response) => /\/([\w-]+)\?token=/.exec(answer.headers.get('location') ?? '')?.[1] ?? 'none';

describe('book again', () => {
  test('after a cancel: the same guest, guests and answers at another time; twice pressed is once booked', async () => {
    const app = await started({ ...accepting(), deps: { guestActions: 'token' } });
    const uid = await booked(app, body, { authorization: 'Bearer cal_book' });
    const own = pageOf(app, 'manage', uid);
    await app.post(`/v2/bookings/${uid}/cancel`, { cancellationReason: 'Ill' }, key);
    expect((await app.get(own)).text).toContain(`<a href="${uid}/again?token=`);
    const page = againOf(own);
    const shown = await app.get(page);
    const text = textOf(shown.text);
    expect(text).toContain('Book Intro with Odd 30 minutes, for Runa.');
    expect(text).toContain('The earlier booking');
    expect(text).toContain('The roof');
    expect(text).not.toContain('Ill');
    expect(shown.text).not.toContain('runa@example.com');
    expect(shown.text).toContain(`value="${NEW}"`);
    expect(actionOf(shown.text, '/again')).not.toMatch(/roof|Runa|kari/);
    const fields = `start=${encodeURIComponent(NEW)}&key=${keyOf(shown.text)}`;
    const [first, second] = [await send(app, page, fields), await send(app, page, fields)];
    expect([first.status, second.status]).toEqual([303, 303]);
    expect(uidIn(second)).toBe(uidIn(first));
    const next = new URL(first.headers.get('location') ?? '', `${app.url}${page}`);
    await app.settled();
    const made = textOf(await (await fetch(next)).text());
    expect(made).toMatch(/Your booking is confirmed .*Booked by Runa Guests kari@example\.net .*The roof/);
    const read = await app.get(`/v2/bookings/${uidIn(first)}`, key);
    expect(at(read.body, 'data')).toMatchObject({ status: 'accepted', start: '2050-09-06T08:00:00.000Z' });
    expect(at(read.body, 'data', 'attendees', 0, 'email')).toBe(at(body, 'attendee', 'email'));
    expect(textOf((await app.get(own)).text)).toContain('Cancelled');
  });

  test('after a decline, an expiry and the end; for a live one too; not while it is pending', async () => {
    const app = await started(accepting());
    const pending = await booked(app, introBody({ eventTypeId: 2 }));
    const page = pageOf(app, 'manage', pending);
    expect((await app.get(page)).text).not.toContain('/again');
    await app.post(`/v2/bookings/${pending}/decline`, {}, key);
    expect((await app.get(page)).text).toMatch(/\/again\?token=[^>]+>Book again</);
    const live = await booked(app, body);
    expect((await app.get(pageOf(app, 'manage', live))).text).toMatch(/\/again\?token=[^>]+>Book one more time</);
    const expiring = await booked(app, introBody({ eventTypeId: 2, start: NEW }));
    app.clock.set(Temporal.Instant.from('2050-09-06T12:00:00Z').epochMilliseconds);
    await app.settled();
    for (const uid of [live, expiring]) {
      const { text } = await app.get(pageOf(app, 'manage', uid));
      expect(text).toMatch(/\/again\?token=[^>]+>Book again</);
    }
  });

  test.each([
    ['is not offered', [ask], 'bookings of this kind are not offered any more'],
    [
      'asks for more',
      [{ ...asking, bookingFields: [field, { ...field, slug: 'size' }] }],
      'bookings of this kind ask for more by now. Please ask Odd.',
    ],
    [
      'has no days left',
      [{ ...asking, bookingWindow: { type: 'range' as const, from: '2050-08-01', to: '2050-08-31' } }],
      'the days for bookings of this kind are over',
    ],
  ])('an event type that by now %s: the page says why', async (_, eventTypes, why) => {
    const before = await started(accepting());
    const uid = await booked(before, body);
    await before.post(`/v2/bookings/${uid}/cancel`);
    await before.settled();
    const app = await started({ hosts: [{ ...odd, eventTypes }], store: before.store });
    const own = pageOf(app, 'manage', uid);
    const seen = await app.get(own);
    expect(textOf(seen.text)).toContain(`It cannot be booked again here: ${why}`);
    expect(seen.text).not.toContain('/again');
    for (const answer of [await app.get(againOf(own)), await app.post(againOf(own))]) {
      expect(answer.status).toBe(404);
      expect(textOf(answer.text)).toContain(`Nothing was booked It cannot be booked again here: ${why}`);
    }
  });

  test('a time that somebody took meanwhile: nothing is booked, and the times are one link away', async () => {
    const app = await started(accepting());
    const uid = await booked(app, body);
    await booked(app, introBody({ start: NEW, attendee: { ...runa, email: 'eva@example.com' }, eventTypeId: 2 }));
    const page = againOf(pageOf(app, 'manage', uid));
    const taken = await send(app, page, `start=${encodeURIComponent(NEW)}&key=k`);
    expect(taken.status).toBe(409);
    expect(await taken.text()).toMatch(/somebody else in the meantime[\s\S]*\/again\?token=[^"]+">Choose another time/);
    const none = await send(app, page, 'key=k');
    expect([none.status, textOf(await none.text())]).toEqual([400, expect.stringContaining('No time was chosen.')]);
  });

  test('counts as what strangers may make us send, together with the API; other sites cannot send it', async () => {
    const limits = {
      bodyBytes: 65_536,
      requestsPerMinute: null,
      mailsOfStrangers: { perRecipient: 2, perCaller: 50, pendingPerAttendee: 50 },
    };
    const app = await started({ ...accepting(), deps: { limits } });
    const uid = await booked(app, introBody({ eventTypeId: 2 }));
    const page = againOf(pageOf(app, 'manage', uid));
    const again = (start: string) =>
      send(app, page, `start=${encodeURIComponent(start)}&key=${start.replaceAll(/\W/g, '')}`);
    expect((await again(NEW)).status).toBe(303);
    const limited = await again('2050-09-07T08:00:00Z');
    expect(limited.status).toBe(429);
    expect(textOf(await limited.text())).toContain('Too many bookings and moves named this mail address lately.');
    const foreign = { ...form, 'sec-fetch-site': 'cross-site' };
    const sent = await fetch(`${app.url}${page}`, { method: 'POST', body: 'start=x', headers: foreign });
    expect(sent.status).toBe(403);
  });
});
