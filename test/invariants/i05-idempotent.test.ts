import { describe, expect, it } from 'vitest';
import { bookingsIn } from '../support/log-checks.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';
import { givenServer } from './given-server.ts';
import { book, cancel, codeOf, confirm, minutesAfter9, statusOf, uidOf } from './guests.ts';

const key = 'the-same-key';

describe('I5 the same command again changes nothing and gets the same answer', () => {
  const given = () => givenServer({ calendars: [scriptedCalendar({ calendarId: 'work' })] });

  it('one after the other, at once, and after a restart', async () => {
    const server = await given();
    const first = await book(server.client(), { key });
    await server.idle();
    const events = server.log();
    const repeats = [await book(server.client(), { key })];
    repeats.push(...(await Promise.all(Array.from({ length: 20 }, () => book(server.client(), { key })))));
    await server.restart();
    repeats.push(await book(server.client(), { key }));
    for (const again of repeats) {
      expect([again.status, again.body]).toEqual([201, first.body]);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
    }
    await server.idle();
    expect(server.log()).toEqual(events);
  });

  it('20 at once that nobody saw before: one booking, one answer', async () => {
    const server = await given();
    const replies = await Promise.all(Array.from({ length: 20 }, () => book(server.client(), { key })));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(replies.map(uidOf)).size).toBe(1);
    expect(bookingsIn(server.log())).toHaveLength(1);
  });

  it('another request under the same key is refused and changes nothing', async () => {
    const server = await given();
    await book(server.client(), { key });
    await server.idle();
    const events = server.log();
    for (const changed of [{ minutes: 30 }, { eventTypeId: 2 }, { name: 'Somebody else' }]) {
      const refused = await book(server.client(), { key, ...changed });
      expect([refused.status, codeOf(refused)]).toEqual([422, 'idempotency_key_reused']);
    }
    await server.restart();
    expect((await book(server.client(), { key, minutes: 30 })).status).toBe(422);
    await server.idle();
    expect(server.log()).toEqual(events);
  });

  it('the same request in another spelling is the same request', async () => {
    const server = await given();
    const first = await book(server.client(), { key });
    const attendee = { timeZone: 'Asia/Tokyo', email: 'runa@example.com', name: 'Runa', language: 'en' };
    const body = { attendee, lengthInMinutes: 30, eventTypeId: 1, start: '2050-09-05T09:00:00+02:00' };
    const again = await server.client().post('/v2/bookings', body, { headers: { 'idempotency-key': `"${key}"` } });
    expect(Temporal.Instant.from(body.start).toString()).toBe(minutesAfter9(0));
    expect([again.status, uidOf(again)]).toEqual([201, uidOf(first)]);
  });

  it('a repeat after the booking was cancelled brings nothing back', async () => {
    const server = await given();
    const uid = uidOf(await book(server.client(), { key }));
    await cancel(server.client(), uid);
    const again = await book(server.client(), { key });
    expect([again.status, uidOf(again), statusOf(again)]).toEqual([201, uid, 'cancelled']);
    expect(bookingsIn(server.log())).toHaveLength(1);
  });

  it('cancelling and confirming twice is once', async () => {
    const server = await given();
    const asked = uidOf(await book(server.client(), { eventTypeId: 2 }));
    const confirmed = await Promise.all([1, 2, 3].map(() => confirm(server.client(), asked)));
    await server.idle();
    const cancelled = await Promise.all([1, 2, 3].map(() => cancel(server.client(), asked)));
    await server.idle();
    expect(confirmed.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(cancelled.map(({ status }) => status).toSorted()).toEqual([200, 400, 400]);
    const types = server.log().map(({ type }) => type);
    for (const once of ['BookingApproved', 'BookingAccepted', 'BookingCancelled', 'SlotReleased'])
      expect(types.filter((type) => type === once)).toHaveLength(1);
  });
});
