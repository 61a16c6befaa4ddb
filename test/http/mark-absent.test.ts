import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/domain/log/envelope.ts';
import { introBody } from '../support/booking-bodies.ts';
import { at } from '../support/http-client.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';
import { booked, testApps } from '../support/test-apps.ts';
import { expectError } from './contract/expect-error.ts';
import { expectReply } from './contract/schema.ts';
import { bookingAnswer } from './contract/schemas.ts';

const started = testApps();
const host = { key: 'cal_host_odd' };
const body = introBody();
const runa = body.attendee.email;

/** An accepted booking whose meeting has begun. */
const begun = async () => {
  const app = await started({ calendars: [scriptedCalendar({ calendarId: 'work' }).calendar] });
  const uid = await booked(app, { ...body, guests: ['gro@example.com'] });
  app.clock.set(Temporal.Instant.from(body.start).epochMilliseconds);
  return { app, uid, path: `/v2/bookings/${uid}/mark-absent` };
};

const typesOf = (history: Json): ReadonlyArray<unknown> => {
  const events = at(history, 'data');
  return Array.isArray(events) ? events.map((event) => at(event, 'type')) : [];
};

describe('POST /v2/bookings/{uid}/mark-absent', () => {
  test('says of host and attendees that they were absent, in every answer from then on', async () => {
    const { app, uid, path } = await begun();
    const before = await app.get(`/v2/bookings/${uid}`);
    expect(at(before.body, 'data')).toMatchObject({ absentHost: false, attendees: [{ absent: false }] });
    const marked = await app.post(path, { host: true, attendees: [{ email: runa, absent: true }] }, host);
    expectReply(marked, 200, bookingAnswer);
    expect(at(marked.body, 'data')).toMatchObject({ absentHost: true, attendees: [{ email: runa, absent: true }] });
    const listed = await app.get('/v2/bookings', host);
    expect(at(listed.body, 'data', 0)).toMatchObject({ absentHost: true, attendees: [{ absent: true }] });
  });

  test('the same again is the same answer and no event; the opposite takes it back', async () => {
    const { app, uid, path } = await begun();
    await app.post(path, { host: true }, host);
    const before = await app.store.head()();
    const again = await app.post(path, { host: true }, { key: 'cal_operate' });
    expect(at(again.body, 'data', 'absentHost')).toBe(true);
    expect(await app.store.head()()).toEqual(before);
    const back = await app.post(path, { host: false }, host);
    expect(at(back.body, 'data', 'absentHost')).toBe(false);
    const history = await app.get(`/v2/bookings/${uid}/events`, host);
    expect(typesOf(history.body).filter((type) => type === 'AbsenceMarked')).toHaveLength(2);
    expect(history.text).toContain('It was said who came: the host was absent.');
    expect(history.text).toContain('It was said who came: the host was there after all.');
  });

  test('is 400 before the start, of a booking that is not on, and of a stranger, and changes nothing', async () => {
    const app = await started({ calendars: [scriptedCalendar({ calendarId: 'work' }).calendar] });
    const uid = await booked(app, body);
    const path = `/v2/bookings/${uid}/mark-absent`;
    expectError(await app.post(path, { host: true }, host), 400, 'booking_not_started');
    const waiting = await booked(app, introBody({ eventTypeId: 2, start: '2050-09-05T11:00:00Z' }));
    app.clock.set(Temporal.Instant.from('2050-09-05T11:05:00Z').epochMilliseconds);
    expectError(
      await app.post(`/v2/bookings/${waiting}/mark-absent`, { host: true }, host),
      400,
      'booking_not_accepted',
    );
    const stranger = {
      host: true,
      attendees: [
        { email: runa, absent: true },
        { email: 'no@example.com', absent: true },
      ],
    };
    const refused = await app.post(path, stranger, host);
    expectError(refused, 400, 'attendee_not_found');
    expect(refused.text).toContain('attendees.1.email');
    expect(refused.text).not.toContain('no@example.com');
    expect(at((await app.get(`/v2/bookings/${uid}`)).body, 'data', 'absentHost')).toBe(false);
  });

  test.each([
    ['nobody', {}, 'attendees'],
    ['an empty list', { attendees: [] }, 'attendees'],
    ['a word for yes', { host: 'true' }, 'host'],
    ['an attendee without a word', { attendees: [{ email: 'runa@example.com' }] }, 'attendees.0.absent'],
    ['an attendee without an address', { attendees: [{ absent: true }] }, 'attendees.0.email'],
    ['an unknown property', { host: true, everybody: true }, 'everybody'],
  ])('is 400 for %s, naming the field', async (_name, wrong, field) => {
    const { app, path } = await begun();
    const refused = await app.post(path, wrong, host);
    expectError(refused, 400, 'invalid_request');
    expect(refused.text).toContain(field);
  });
});
