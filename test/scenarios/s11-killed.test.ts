import { expect, it, onTestFinished, vi } from 'vitest';
import { makeWorld } from '../crash/world.ts';
import type { Client } from '../support/http-client.ts';
import { at } from '../support/http-client.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { ofBookings } from '../support/log-checks.ts';

vi.setConfig({ testTimeout: 60_000 });
const patiently = { timeout: 30_000, interval: 50 };

const START = '2050-09-05T07:00:00Z';
const attendee = { name: 'Runa', email: 'runa@example.com', timeZone: 'Europe/Oslo' };

const books = async (client: Client, wait: string): Promise<string> => {
  const body = { eventTypeId: 1, start: START, attendee };
  const reply = await client.post('/v2/bookings', body, { headers: { prefer: wait } });
  return String(at(reply.body, 'data', 'uid'));
};
const statusOf = async (client: Client, uid: string) =>
  at((await client.get(`/v2/bookings/${uid}`)).body, 'data', 'status');

describeWith('radicale', 'S11 killed between the success of the calendar and its place in the log', () => {
  const given = async () => {
    const world = await makeWorld();
    onTestFinished(world.close);
    const put = world.calendars.hold('PUT', 'after');
    const server = await world.start();
    const uid = await books(server.client, 'respond-async');
    await put.reached;
    expect(await statusOf(server.client, uid)).toBe('pending');
    await server.kill();
    const held = async () => [...(await world.held()).values()].flat();
    const types = () =>
      ofBookings(world.log())
        .map(({ type }) => type)
        .filter((type) => type !== 'CalendarConnected');
    expect(await held()).toEqual([`${uid}@holdfast`]);
    expect(types()).toEqual(['SlotHeld', 'BookingRequested', 'CalendarSyncStarted']);
    expect(world.smtp.received).toEqual([]);
    return { world, uid, held, types };
  };

  it('is found by our id after restarts, also after a kill meanwhile; recorded once, not written again', async () => {
    const { world, uid, held, types } = await given();
    const look = world.calendars.hold('GET', 'after');
    const second = await world.start();
    await look.reached;
    expect(await statusOf(second.client, uid)).toBe('pending');
    await second.kill();

    const { client } = await world.start();

    await expect.poll(() => statusOf(client, uid), patiently).toBe('accepted');
    await expect.poll(() => world.smtp.received.length, patiently).toBe(2);
    expect(await held()).toEqual([`${uid}@holdfast`]);
    // The first wrote it, the second confirmed it; none wrote it anew.
    await expect.poll(() => types().filter((type) => type === 'CalendarEventConfirmed').length, patiently).toBe(1);
    expect(world.calendars.seen.filter(({ method }) => method === 'PUT')).toHaveLength(2);
    const successes = world.log().filter(({ type }) => type === 'CalendarSyncSucceeded');
    expect(successes.map(({ data }) => data)).toMatchObject([{ found: true, attempt: 1 }]);
    expect(types().filter((type) => type === 'CalendarSyncStarted')).toHaveLength(1);
    expect(types().filter((type) => type === 'BookingAccepted')).toHaveLength(1);
    expect(types()).not.toContain('CalendarSyncFailed');
  });
});
