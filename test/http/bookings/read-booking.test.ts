import { describe, expect, test } from 'vitest';
import { introBody } from '../../support/booking-bodies.ts';
import { intro, odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';
import { expectReply } from '../contract/schema.ts';
import { bookingAnswer, eventsAnswer } from '../contract/schemas.ts';

const started = testApps();

describe('GET /v2/bookings/{uid}', () => {
  test('as the contract says, open by uid; calendars are shown to the host’s side alone', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const app = await started({ calendars: [work.calendar] });
    const uid = await booked(app, introBody());
    const open = await app.get(`/v2/bookings/${uid}`);
    expectReply(open, 200, bookingAnswer);
    expect(Number(open.headers.get('holdfast-position'))).toBeGreaterThan(0);
    expect(at(open.body, 'data', 'calendars')).toBeNull();
    const inside = await app.get(`/v2/bookings/${uid}`, { key: 'cal_host_odd' });
    expect(at(inside.body, 'data', 'calendars')).toEqual([
      { calendarId: 'work', status: 'held', lastSeenAt: '2050-09-01T00:00:00Z', eventStatus: 'confirmed' },
    ]);
    expectError(await app.get(`/v2/bookings/${uid}`, { key: 'cal_host_else' }), 404, 'booking_not_found');
  });

  test('what watching saw later than the log says counts, and never of an event that differs', async () => {
    let sighted: string | null = '2050-09-01T10:05:00Z';
    const seenAt = async (app: Awaited<ReturnType<typeof started>>, uid: string) => {
      const seen = await app.get(`/v2/bookings/${uid}`, { key: 'cal_host_odd' });
      return at(seen.body, 'data', 'calendars', 0);
    };
    const work = scriptedCalendar({ calendarId: 'work' });
    const deps = { sightedAt: (calendarId: string) => (calendarId === 'work' ? sighted : null) };
    const app = await started({ calendars: [work.calendar], deps });
    const uid = await booked(app, introBody());
    expect(await seenAt(app, uid)).toMatchObject({ status: 'held', lastSeenAt: '2050-09-01T10:05:00Z' });
    sighted = '2050-08-31T10:05:00Z';
    expect(await seenAt(app, uid)).toMatchObject({ status: 'held', lastSeenAt: '2050-09-01T00:00:00Z' });
    sighted = '2050-09-01T10:10:00Z';
    await app.found(uid, 'work', { type: 'missing' });
    expect(await seenAt(app, uid)).toMatchObject({
      status: 'missing',
      since: '2050-09-01T00:00:00Z',
      lastSeenAt: '2050-09-01T00:00:00Z',
    });
  });

  test('S04 one calendar holds it, one refused: accepted, and the host sees which', async () => {
    const [work, home] = [scriptedCalendar({ calendarId: 'work' }), scriptedCalendar({ calendarId: 'home' })];
    home.always('create', { type: 'refuse', kind: 'forbidden' });
    const app = await started({
      hosts: [{ ...odd, calendarIds: ['work', 'home'] }],
      calendars: [work.calendar, home.calendar],
    });
    const uid = await booked(app, introBody());
    await app.settled();
    const seen = await app.get(`/v2/bookings/${uid}`, { key: 'cal_read' });
    expect(at(seen.body, 'data')).toMatchObject({
      status: 'accepted',
      calendars: [
        { calendarId: 'work', status: 'held', eventStatus: 'confirmed' },
        { calendarId: 'home', status: 'failed', failure: { kind: 'forbidden' } },
      ],
    });
  });

  test('a host or an event type that is not configured any more takes no booking away', async () => {
    const first = await started({ hosts: [{ ...odd, calendarIds: [] }] });
    const uid = await booked(first, introBody());
    const second = await started({ hosts: [{ ...odd, id: 'other', username: 'other' }], store: first.store });
    const seen = await second.get(`/v2/bookings/${uid}`);
    expectReply(
      { ...seen, body: JSON.parse(seen.text.replaceAll('"email":""', '"email":"a@b.cd"')) },
      200,
      bookingAnswer,
    );
    expect(at(seen.body, 'data', 'hosts', 0, 'name')).toBe('Odd');
  });

  test('nobody’s uid is 404', async () => {
    const app = await started();
    expectError(await app.get('/v2/bookings/nobody'), 404, 'booking_not_found');
    expectError(await app.get(`/v2/bookings/${'x'.repeat(65)}`), 404, 'booking_not_found');
    expectError(await app.get('/v2/bookings/nobody/events'), 404, 'booking_not_found');
  });
});

