import { describe, expect, test } from 'vitest';
import { introBody } from '../../support/booking-bodies.ts';
import { odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';
import { expectReply } from '../contract/schema.ts';
import { attendeeAnswer, attendeesAnswer, calendarLinksAnswer, referencesAnswer } from '../contract/schemas.ts';

const started = testApps();
const key = { key: 'cal_host_odd' };
const guests = ['ola@example.com', 'RUNA@example.com', 'kari@example.com'];

const given = async () => {
  const [work, home] = [scriptedCalendar({ calendarId: 'work' }), scriptedCalendar({ calendarId: 'home' })];
  home.always('create', { type: 'refuse', kind: 'forbidden' });
  const app = await started({
    hosts: [{ ...odd, calendarIds: ['work', 'home'] }],
    calendars: [work.calendar, home.calendar],
  });
  const uid = await booked(app, introBody({ guests, bookingFieldsResponses: { notes: 'Bring cake & tea' } }));
  await app.settled();
  return { app, uid };
};

describe('the attendees of a booking', () => {
  test('each mailbox once, with an id that stays', async () => {
    const { app, uid } = await given();
    const all = await app.get(`/v2/bookings/${uid}/attendees`, key);
    expectReply(all, 200, attendeesAnswer);
    expect(at(all.body, 'data')).toMatchObject([
      { id: 1, name: 'Runa', email: 'runa@example.com', absent: false },
      { id: 2, name: '', email: 'ola@example.com' },
      { id: 3, name: '', email: 'kari@example.com' },
    ]);
    const one = await app.get(`/v2/bookings/${uid}/attendees/3`, key);
    expectReply(one, 200, attendeeAnswer);
    expect(at(one.body, 'data', 'email')).toBe('kari@example.com');
  });

  test.each(['4', '0', '99', '03', '1e0', '-1', 'x'])('no attendee has the id %s', async (id) => {
    const { app, uid } = await given();
    expectError(await app.get(`/v2/bookings/${uid}/attendees/${id}`, key), 404, 'unknown_attendee');
  });
});

describe('calendar links', () => {
  test('name the meeting, its time in UTC and its place', async () => {
    const { app, uid } = await given();
    const reply = await app.get(`/v2/bookings/${uid}/calendar-links`, key);
    expectReply(reply, 200, calendarLinksAnswer);
    const links = new Map(
      [0, 1, 2, 3].map((index) => [at(reply.body, 'data', index, 'label'), at(reply.body, 'data', index, 'link')]),
    );
    expect([...links.keys()]).toEqual(['Google Calendar', 'Microsoft Office', 'Microsoft Outlook', 'ICS']);
    const google = new URL(String(links.get('Google Calendar'))).searchParams;
    expect(google.get('dates')).toMatch(/^\d{8}T\d{6}Z\/\d{8}T\d{6}Z$/);
    expect(google.get('details')).toBe('Bring cake & tea');
    expect(google.get('location')).toBe('Storgata 1, Oslo');
    const office = new URL(String(links.get('Microsoft Office')));
    expect(office.host).toBe('outlook.office.com');
    expect(office.searchParams.get('startdt')).toMatch(/Z$/);
    expect(new URL(String(links.get('Microsoft Outlook'))).host).toBe('outlook.live.com');
    const ics = decodeURIComponent(String(links.get('ICS')).replace('data:text/calendar;charset=utf-8,', ''));
    expect(ics).toContain('METHOD:PUBLISH');
    expect(ics).toContain('STATUS:CONFIRMED');
    expect(ics).not.toContain('ATTENDEE');
  });
});

describe('references', () => {
  test('are the events that calendars hold, by type', async () => {
    const { app, uid } = await given();
    const reply = await app.get(`/v2/bookings/${uid}/references`, key);
    expectReply(reply, 200, referencesAnswer);
    expect(at(reply.body, 'data')).toMatchObject([{ type: 'local_calendar', destinationCalendarId: 'work' }]);
    const none = await app.get(`/v2/bookings/${uid}/references?type=google_calendar`, key);
    expect(at(none.body, 'data')).toEqual([]);
    expectError(await app.get(`/v2/bookings/${uid}/references?type=zoom`, key), 400, 'invalid_request');
    expectError(await app.get(`/v2/bookings/${uid}/references?kind=x`, key), 400, 'invalid_request');
  });

  test('are none once the booking is cancelled', async () => {
    const { app, uid } = await given();
    await app.post(`/v2/bookings/${uid}/cancel`, {});
    await app.settled();
    expect(at((await app.get(`/v2/bookings/${uid}/references`, key)).body, 'data')).toEqual([]);
  });
});
