import { describe, expect, test } from 'vitest';
import type { EventType } from '../../../src/domain/bookable/event-type.ts';
import type { ErrorCode } from '../../../src/http/errors/api-error.ts';
import { introBody } from '../../support/booking-bodies.ts';
import { intro, odd } from '../../support/hosts.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';

const started = testApps();
const offering = (changes: Partial<EventType>) => ({
  hosts: [{ ...odd, calendarIds: [], eventTypes: [{ ...intro, ...changes }] }],
});

describe('S26 what cannot be booked is refused by code, and no stream is created', () => {
  const refused: ReadonlyArray<readonly [string, Record<string, unknown>, number, ErrorCode]> = [
    ['a start in the past', { start: '2050-08-31T07:00:00Z' }, 400, 'start_in_past'],
    ['inside the minimum notice', { start: '2050-09-01T00:30:00Z' }, 400, 'inside_minimum_notice'],
    ['beyond the booking window', { start: '2051-09-04T07:00:00Z' }, 400, 'beyond_booking_window'],
    ['a length that is not offered', { lengthInMinutes: 45 }, 400, 'invalid_length'],
    ['off the grid', { start: '2050-09-05T07:10:00Z' }, 400, 'off_grid'],
    ['outside hours', { start: '2050-09-05T18:00:00Z' }, 409, 'outside_hours'],
  ];
  test.each(refused)('S26 %s', async (_, changes, status, code) => {
    const app = await started(offering({}));
    const before = await app.store.head()();
    const reply = await app.post('/v2/bookings', introBody(changes));
    expectError(reply, status, code);
    expect(await app.store.head()()).toEqual(before);
    expect(app.problems).toEqual([]);
  });

  test('S26 a taken slot is 409 slot_unavailable, for overlapping lengths too', async () => {
    const app = await started(offering({ lengthOptions: [30, 60] }));
    await booked(app, introBody());
    expectError(await app.post('/v2/bookings', introBody()), 409, 'slot_unavailable');
    const longer = introBody({ start: '2050-09-05T07:00:00Z', lengthInMinutes: 60 });
    expectError(await app.post('/v2/bookings', longer), 409, 'slot_unavailable');
  });

  test('S27 a full day is 409 booking_limit_reached; the day is the host zone, not the guest’s', async () => {
    const app = await started({
      hosts: [
        {
          ...odd,
          calendarIds: [],
          weeklyHours: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }],
          eventTypes: [{ ...intro, limits: { day: 2 } }],
        },
      ],
    });
    await booked(app, introBody({ start: '2050-09-05T08:00:00Z' }));
    // 23:30 in Oslo: the second and last of the day there; 00:30 is the next day, though the same one in Tokyo.
    await booked(app, introBody({ start: '2050-09-05T21:30:00Z' }));
    expectError(
      await app.post('/v2/bookings', introBody({ start: '2050-09-05T09:00:00Z' })),
      409,
      'booking_limit_reached',
    );
    await booked(app, introBody({ start: '2050-09-05T22:30:00Z' }));
  });

  test('S25 a slot of a booking that is pending by failure is not offered until it is cancelled', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    work.always('create', { type: 'refuse', kind: 'auth-revoked' });
    const app = await started({ calendars: [work.calendar] });
    const uid = await booked(app, introBody());
    const slots = () => app.get('/v2/slots?eventTypeId=1&start=2050-09-05&end=2050-09-05');
    expect((await slots()).text).not.toContain('2050-09-05T07:00');
    expectError(await app.post('/v2/bookings', introBody()), 409, 'slot_unavailable');
    await app.post(`/v2/bookings/${uid}/cancel`);
    expect((await slots()).text).toContain('2050-09-05T07:00');
    await booked(app, introBody());
  });

  test('a calendar that cannot be read: 503 with Retry-After, no booking stored, for both alike', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    work.always('busy', { type: 'refuse', kind: 'network' });
    const app = await started({ calendars: [work.calendar] });
    const reply = await app.post('/v2/bookings', introBody());
    expectError(reply, 503, 'calendar_unreadable');
    expect(reply.headers.get('retry-after')).toBe('30');
    expect(reply.text).not.toContain('scripted');
    expect(await app.store.readAll(0, 10)()).toMatchObject({ right: [{ type: 'CalendarUnreadableForBooking' }] });
    expectError(await app.get('/v2/slots?eventTypeId=1&start=2050-09-05&end=2050-09-05'), 503, 'calendar_unreadable');
  });
});
