import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../src/adapters/event-store/embedded/memory-event-store.ts';
import { makeBookingBuses } from '../../src/application/commands/booking-buses.ts';
import { bookingStream } from '../../src/application/commands/aggregate.ts';
import { systemIdentity } from '../../src/composition/identity.ts';
import type { BookingCommand } from '../../src/domain/booking/commands.ts';
import { at } from '../support/http-client.ts';
import { acceptedTooEarly, textOf } from '../support/log-checks.ts';
import { must, mustRun } from '../support/must.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';
import { aRequest } from './a-request.ts';
import { type GivenServer, givenServer, KEY } from './given-server.ts';
import { book, uidOf } from './guests.ts';

const poll = { timeout: 10_000, interval: 10 };

/** What every reader says of every booking now. */
const saidBy = async ({ client, log, mails, webhooks }: GivenServer, uids: ReadonlyArray<string>) => {
  const position = log().at(-1)?.position ?? 0;
  const list = await client().get(`/v2/bookings?take=250&atLeastPosition=${position}`, { key: KEY });
  const histories = await Promise.all(uids.map((uid) => client().get(`/v2/bookings/${uid}/events`, { key: KEY })));
  const single = await Promise.all(uids.map((uid) => client().get(`/v2/bookings/${uid}`)));
  const rows = at(list.body, 'data');
  return {
    single: single.map(({ body }) => textOf(at(body, 'data', 'status'))),
    list: (Array.isArray(rows) ? rows : []).map((row) => textOf(at(row, 'status'))),
    histories: histories.filter(({ text }) => text.includes('BookingAccepted')).length,
    stream: log().filter(({ type }) => type === 'BookingAccepted').length,
    confirmations: mails.filter(({ subject }) => /confirmed/i.test(subject) && !/not confirmed/i.test(subject)).length,
    webhooks: webhooks.received.filter(({ body }) => body.toString().includes('BOOKING_CREATED')).length,
  };
};

const nobodySays = (status: string, count: number) => ({
  single: Array(count).fill(status),
  list: Array(count).fill(status),
  histories: 0,
  stream: 0,
  confirmations: 0,
  webhooks: 0,
});

describe('I1 nobody sees ACCEPTED before a calendar holds the booking', () => {
  it('no reader of any kind, while the calendars take their time', async () => {
    const calendar = scriptedCalendar({ calendarId: 'work' });
    calendar.always('create', { type: 'stall' });
    const server = await givenServer({ calendars: [calendar] });
    const uids: string[] = [];
    for (const minutes of [0, 30, 60, 90])
      uids.push(uidOf(await book(server.client(), { minutes, prefer: 'respond-async' })));
    await expect.poll(() => calendar.calls.filter(({ operation }) => operation === 'create').length, poll).toBe(4);
    for (let look = 0; look < 5; look += 1) expect(await saidBy(server, uids)).toEqual(nobodySays('pending', 4));

    calendar.always('create', { type: 'accept' });
    calendar.release();
    await expect.poll(async () => (await saidBy(server, uids)).webhooks, poll).toBe(4);
    expect(await saidBy(server, uids)).toMatchObject({ single: Array(4).fill('accepted'), histories: 4, stream: 4 });
    expect(acceptedTooEarly(server.log())).toEqual([]);
  });

  it('nor after an answer without an event id, a lost answer or a refusal', async () => {
    const calendar = scriptedCalendar({ calendarId: 'work' });
    calendar.plan('create', { type: 'accept-without-id' }, { type: 'refuse', kind: 'forbidden' });
    calendar.always('find', { type: 'refuse', kind: 'network' });
    const server = await givenServer({ calendars: [calendar] });
    const first = await book(server.client(), { minutes: 0 });
    const second = await book(server.client(), { minutes: 30 });
    await expect.poll(() => server.log().filter(({ type }) => type === 'BookingLeftPending').length, poll).toBe(2);
    const said = await saidBy(server, [uidOf(first), uidOf(second)]);
    expect(said).toEqual(nobodySays('pending', 2));
    expect(acceptedTooEarly(server.log())).toEqual([]);
  });

  it('a command to accept is refused unless the stream itself shows a calendar that holds it', async () => {
    const store = makeMemoryEventStore();
    const { bookings } = makeBookingBuses({ store, identity: systemIdentity });
    const context = {
      commandId: 'doctored',
      actor: { kind: 'system' },
      correlationId: 'a',
      causationId: null,
    } as const;
    const now = Temporal.Instant.from('2050-09-01T00:00:00Z').epochMilliseconds;
    const timing = { now, jitter: 0, retry: { baseMs: 1, capMs: 1 } };
    const on = { calendarId: 'work', attempt: 1 };
    const execute = (command: BookingCommand, step: number) =>
      bookings.execute('a', command, { ...context, commandId: `doctored/${step}` })();
    const notHeld = { _tag: 'Left', left: { type: 'Refused', rejection: { type: 'NotJustified' } } };

    must(await execute({ type: 'RequestBooking', now, request: aRequest('a', ['work']) }, 1));
    expect(await execute({ type: 'AcceptBooking', now }, 2)).toMatchObject(notHeld);
    must(await execute({ type: 'StartCalendarSync', now, ...on }, 3));
    expect(await execute({ type: 'AcceptBooking', now }, 4)).toMatchObject(notHeld);
    const nothing = { providerEventId: ' ', status: 'tentative', meetingUrl: null, found: false } as const;
    must(await execute({ type: 'RecordCalendarSuccess', ...on, ...nothing, ...timing }, 5));
    expect(await execute({ type: 'AcceptBooking', now }, 6)).toMatchObject(notHeld);
    must(await execute({ type: 'RecordCalendarSuccess', ...on, ...nothing, providerEventId: 'x', ...timing }, 7));
    must(await execute({ type: 'AcceptBooking', now }, 8));
    const types = (await mustRun(store.readStream(bookingStream('a')))).map(({ type }) => type);
    expect(types.slice(-2)).toEqual(['CalendarSyncSucceeded', 'BookingAccepted']);
    await store.close();
  });

  it('except where the host has no calendar, and then the event says so', async () => {
    const server = await givenServer();
    expect(at((await book(server.client())).body, 'data', 'status')).toBe('accepted');
    const accepted = server.log().find(({ type }) => type === 'BookingAccepted');
    expect(accepted?.data).toEqual({ reason: 'no_calendar_connected' });
  });
});
