import { describe, expect, test } from 'vitest';
import { introBody, runa } from '../../support/booking-bodies.ts';
import { ask, intro, odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { textOf } from './text-of.ts';

const started = testApps();
const ROOM = 'https://meet.example/odd';
const video = { ...intro, id: 3, slug: 'video', locations: [{ type: 'link' as const, link: ROOM }] };
const hosts = [{ ...odd, eventTypes: [intro, ask, video] }];
const host = { key: 'cal_host_odd' };
const accepting = () => ({ hosts, calendars: [scriptedCalendar({ calendarId: 'work' }).calendar] });
const FORM = 'method="post"';
const REFRESHES = 'data-look-again=';

describe('the page says the truth of each state', () => {
  test('accepted: what, with whom, when in both zones with their offsets, where, and the history in words', async () => {
    const app = await started(accepting());
    const uid = await booked(app, introBody({ eventTypeId: 3 }));
    const seen = await app.get(`/bookings/${uid}`);
    expect(seen.status).toBe(200);
    expect(seen.text).toContain('<title>Confirmed: Intro with Odd</title>');
    const text = textOf(seen.text);
    expect(text).toContain('Confirmed Your booking is confirmed');
    expect(text).toContain('Monday, 5 September 2050 16:00 – 16:30 Asia/Tokyo (UTC+09:00)');
    expect(text).toContain('09:00 – 09:30 Europe/Oslo (UTC+02:00), for Odd');
    expect(seen.text).toContain(`<a href="${ROOM}" rel="noreferrer">${ROOM}</a>`);
    expect(text).toMatch(/With Odd Booked by Runa/);
    expect(text).toContain(
      'The calendar holds the booking. Thu, 1 Sept 2050, 09:00:00 Asia/Tokyo (UTC+09:00) The booking is accepted',
    );
    expect(seen.text).toContain(FORM);
    expect(seen.text).not.toContain(REFRESHES);
  });

  test('accepted: their answers and guests, and links to put it into a calendar of their own', async () => {
    const field = { slug: 'topic', label: 'What is it about?', type: 'text' as const, required: false };
    const asking = [{ ...odd, eventTypes: [{ ...intro, bookingFields: [field] }] }];
    const app = await started({ hosts: asking, calendars: [scriptedCalendar({ calendarId: 'work' }).calendar] });
    const body = { bookingFieldsResponses: { topic: 'The roof' }, guests: ['kari@example.net'] };
    const uid = await booked(app, introBody(body));
    const seen = await app.get(`/bookings/${uid}?token=a`);
    expect(textOf(seen.text)).toMatch(
      /Guests kari@example\.net Not told yet: that waits until you confirm the mail address What is it about\? The roof/,
    );
    expect(seen.text).toContain(`href="${uid}/calendar.ics?token=a"`);
    expect(seen.text).toMatch(/href="https:\/\/calendar\.google\.com\/[^"]+20500905T070000Z/);
    expect(seen.text).toMatch(/href="https:\/\/outlook\.(live|office)\.com\//);
    const file = await app.get(`/bookings/${uid}/calendar.ics`);
    expect(file.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    expect(file.headers.get('content-disposition')).toContain('meeting.ics');
    expect(file.text).toMatch(/^METHOD:PUBLISH\r$/m);
    expect(file.text).toContain(`UID:${uid}@holdfast`);
    await app.post(`/v2/bookings/${uid}/cancel`);
    expect((await app.get(`/bookings/${uid}`)).text).not.toContain('calendar.ics');
  });

  test('the calendar file needs the token where tokens are on', async () => {
    const app = await started({ ...accepting(), deps: { guestActions: 'token' } });
    const uid = await booked(app, introBody());
    expect((await app.get(`/bookings/${uid}/calendar.ics`)).status).toBe(403);
  });

  test('a host in the same zone: one time', async () => {
    const app = await started(accepting());
    const uid = await booked(app, introBody({ attendee: { ...runa, timeZone: 'Europe/Oslo' } }));
    const text = textOf((await app.get(`/bookings/${uid}`)).text);
    expect(text.match(/09:00 – 09:30/g)).toHaveLength(1);
  });

  test('deciding: held, and the page looks again by itself, or by a link where scripts are off', async () => {
    const work = scriptedCalendar({ calendarId: 'work', plan: { create: [{ type: 'stall' }] } });
    const app = await started({ hosts, calendars: [work.calendar] });
    const asked = await app.post('/v2/bookings', introBody({ eventTypeId: 3 }), {
      headers: { Prefer: 'respond-async' },
    });
    const path = `/bookings/${at(asked.body, 'data', 'uid')}`;
    const seen = await app.get(path);
    expect(textOf(seen.text)).toContain('Held for you The time is held for you');
    expect(textOf(seen.text)).toContain('The calendar of Odd is being written.');
    expect(seen.text).toContain(`${REFRESHES}"2"`);
    expect(seen.text).toMatch(/<noscript><p><a href="[^"]+">Look again now/);
    expect(seen.text).toContain('aria-live="polite"');
    expect(seen.text).not.toContain(ROOM);
    work.release();
    await app.settled();
    expect(textOf((await app.get(path)).text)).toContain('Your booking is confirmed');
  });

  test('S02 no calendar took it: received, not confirmed yet, held until when; no room is said', async () => {
    const work = scriptedCalendar({ calendarId: 'work', plan: { create: [{ type: 'refuse', kind: 'network' }] } });
    const app = await started({ hosts, calendars: [work.calendar] });
    const uid = await booked(app, introBody({ eventTypeId: 3 }));
    const { text: html } = await app.get(`/bookings/${uid}`);
    const text = textOf(html);
    expect(text).toContain('Not confirmed yet We received your booking');
    expect(text).toContain('held for you until Thursday, 1 September 2050, 10:00 Asia/Tokyo (UTC+09:00)');
    expect(text).toContain('We will write to you either way');
    expect(html).toContain(`${REFRESHES}"20"`);
    expect(html).not.toContain(ROOM);
    expect(text).not.toContain('work');
  });

  test('S14 S18 waits for approval; declined says why, and cannot be cancelled', async () => {
    const app = await started(accepting());
    const uid = await booked(app, introBody({ eventTypeId: 2 }));
    const waiting = await app.get(`/bookings/${uid}`);
    expect(textOf(waiting.text)).toContain('Odd decides about each request.');
    expect(waiting.text).toContain(FORM);
    await app.post(`/v2/bookings/${uid}/decline`, { reason: 'I am away' }, host);
    const declined = await app.get(`/bookings/${uid}`);
    expect(textOf(declined.text)).toMatch(/Declined Odd declined your request .* Reason I am away/);
    expect(declined.text).not.toContain(FORM);
  });

  test('S17 expired', async () => {
    const app = await started(accepting());
    const uid = await booked(app, introBody({ eventTypeId: 2 }));
    app.clock.set(Temporal.Instant.from('2050-09-05T07:31:00Z').epochMilliseconds);
    await app.settled();
    const seen = await app.get(`/bookings/${uid}`);
    expect(textOf(seen.text)).toContain(
      'Expired Sorry, your booking could not be confirmed Odd did not answer in time.',
    );
    expect(seen.text).not.toContain(FORM);
  });

  test('cancelled by the host, with the reason; no link to meet under any more', async () => {
    const app = await started(accepting());
    const uid = await booked(app, introBody({ eventTypeId: 3 }));
    await app.post(`/v2/bookings/${uid}/cancel`, { cancellationReason: 'Flu' }, host);
    const { text: html } = await app.get(`/bookings/${uid}`);
    expect(textOf(html)).toMatch(/Cancelled .* Odd cancelled this booking\. It does not take place\. .* Reason Flu/);
    expect(html).not.toContain(ROOM);
    expect(html).not.toContain(FORM);
  });

  test('no form where the event type forbids it, nor once the time has passed', async () => {
    const eventTypes = [
      { ...intro, cancellable: false },
      { ...intro, id: 3, slug: 'video' },
    ];
    const app = await started({ hosts: [{ ...odd, calendarIds: [], eventTypes }] });
    const firm = await booked(app, introBody());
    expect((await app.get(`/bookings/${firm}`)).text).not.toContain(FORM);
    const loose = await booked(app, introBody({ eventTypeId: 3, start: '2050-09-05T08:00:00Z' }));
    expect((await app.get(`/bookings/${loose}`)).text).toContain(FORM);
    app.clock.set(Temporal.Instant.from('2050-09-05T08:30:00Z').epochMilliseconds);
    const over = await app.get(`/bookings/${loose}`);
    expect(textOf(over.text)).toContain('This time has passed.');
    expect(over.text).not.toContain(FORM);
  });

  test('looking changes nothing', async () => {
    const app = await started(accepting());
    const uid = await booked(app, introBody());
    const before = await app.get(`/v2/bookings/${uid}/events`);
    for (const method of ['GET', 'HEAD']) await app.request(method, `/bookings/${uid}`);
    expect((await app.request('GET', `/bookings/${uid}/cancel`)).status).toBe(404);
    expect((await app.get(`/v2/bookings/${uid}/events`)).text).toBe(before.text);
  });
});
