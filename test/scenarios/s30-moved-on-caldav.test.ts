import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventTypeIds, SUBSCRIPTION } from '../crash/world-configuration.ts';
import { makeWorld, type World } from '../crash/world.ts';
import { codeOf } from '../invariants/guests.ts';
import { at, type Client, type Reply } from '../support/http-client.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { ALL_ROLES_KEY } from '../support/killable-server.ts';
import { unfinished } from '../support/log-checks-quiet.ts';

const quiet = { timeout: 30_000, interval: 50 };
const types = eventTypeIds(0);
const host = { key: ALL_ROLES_KEY };
const said = (reply: Reply) => [reply.status, at(reply.body, 'data', 'status'), at(reply.body, 'data', 'start')];
const of = (day: number, hour: string): string => `2050-09-0${day}T${hour}:00.000Z`;

describeWith('radicale', 'bookings that are moved, on a CalDAV server', () => {
  let world: World;
  let client: Client;
  beforeAll(async () => {
    world = await makeWorld();
    client = (await world.start()).client;
  });
  afterAll(() => world?.close());

  const settled = () => expect.poll(() => unfinished(world.log(), SUBSCRIPTION), quiet).toEqual([]);
  const book = async (start: string, eventTypeId: number): Promise<string> => {
    const attendee = { name: 'Runa', email: 'runa@example.com', timeZone: 'Asia/Tokyo' };
    const booked = await client.post(
      '/v2/bookings',
      { start, eventTypeId, attendee },
      { headers: { prefer: 'wait=3' } },
    );
    expect(booked.status).toBe(201);
    return String(at(booked.body, 'data', 'uid'));
  };
  const move = (uid: string, start: string, query = ''): Promise<Reply> =>
    client.post(`/v2/bookings/${uid}/reschedule${query}`, { start }, { headers: { prefer: 'wait=20' } });
  const eventsOf = (uid: string, ...wanted: ReadonlyArray<string>) =>
    world.log().filter(({ stream, type }) => stream === `booking-${uid}` && wanted.includes(type));
  /** When the events of the booking begin in the calendar. */
  const shown = async (uid: string): Promise<ReadonlyArray<string>> =>
    [...(await world.heldEvents()).values()]
      .flat()
      .filter((event) => event.uid === `${uid}@holdfast`)
      .map(({ start }) => Temporal.Instant.fromEpochMilliseconds(start).toString({ smallestUnit: 'millisecond' }));

  it('S30 the same booking at its new time: its one event is moved, both times are told', async () => {
    const uid = await book(of(5, '07:00'), types.plain);
    await settled();
    const moved = await move(uid, of(5, '09:00'));
    expect([...said(moved), at(moved.body, 'data', 'uid')]).toEqual([201, 'accepted', of(5, '09:00'), uid]);
    await settled();
    expect(await shown(uid)).toEqual([of(5, '09:00')]);
    const ids = eventsOf(uid, 'CalendarSyncSucceeded', 'CalendarMoveSucceeded').map(({ data }) => data.providerEventId);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
    const [fact] = eventsOf(uid, 'BookingRescheduled');
    const told = (await world.mails()).filter(({ causedBy }) => causedBy === fact?.id);
    expect(told.map(({ recipient, sequence }) => [recipient, sequence]).toSorted()).toEqual([
      ['attendee', 1],
      ['host', 1],
    ]);
    const webhook = world.webhooks.received
      .map(({ body }) => JSON.parse(body.toString('utf8')))
      .find((body) => body.triggerEvent === 'BOOKING_RESCHEDULED' && body.payload.uid === uid);
    expect(webhook.payload).toMatchObject({
      startTime: '2050-09-05T09:00:00Z',
      rescheduleStartTime: '2050-09-05T07:00:00Z',
    });
  });

  it('S31 one whose first sync failed: its event is written at the new time, and nowhere else', async () => {
    world.calendars.faults((method) => (method === 'PUT' ? 503 : 'pass'));
    const uid = await book(of(5, '11:00'), types.plain);
    expect(said(await move(uid, of(5, '13:00')))).toEqual([201, 'pending', of(5, '13:00')]);
    expect(await shown(uid)).toEqual([]);
    world.calendars.faults(() => 'pass');
    await settled();
    expect(await shown(uid)).toEqual([of(5, '13:00')]);
    expect(eventsOf(uid, 'BookingAccepted')).toHaveLength(1);
    expect(eventsOf(uid, 'CalendarMoveStarted')).toEqual([]);
  });

  it('S32 where the host decides: the old time holds until they say yes; after a no it is as before', async () => {
    const uid = await book(of(6, '07:00'), types.approved);
    await client.post(`/v2/bookings/${uid}/confirm`, {}, { ...host, headers: { prefer: 'wait=20' } });
    await settled();
    expect(said(await move(uid, of(6, '09:00')))).toEqual([201, 'accepted', of(6, '07:00')]);
    const declined = await client.post(`/v2/bookings/${uid}/decline`, { reason: 'Away then' }, host);
    expect(said(declined)).toEqual([200, 'accepted', of(6, '07:00')]);
    await settled();
    expect(await shown(uid)).toEqual([of(6, '07:00')]);
    expect(eventsOf(uid, 'CalendarMoveStarted')).toEqual([]);
    await move(uid, of(6, '09:00'));
    await client.post(`/v2/bookings/${uid}/confirm`, {}, { ...host, headers: { prefer: 'wait=20' } });
    await settled();
    expect(await shown(uid)).toEqual([of(6, '09:00')]);
  });

  it('S33 a link that is used twice: the second is 409 and names the time as it is', async () => {
    const uid = await book(of(7, '07:00'), types.plain);
    expect((await move(uid, of(7, '09:00'), '?sequence=0')).status).toBe(201);
    const again = await move(uid, of(7, '11:00'), '?sequence=0');
    expect([again.status, codeOf(again)]).toEqual([409, 'booking_rescheduled_meanwhile']);
    expect(String(at(again.body, 'message'))).toContain('2050-09-07T09:00');
    await settled();
    expect(await shown(uid)).toEqual([of(7, '09:00')]);
    const requested = world
      .log()
      .filter(({ type, data }) => type === 'BookingRequested' && data.start === '2050-09-07T07:00:00Z');
    expect(requested).toHaveLength(1);
  });
});
