import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { at } from '../support/http-client.ts';
import { describeWith } from '../support/install/describe-with.ts';
import type { KillableServer } from '../support/killable-server.ts';
import { audited, bookingsIn, checkLog } from '../support/log-checks.ts';
import { copiesOf, wrongInMails, wrongInWebhooks } from '../support/log-checks-messages.ts';
import { wrongEvents, wrongInCalendars } from '../support/log-checks-outside.ts';
import { unfinished } from '../support/log-checks-quiet.ts';
import type { World } from './world.ts';
import { makeWorld } from './world.ts';
import { eventTypeIds, SUBSCRIPTION } from './world-configuration.ts';

const KEY = 'one-booking';
const body = {
  start: '2050-09-05T07:00:00Z',
  eventTypeId: eventTypeIds(0).plain,
  attendee: { name: 'Runa', email: 'runa@example.com', timeZone: 'Asia/Tokyo' },
};
const NEW_START = '2050-09-05T09:00:00Z';
const book = (server: KillableServer, prefer = 'respond-async') =>
  server.client.post('/v2/bookings', body, { headers: { 'idempotency-key': KEY, prefer } });

vi.setConfig({ testTimeout: 60_000 });
const quiet = { timeout: 30_000, interval: 50 };

describeWith('radicale', 'kill -9 in the middle of one booking', () => {
  let world: World | undefined;
  const inWorld = (): World => {
    if (world === undefined) throw new Error('there is no world');
    return world;
  };
  beforeEach(() => {
    world = undefined;
  });
  afterEach(() => world?.close());

  /** After the kill: started again, the same request answered with the same booking, and everything true in the end. */
  const endsInTheSameTruth = async (uid: string, status: 'accepted' | 'cancelled', fewestCopies = 0): Promise<void> => {
    const { start, log, held, mails, webhooks } = inWorld();
    const server = await start();
    await expect.poll(() => unfinished(log(), SUBSCRIPTION), quiet).toEqual([]);
    const again = await book(server);
    expect([again.status, at(again.body, 'data', 'uid'), at(again.body, 'data', 'status')]).toEqual([201, uid, status]);
    expect((await server.terminate()).code).toBe(0);

    const left = log();
    expect([...checkLog(left), ...audited(left)]).toEqual([]);
    expect(bookingsIn(left).map((booking) => [booking.uid, booking.status])).toEqual([[uid, status]]);
    expect(wrongInCalendars(left, await held())).toEqual([]);
    const arrived = await mails();
    expect(wrongInMails(left, arrived)).toEqual([]);
    if (fewestCopies === 0) expect(copiesOf(arrived).extra).toBe(0);
    else expect(copiesOf(arrived).extra).toBeGreaterThanOrEqual(fewestCopies);
    expect(wrongInWebhooks(left, webhooks.received)).toEqual([]);
    const accepted = left.filter(({ type }) => type === 'BookingAccepted');
    expect(accepted).toHaveLength(1);
    const confirmed = arrived.filter(({ causedBy }) => causedBy === accepted[0]?.id);
    if (status === 'accepted') expect(new Set(confirmed.map(({ recipient }) => recipient)).size).toBe(2);
  };

  const uidOf = (reply: Awaited<ReturnType<typeof book>>): string => String(at(reply.body, 'data', 'uid'));
  const types = (): ReadonlyArray<string> =>
    inWorld()
      .log()
      .filter(({ stream }) => stream.startsWith('booking-'))
      .map(({ type }) => type);

  it('right after BookingRequested was acknowledged', async () => {
    world = await makeWorld();
    const server = await world.start();
    const booked = await book(server);
    await server.kill();
    expect(types()[0]).toBe('BookingRequested');
    await endsInTheSameTruth(uidOf(booked), 'accepted');
  });

  it('after CalendarSyncStarted, before the PUT reaches the calendar', async () => {
    world = await makeWorld();
    const put = world.calendars.hold('PUT', 'before');
    const server = await world.start();
    const booked = await book(server);
    await put.reached;
    await server.kill();
    put.release();
    expect(types()).toEqual(['BookingRequested', 'CalendarSyncStarted']);
    expect([...(await world.held()).values()]).toEqual([[]]);
    await endsInTheSameTruth(uidOf(booked), 'accepted');
  });

  it('after the calendar took the event, before its answer (S11)', async () => {
    world = await makeWorld();
    const put = world.calendars.hold('PUT', 'after');
    const server = await world.start();
    const booked = await book(server);
    await put.reached;
    await server.kill();
    expect(types()).toEqual(['BookingRequested', 'CalendarSyncStarted']);
    expect([...(await world.held()).values()].flat()).toHaveLength(1);
    await endsInTheSameTruth(uidOf(booked), 'accepted');
    const success = world.log().find(({ type }) => type === 'CalendarSyncSucceeded');
    expect(success?.data).toMatchObject({ found: true });
    // The first wrote it, the second confirmed it; none wrote it anew.
    expect(world.calendars.seen.filter(({ method }) => method === 'PUT')).toHaveLength(2);
  });

  it('after BookingAccepted, before any mail is sent', async () => {
    const silent = { at: 'connect', stall: true } as const;
    world = await makeWorld({ smtpFaults: [silent, silent] });
    const server = await world.start();
    const booked = await book(server, 'wait=20');
    expect(at(booked.body, 'data', 'status')).toBe('accepted');
    await expect.poll(world.smtp.connections, quiet).toBe(2);
    await server.kill();
    expect(world.smtp.received).toEqual([]);
    await endsInTheSameTruth(uidOf(booked), 'accepted');
  });

  it('after the mail server took the mails, before that is in the log: the same Message-IDs come again', async () => {
    const taken = { at: 'data', cut: true } as const;
    world = await makeWorld({ smtpFaults: [taken, taken] });
    const server = await world.start();
    const booked = await book(server, 'wait=20');
    await expect.poll(() => inWorld().smtp.received.length, quiet).toBeGreaterThanOrEqual(2);
    await server.kill();
    await endsInTheSameTruth(uidOf(booked), 'accepted', 2);
  });

  it('S31 after the calendar moved the event, before its answer: one event, at the time that is in force', async () => {
    world = await makeWorld();
    const server = await world.start();
    const uid = uidOf(await book(server, 'wait=20'));
    await expect.poll(() => unfinished(inWorld().log(), SUBSCRIPTION), quiet).toEqual([]);
    const put = world.calendars.hold('PUT', 'after');
    const asked = { headers: { prefer: 'respond-async', 'idempotency-key': 'move' } };
    const answer = await server.client.post(`/v2/bookings/${uid}/reschedule`, { start: NEW_START }, asked);
    expect(at(answer.body, 'data', 'start')).toBe('2050-09-05T07:00:00.000Z');
    await put.reached;
    await server.kill();
    // The calendar shows the new time, and nothing in the log says so.
    const shown = async () => [...(await inWorld().heldEvents()).values()].flat().map(({ start }) => start);
    expect(await shown()).toEqual([Temporal.Instant.from(NEW_START).epochMilliseconds]);
    expect(types().slice(-2)).toEqual(['RescheduleRequested', 'CalendarMoveStarted']);
    await endsInTheSameTruth(uid, 'accepted');
    expect(types().filter((type) => type === 'BookingRescheduled')).toHaveLength(1);
    expect(await shown()).toEqual([Temporal.Instant.from(NEW_START).epochMilliseconds]);
    expect(wrongEvents(world.openLog(), await world.heldEvents(), [])).toEqual([]);
  });

  it('after BookingCancelled, before the event is taken out of the calendar', async () => {
    world = await makeWorld();
    const server = await world.start();
    const booked = await book(server, 'wait=20');
    // Whom a cancellation overtakes is told of it alone.
    await expect.poll(() => types().filter((type) => type === 'NotificationSent').length, quiet).toBe(3);
    const removal = world.calendars.hold('DELETE', 'before');
    const cancelled = await server.client.post(`/v2/bookings/${uidOf(booked)}/cancel`, {});
    expect(at(cancelled.body, 'data', 'status')).toBe('cancelled');
    await removal.reached;
    // What was told is in the log, so that nobody is told twice.
    await expect.poll(() => types().filter((type) => type === 'NotificationSent').length, quiet).toBe(6);
    await server.kill();
    removal.release();
    expect([...(await world.held()).values()].flat()).toHaveLength(1);
    await endsInTheSameTruth(uidOf(booked), 'cancelled');
  });

  it('after the calendar removed the event, before its answer', async () => {
    world = await makeWorld();
    const server = await world.start();
    const booked = await book(server, 'wait=20');
    // Whom a cancellation overtakes is told of it alone.
    await expect.poll(() => types().filter((type) => type === 'NotificationSent').length, quiet).toBe(3);
    const removal = world.calendars.hold('DELETE', 'after');
    await server.client.post(`/v2/bookings/${uidOf(booked)}/cancel`, {});
    await removal.reached;
    await expect.poll(() => types().filter((type) => type === 'NotificationSent').length, quiet).toBe(6);
    await server.kill();
    await endsInTheSameTruth(uidOf(booked), 'cancelled');
    expect(world.log().find(({ type }) => type === 'CalendarRemovalSucceeded')?.data).toMatchObject({
      outcome: 'already-gone',
    });
  });

  it('cancelled while the write is under way, killed before its answer: no orphan is left', async () => {
    world = await makeWorld();
    const put = world.calendars.hold('PUT', 'after');
    const server = await world.start();
    const booked = await book(server);
    await put.reached;
    await server.client.post(`/v2/bookings/${uidOf(booked)}/cancel`, {});
    await server.kill();
    const { start, log, held } = world;
    await start();
    await expect.poll(() => unfinished(log(), SUBSCRIPTION), quiet).toEqual([]);
    expect([...(await held()).values()].flat()).toEqual([]);
    expect(types()).not.toContain('BookingAccepted');
    expect(wrongInMails(log(), await world.mails())).toEqual([]);
  });

  it('killed before the answer, then the look-up fails and the guest cancels: no orphan is left', async () => {
    world = await makeWorld();
    const { start, log, held, calendars } = world;
    const put = calendars.hold('PUT', 'after');
    const server = await start();
    const booked = await book(server);
    await put.reached;
    await server.kill();
    calendars.faults(() => 503);
    const again = await start();
    await expect.poll(types, quiet).toContain('CalendarSyncFailed');
    await again.client.post(`/v2/bookings/${uidOf(booked)}/cancel`, {});
    calendars.faults(() => 'pass');
    await expect.poll(() => unfinished(log(), SUBSCRIPTION), quiet).toEqual([]);
    await expect.poll(async () => [...(await held()).values()].flat(), { timeout: 5_000 }).toEqual([]);
  });
});
