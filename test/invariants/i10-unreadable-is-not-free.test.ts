import { describe, expect, it } from 'vitest';
import { odd } from '../support/hosts.ts';
import { bookingsIn, ofBookings } from '../support/log-checks.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';
import type { GivenServer } from './given-server.ts';
import { eventTypes, givenServer } from './given-server.ts';
import { book, codeOf } from './guests.ts';

const slots = (server: GivenServer) => server.client().get('/v2/slots?eventTypeId=1&start=2050-09-05&end=2050-09-05');

const expectNothingTaken = async (server: GivenServer): Promise<void> => {
  const refused = await book(server.client());
  expect([refused.status, codeOf(refused)]).toEqual([503, 'calendar_unreadable']);
  const shown = await slots(server);
  expect([shown.status, codeOf(shown)]).toEqual([503, 'calendar_unreadable']);
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  // One fact, for the host (S28): no booking, no slot.
  await server.idle();
  expect(ofBookings(server.log()).map(({ type }) => type)).toEqual([
    'CalendarUnreadableForBooking',
    'CalendarNotificationSent',
  ]);
};

describe('I10 a calendar that cannot be read is never free, an empty one never means deleted', () => {
  it.each(['network', 'auth-revoked', 'rate-limited', 'provider-error', 'forbidden', 'calendar-not-found'] as const)(
    'refused with %s: nothing is offered, nothing is taken, no booking is made',
    async (kind) => {
      const calendar = scriptedCalendar({ calendarId: 'work' });
      calendar.always('busy', { type: 'refuse', kind });
      await expectNothingTaken(await givenServer({ calendars: [calendar] }));
    },
  );

  it('one of two calendars is enough, and one that never answers', async () => {
    const [work, home] = [
      scriptedCalendar({ calendarId: 'work' }),
      scriptedCalendar({ calendarId: 'home', timeLimitMs: 100 }),
    ];
    home.always('busy', { type: 'stall' });
    await expectNothingTaken(await givenServer({ calendars: [work, home] }));
  });

  it('a calendar that is not connected any more', async () => {
    const hosts = [{ ...odd, calendarIds: ['gone'], eventTypes }];
    await expectNothingTaken(await givenServer({ changes: { hosts } }));
  });

  it('is readable again: what it says counts', async () => {
    const calendar = scriptedCalendar({ calendarId: 'work' });
    calendar.plan('busy', { type: 'refuse', kind: 'network' });
    const start = Temporal.Instant.from('2050-09-05T07:00:00Z').epochMilliseconds;
    calendar.addForeign({ start, end: start + 45 * 60_000 });
    const server = await givenServer({ calendars: [calendar] });
    expect((await book(server.client())).status).toBe(503);
    expect(codeOf(await book(server.client()))).toBe('slot_unavailable');
    expect(codeOf(await book(server.client(), { minutes: 30 }))).toBe('slot_unavailable');
    expect((await book(server.client(), { minutes: 60 })).status).toBe(201);
  });

  it('events that vanished from the calendar, or an empty answer, end no booking and free no slot', async () => {
    const calendar = scriptedCalendar({ calendarId: 'work' });
    const server = await givenServer({ calendars: [calendar] });
    for (const minutes of [0, 30, 60]) expect((await book(server.client(), { minutes })).status).toBe(201);
    await server.idle();
    for (const { icsUid } of calendar.events()) calendar.removeByHand(icsUid);
    await server.restart();
    await server.idle();
    expect((await slots(server)).text).not.toContain('2050-09-05T07:30:00');
    expect(codeOf(await book(server.client(), { minutes: 30 }))).toBe('slot_unavailable');
    expect(bookingsIn(server.log()).map(({ status }) => status)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(calendar.calls.filter(({ operation }) => operation === 'remove')).toEqual([]);
  });
});
