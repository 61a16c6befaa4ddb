import { describe, expect, it } from 'vitest';
import { seeded } from '../support/faulty-event-store.ts';
import { bookingsIn, isLive } from '../support/log-checks.ts';
import { wrongInCalendars } from '../support/log-checks-outside.ts';
import { unfinished } from '../support/log-checks-quiet.ts';
import type { Outcome } from '../support/scripted-calendar.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';
import { givenServer, SUBSCRIPTION } from './given-server.ts';
import { book, cancel, uidOf } from './guests.ts';

const poll = { timeout: 15_000, interval: 25 };
const lost: Outcome = { type: 'lose-answer' };
const noId: Outcome = { type: 'accept-without-id' };
const network: Outcome = { type: 'refuse', kind: 'network' };
const unknown: Outcome = { type: 'refuse', kind: 'outcome-unknown' };

const faultsOf = (random: () => number): ReadonlyArray<Outcome> =>
  Array.from({ length: 40 }, () => {
    const fate = random();
    if (fate < 0.2) return lost;
    if (fate < 0.3) return unknown;
    if (fate < 0.4) return network;
    return fate < 0.45 ? noId : { type: 'accept' };
  });

describe('I3 a calendar holds exactly the events of live bookings', () => {
  it.each([
    ['the answer to the write is lost', { create: [lost] }],
    ['nobody knows whether it was written, and it was not', { create: [unknown] }],
    ['the answer is lost, and the look-up fails too', { create: [lost], find: [network, network] }],
    ['the calendar answers without an id', { create: [noId] }],
    ['written twice with lost answers', { create: [unknown, lost], find: [network] }],
  ])('one event, when %s', async (_, plan) => {
    const calendar = scriptedCalendar({ calendarId: 'work', plan });
    const server = await givenServer({ calendars: [calendar] });
    await book(server.client());
    await expect.poll(() => unfinished(server.log(), SUBSCRIPTION), poll).toEqual([]);
    expect(bookingsIn(server.log()).map(({ status }) => status)).toEqual(['accepted']);
    expect(calendar.events()).toHaveLength(1);
  });

  it.each([
    ['under way', { create: [{ type: 'stall' } as const] }],
    ['written, its answer lost', { create: [lost], find: [network, network, network] }],
    ['done, and the removal is refused twice', { remove: [network, network] }],
    ['done, and the answer to the removal is lost', { remove: [lost] }],
  ])('none, when the booking is cancelled while the write is %s', async (_, plan) => {
    const calendar = scriptedCalendar({ calendarId: 'work', plan });
    const server = await givenServer({ calendars: [calendar] });
    const uid = uidOf(await book(server.client(), { prefer: 'respond-async' }));
    await expect.poll(() => calendar.calls.some(({ operation }) => operation === 'create'), poll).toBe(true);
    await cancel(server.client(), uid);
    calendar.release();
    await expect.poll(() => unfinished(server.log(), SUBSCRIPTION), poll).toEqual([]);
    expect(bookingsIn(server.log()).map(({ status }) => status)).toEqual(['cancelled']);
    expect(calendar.events()).toEqual([]);
  });

  it('until the event is gone, the removal is visible as pending', async () => {
    const calendar = scriptedCalendar({ calendarId: 'work' });
    calendar.always('remove', { type: 'refuse', kind: 'forbidden' });
    const server = await givenServer({ calendars: [calendar] });
    const uid = uidOf(await book(server.client()));
    await cancel(server.client(), uid);
    await expect.poll(() => server.log().some(({ type }) => type === 'CalendarRemovalFailed'), poll).toBe(true);
    expect(calendar.events()).toHaveLength(1);
    await expect
      .poll(() => server.mails.some(({ subject }) => subject.startsWith('Still in your calendar')), poll)
      .toBe(true);
    calendar.always('remove', { type: 'accept' });
    await expect.poll(() => unfinished(server.log(), SUBSCRIPTION), poll).toEqual([]);
    expect(calendar.events()).toEqual([]);
  });

  it.each([1, 2, 3])('over two calendars that fail at random, and cancellations in between (seed %i)', async (seed) => {
    const random = seeded(seed);
    const plan = () => ({ create: faultsOf(random), find: faultsOf(random), remove: faultsOf(random) });
    const calendars = ['work', 'home'].map((calendarId) => scriptedCalendar({ calendarId, plan: plan() }));
    const server = await givenServer({ calendars });
    const cancelled = Array.from({ length: 10 }, () => random() < 0.5);
    await Promise.all(
      cancelled.map(async (isCancelled, index) => {
        const booked = await book(server.client(), { minutes: index * 30, prefer: 'respond-async' });
        if (isCancelled) await cancel(server.client(), uidOf(booked));
      }),
    );
    await expect.poll(() => unfinished(server.log(), SUBSCRIPTION), poll).toEqual([]);
    const held = new Map(
      calendars.map(({ calendar, events }) => [calendar.calendarId, events().map(({ icsUid }) => icsUid)]),
    );
    expect(wrongInCalendars(server.log(), held)).toEqual([]);
    expect(bookingsIn(server.log()).filter(isLive)).toHaveLength(cancelled.filter((one) => !one).length);
  });
});
