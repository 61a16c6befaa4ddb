import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/domain/log/envelope.ts';
import { introBody } from '../../support/booking-bodies.ts';
import { at } from '../../support/http-client.ts';
import { odd } from '../../support/hosts.ts';
import type { TestAppOptions } from '../../support/test-app.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';
import { expectReply } from '../contract/schema.ts';
import { bookingAnswer } from '../contract/schemas.ts';
import { acceptedIn, countOf, host } from './accepted-booking.helper.ts';

const started = testApps();
const accepted = (options: TestAppOptions = {}) => acceptedIn(started, options);
const body = introBody();
const OLA = 'ola@example.com';
const KARI = 'kari@example.com';

const emailsOf = (reply: { readonly body: Json }): unknown => {
  const data = at(reply.body, 'data');
  return Array.isArray(data) ? data.map((one) => at(one, 'email')) : data;
};

describe('POST /v2/bookings/{uid}/guests', () => {
  test('adds guests, who are in every answer and in the calendar under the id that the event has', async () => {
    const booking = await accepted();
    const { app, path, work } = booking;
    await app.settled();
    const added = await app.post(`${path}/guests`, { guests: [{ email: OLA, name: 'Ola' }, { email: KARI }] }, host);
    expectReply(added, 200, bookingAnswer);
    expect(at(added.body, 'data', 'guests')).toEqual(['gro@example.com', OLA, KARI]);
    expect(at(added.body, 'data', 'calendars', 0)).toMatchObject({ eventStatus: 'confirmed', upToDate: false });
    await app.settled();
    expect([work.asked('create'), work.asked('change')]).toEqual([1, 2]);
    expect(work.events()).toMatchObject([{ sequence: 1, status: 'confirmed' }]);
    expect(work.events()[0]?.attendees.map(({ email }) => email)).toEqual([
      body.attendee.email,
      'gro@example.com',
      OLA,
      KARI,
    ]);
    const shown = await app.get(path, host);
    expect(at(shown.body, 'data', 'calendars', 0)).not.toHaveProperty('upToDate');
    expect(emailsOf(await app.get(`${path}/attendees`, host))).toEqual([
      body.attendee.email,
      'gro@example.com',
      OLA,
      KARI,
    ]);
  });

  test('who comes already is no news; no more than ten at a time, and thirty in all', async () => {
    const booking = await accepted();
    const { app, path } = booking;
    const known = [body.attendee.email, odd.email, 'GRO@example.com'].map((email) => ({ email }));
    const again = await app.post(`${path}/guests`, { guests: known }, host);
    expect(at(again.body, 'data', 'guests')).toEqual(['gro@example.com']);
    expect(await countOf(booking, 'GuestsAdded')).toBe(0);
    const some = (from: number, count: number) => ({
      guests: Array.from({ length: count }, (_, index) => ({ email: `guest${from + index}@example.com` })),
    });
    expectError(await app.post(`${path}/guests`, some(0, 11), host), 400, 'invalid_request', ['guests']);
    expectError(await app.post(`${path}/guests`, { guests: [] }, host), 400, 'invalid_request', ['guests']);
    for (const from of [0, 10]) expect((await app.post(`${path}/guests`, some(from, 10), host)).status).toBe(200);
    expectError(await app.post(`${path}/guests`, some(20, 10), host), 409, 'too_many_guests', ['guests']);
    expect((await app.post(`${path}/guests`, some(20, 9), host)).status).toBe(200);
  });

  test('names every wrong field, and changes nothing then', async () => {
    const booking = await accepted();
    const { app, path } = booking;
    const wrong = { guests: [{ email: OLA }, { email: 'no address', timeZone: 'Mars/Base', language: 'xx' }] };
    const reply = await app.post(`${path}/guests`, wrong, host);
    expectError(reply, 400, 'invalid_request', ['guests.1.email', 'guests.1.timeZone', 'guests.1.language']);
    expectError(await app.post(`${path}/guests`, {}, host), 400, 'invalid_request', ['guests']);
    expect(await countOf(booking, 'GuestsAdded')).toBe(0);
  });

  test('I5 once under an Idempotency-Key; another wish under it is 422', async () => {
    const booking = await accepted();
    const { app, path } = booking;
    const once = { ...host, headers: { 'idempotency-key': 'guests-1' } };
    const first = await app.post(`${path}/guests`, { guests: [{ email: OLA }] }, once);
    const [, repeat] = [first, await app.post(`${path}/guests`, { guests: [{ email: OLA }] }, once)];
    expect(repeat.headers.get('idempotency-replayed')).toBe('true');
    expect(at(repeat.body, 'data', 'guests')).toEqual(at(first.body, 'data', 'guests'));
    expect(await countOf(booking, 'GuestsAdded')).toBe(1);
    for (const other of [[{ email: KARI }], [{ email: OLA }, { email: KARI }]])
      expectError(await app.post(`${path}/guests`, { guests: other }, once), 422, 'idempotency_key_reused');
    await app.delete(`${path}/attendees/3`, host);
    const later = await app.post(`${path}/guests`, { guests: [{ email: OLA }] }, once);
    expect(later.headers.get('idempotency-replayed')).toBe('true');
    expect(at(later.body, 'data', 'guests')).toEqual(['gro@example.com']);
  });

  test('by the guest with the token of their mail, as the guest in the log; a uid alone never does', async () => {
    const booking = await accepted();
    const { app, path, token } = booking;
    const guests = { guests: [{ email: OLA }] };
    expectError(await app.post(`${path}/guests`, guests), 401, 'guest_token_required');
    expect((await app.post(`${path}/guests?token=${token}`, guests)).status).toBe(200);
    const history = await app.get(`${path}/events`, host);
    expect(history.text).toContain(`The guest added ${OLA} (guest 2).`);
    const forGuest = await app.get(`${path}/events?token=${token}`);
    expect(forGuest.text).toContain('The guest added a guest.');
    expect(forGuest.text).not.toContain(OLA);
  });

  test('not of an event type without guests, and not of a booking that is over', async () => {
    const eventTypes = odd.eventTypes.map((one) => ({ ...one, guestsAllowed: false }));
    const app = await started({ hosts: [{ ...odd, calendarIds: [], eventTypes }] });
    const uid = await booked(app, body);
    const none = await app.post(`/v2/bookings/${uid}/guests`, { guests: [{ email: OLA }] }, host);
    expectError(none, 400, 'invalid_request', ['guests']);
    const booking = await accepted();
    await booking.app.post(`${booking.path}/cancel`, {}, host);
    const guests = { guests: [{ email: OLA }] };
    expectError(await booking.app.post(`${booking.path}/guests`, guests, host), 409, 'booking_not_live');
    expectError(
      await booking.app.patch(`${booking.path}/location`, { location: { type: 'address', address: 'x' } }, host),
      409,
      'booking_not_live',
    );
    expectError(await booking.app.delete(`${booking.path}/attendees/2`, host), 409, 'booking_not_live');
    const past = await accepted();
    past.app.clock.set(Temporal.Instant.from(body.start).epochMilliseconds + 3_600_000);
    expectError(await past.app.post(`${past.path}/guests`, guests, host), 400, 'booking_already_ended');
  });

  test('five times a minute, and no more mailboxes of strangers than bookings may name', async () => {
    const mailsOfStrangers = { perRecipient: 2, perCaller: 100, pendingPerAttendee: 10 };
    const limits = { bodyBytes: 65_536, requestsPerMinute: 120, mailsOfStrangers };
    const booking = await accepted({ deps: { limits } });
    const { app, path, token } = booking;
    const add = (email: string, as: object) =>
      app.post(`${path}/guests${'key' in as ? '' : `?token=${token}`}`, { guests: [{ email }] }, as);
    expect((await add(OLA, {})).status).toBe(200);
    for (const round of [1, 2]) {
      await app.delete(`${path}/attendees/${round + 2}?token=${token}`);
      if (round === 1) expect((await add(OLA, {})).status).toBe(200);
    }
    const refused = await add(OLA, {});
    expectError(refused, 429, 'mail_limit_reached', ['guests.0']);
    for (let round = 0; round < 5; round += 1) expect((await add(`g${round}@example.com`, host)).status).toBe(200);
    expectError(await add('g6@example.com', host), 429, 'rate_limited');
    app.clock.advance(60_000);
    expect((await add('g6@example.com', host)).status).toBe(200);
  });
});