describe('GET /v2/bookings/{uid}/events', () => {
  const refusing = () =>
    scriptedCalendar({
      calendarId: 'work',
      plan: { create: [{ type: 'refuse', kind: 'rate-limited', retryAfterMs: 540_000 }] },
    });

  test('the host reads all of it, oldest first, in words', async () => {
    const app = await started({ calendars: [refusing().calendar], deps: { calendarLabel: () => 'Work' } });
    const uid = await booked(app, introBody());
    const reply = await app.get(`/v2/bookings/${uid}/events`, { key: 'cal_audit' });
    expectReply(reply, 200, eventsAnswer);
    const texts = [0, 1, 2, 3].map((index) => at(reply.body, 'data', index, 'text'));
    expect(texts).toEqual([
      'Intro was requested for 2050-09-05 09:00 Europe/Oslo (UTC+02:00), 30 minutes. The time is held.',
      "Writing to calendar 'Work' began (attempt 1).",
      "Calendar 'Work' did not take the booking: it asked us to slow down. Next try at 2050-09-01 02:09:00 Europe/Oslo (UTC+02:00).",
      'The booking is not confirmed: no calendar has taken it. Trying goes on until 2050-09-01 03:00:00 Europe/Oslo (UTC+02:00).',
    ]);
    expect([0, 1, 2, 3].map((index) => at(reply.body, 'data', index, 'revision'))).toEqual([0, 1, 2, 3]);
    expect(at(reply.body, 'data', 0, 'data', 'personal', 'attendee', 'name')).toBe('Runa');
    expect(at(reply.body, 'data', 2, 'data', 'message')).toBe('scripted: rate-limited');
  });

  test('a guest reads the same story without what is not theirs', async () => {
    const app = await started({ calendars: [refusing().calendar], deps: { calendarLabel: () => 'Work' } });
    const made = await app.post('/v2/bookings', introBody({ bookingFieldsResponses: { notes: 'private note' } }), {
      key: 'cal_host_odd',
    });
    const uid = at(made.body, 'data', 'uid');
    const all = await app.get(`/v2/bookings/${uid}/events`, { key: 'cal_host_odd' });
    for (const wish of [{}, { key: 'cal_book' }]) {
      const reply = await app.get(`/v2/bookings/${uid}/events`, wish);
      expectReply(reply, 200, eventsAnswer);
      expect(reply.text.match(/"type":"\w+"/g)).toEqual(all.text.match(/"type":"\w+"/g));
      for (const inside of [
        'personal',
        'salt',
        'private note',
        'runa@',
        'scripted',
        'Work',
        '"work"',
        'fingerprint',
        'host_odd',
        'kind":"rate',
      ])
        expect(reply.text).not.toContain(inside);
      // 09:00 in Oslo, read in Tokyo.
      expect(at(reply.body, 'data', 0, 'text')).toContain('2050-09-05 16:00 Asia/Tokyo (UTC+09:00)');
    }
  });
});

describe('S03 where it takes place', () => {
  test('no link before the booking is accepted', async () => {
    const work = scriptedCalendar({ calendarId: 'work', plan: { create: [{ type: 'refuse', kind: 'auth-revoked' }] } });
    const room = { type: 'integration', integration: 'jitsi', fallbackLink: 'https://fallback.example/odd' } as const;
    const app = await started({
      hosts: [{ ...odd, eventTypes: [{ ...intro, locations: [room] }] }],
      calendars: [work.calendar],
    });
    const uid = await booked(app, introBody({ location: { type: 'integration', integration: 'jitsi' } }));
    await app.settled();
    const pending = await app.get(`/v2/bookings/${uid}`);
    expect(at(pending.body, 'data')).toMatchObject({ status: 'pending', location: 'jitsi' });
    expect(pending.text).not.toContain('fallback.example');
    await app.post(`/v2/bookings/${uid}/retry`, undefined, { key: 'cal_host_odd' });
    await app.settled();
    const accepted = await app.get(`/v2/bookings/${uid}`);
    expectReply(accepted, 200, bookingAnswer);
    expect(at(accepted.body, 'data')).toMatchObject({ status: 'accepted', meetingUrl: 'https://fallback.example/odd' });
  });
});
