import { describe, expect, test } from 'vitest';
import { introBody } from '../../support/booking-bodies.ts';
import { odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';
import { expectReply } from '../contract/schema.ts';
import { bookingAnswer } from '../contract/schemas.ts';

const started = testApps();

describe('POST /v2/bookings', () => {
  test('S01 a calendar that accepts: the answer is accepted, in the words of the contract', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const app = await started({ calendars: [work.calendar] });
    const reply = await app.post('/v2/bookings', introBody({ guests: ['gro@example.com'], metadata: { ref: 'x1' } }));
    expectReply(reply, 201, bookingAnswer);
    expect(at(reply.body, 'data')).toMatchObject({
      title: 'Intro between Odd and Runa',
      status: 'accepted',
      start: '2050-09-05T07:00:00.000Z',
      end: '2050-09-05T07:30:00.000Z',
      duration: 30,
      location: 'Storgata 1, Oslo',
      guests: ['gro@example.com'],
      metadata: { ref: 'x1' },
      bookingFieldsResponses: { name: 'Runa', email: 'runa@example.com', guests: ['gro@example.com'] },
    });
    expect(reply.headers.get('location')).toBe(`/v2/bookings/${at(reply.body, 'data', 'uid')}`);
    expect(Number(reply.headers.get('holdfast-position'))).toBeGreaterThan(0);
    expect(work.events()).toHaveLength(1);
  });

  test('a name loses what is not seen or turns the reading direction; of nothing else there is no name', async () => {
    const app = await started({ hosts: [{ ...odd, calendarIds: [] }] });
    const named = (name: string) => introBody({ attendee: { name, email: 'r@example.com', timeZone: 'Europe/Oslo' } });
    const reply = await app.post('/v2/bookings', named('\u202ERu\u200Bna\u2066 \uFEFFHolt\u200D'));
    expect(at(reply.body, 'data', 'attendees')).toMatchObject([{ name: 'Runa Holt' }]);
    expectError(await app.post('/v2/bookings', named('\u202E\u200B')), 400, 'invalid_request');
  });

  test('guests are taken once each, and neither the booker nor the host again', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const app = await started({ calendars: [work.calendar] });
    const guests = ['g@example.com', 'g@example.com', 'G@EXAMPLE.com', 'RUNA@Example.com', odd.email.toUpperCase()];
    const reply = await app.post('/v2/bookings', introBody({ guests }), { headers: { 'idempotency-key': 'k1' } });
    expect(reply.status).toBe(201);
    expect(at(reply.body, 'data', 'guests')).toEqual(['g@example.com']);
    expect(work.events()[0]?.attendees.map(({ email }) => email)).toEqual(['runa@example.com', 'g@example.com']);
    const again = await app.post('/v2/bookings', introBody({ guests }), { headers: { 'idempotency-key': 'k1' } });
    expect(at(again.body, 'data', 'uid')).toBe(at(reply.body, 'data', 'uid'));
  });

  test('S02 a calendar that refuses for good: the answer is pending and says why, never accepted', async () => {
    const work = scriptedCalendar({ calendarId: 'work', plan: { create: [{ type: 'refuse', kind: 'auth-revoked' }] } });
    const app = await started({ calendars: [work.calendar] });
    const reply = await app.post('/v2/bookings', introBody());
    expectReply(reply, 201, bookingAnswer);
    expect(at(reply.body, 'data')).toMatchObject({ status: 'pending', pendingReason: 'calendar_sync_failed' });
    expect(at(reply.body, 'data', 'calendars')).toBeNull();
  });

  test('S26 a refused start leaves no stream behind', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const app = await started({ calendars: [work.calendar] });
    const reply = await app.post('/v2/bookings', introBody({ start: '2050-09-05T07:10:00Z' }));
    expectError(reply, 400, 'off_grid', ['start']);
    expect(await app.store.head()()).toMatchObject({ right: 0 });
  });
});