describe('POST and DELETE /v2/bookings/{uid}/attendees', () => {
  const kari = { name: 'Kari Vik', email: KARI, timeZone: 'Europe/Oslo', language: 'no', phoneNumber: '+4799999999' };

  test('adds one guest and answers with them; again is the same answer', async () => {
    const booking = await accepted();
    const { app, path } = booking;
    const added = await app.post(`${path}/attendees`, kari, host);
    expect(added.status).toBe(201);
    const data = { id: 3, ...kari, displayEmail: KARI, absent: false, bookingId: expect.any(Number) };
    expect(at(added.body, 'data')).toEqual(data);
    const again = await app.post(`${path}/attendees`, { ...kari, name: 'Other' }, host);
    expect(again.status).toBe(201);
    expect(at(again.body, 'data')).toEqual(data);
    const one = await app.get(`${path}/attendees/3`, host);
    expect(at(one.body, 'data')).toMatchObject({ id: 3, name: 'Kari Vik', timeZone: 'Europe/Oslo' });
    expect(await countOf(booking, 'GuestsAdded')).toBe(1);
    const booker = await app.post(`${path}/attendees`, { ...kari, email: body.attendee.email }, host);
    expect(at(booker.body, 'data')).toMatchObject({ id: 1, name: body.attendee.name });
    expectError(await app.post(`${path}/attendees`, { ...kari, email: odd.email }, host), 400, 'invalid_request', [
      'email',
    ]);
    expectError(await app.post(`${path}/attendees`, { email: OLA }, host), 400, 'invalid_request', [
      'name',
      'timeZone',
    ]);
  });

  test('takes a guest off again, also in the calendar; who booked stays', async () => {
    const booking = await accepted();
    const { app, path, work, token } = booking;
    const gone = await app.delete(`${path}/attendees/2?token=${token}`);
    expect(gone.status).toBe(200);
    const data = { id: 2, name: '', email: 'gro@example.com', timeZone: body.attendee.timeZone };
    expect(at(gone.body, 'data')).toEqual({ ...data, bookingId: expect.any(Number) });
    expect((await app.delete(`${path}/attendees/2`, host)).body).toEqual(gone.body);
    expect(await countOf(booking, 'GuestRemoved')).toBe(1);
    await app.settled();
    expect(work.events()[0]).toMatchObject({ sequence: 1, attendees: [{ email: body.attendee.email }] });
    expectError(await app.get(`${path}/attendees/2`, host), 404, 'unknown_attendee');
    for (const nobody of ['0', '9', 'x', '-1'])
      expectError(await app.delete(`${path}/attendees/${nobody}`, host), 404, 'unknown_attendee');
    expectError(await app.delete(`${path}/attendees/1`, host), 409, 'attendee_is_booker');
  });
});

describe('a calendar that refuses to write changed guests', () => {
  test('leaves the booking accepted, says so, and is asked again', async () => {
    const booking = await accepted();
    const { app, path, work } = booking;
    await app.settled();
    work.plan('change', { type: 'refuse', kind: 'network' });
    await app.post(`${path}/guests`, { guests: [{ email: OLA }] }, host);
    await app.settled();
    const failed = at((await app.get(path, host)).body, 'data');
    expect(failed).toMatchObject({
      status: 'accepted',
      start: '2050-09-05T07:00:00.000Z',
      calendars: [{ status: 'held', eventStatus: 'confirmed', upToDate: false, failure: { kind: 'network' } }],
    });
    expect((await app.get(`${path}/events`, host)).text).toContain('does not show the booking as it is now');
    app.clock.advance(20_000);
    await app.settled();
    expect(work.events()[0]?.attendees.map(({ email }) => email)).toContain(OLA);
    expect(at((await app.get(path, host)).body, 'data', 'calendars', 0)).not.toHaveProperty('upToDate');
  });
});
