import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { eventTypeIds } from '../crash/world-configuration.ts';
import { book, cancel, statusOf, uidOf } from '../invariants/guests.ts';
import { at, type Client } from '../support/http-client.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { ALL_ROLES_KEY } from '../support/killable-server.ts';
import { bookingsIn } from '../support/log-checks.ts';
import { cameTwice, everythingWrong, settled } from './everything-true.ts';
import type { Installation } from './installation.ts';
import { NODES, startInstallation } from './installation.ts';
import { ON } from './where-the-log-is.ts';

vi.setConfig({ testTimeout: 120_000 });
const HOSTS = 4;
const BOOKINGS = 60;
/** P24: of the effects that three nodes carry out under load. */
const MOST_CONFLICTS = 0.02;

const leasesAt = async (client: Client): Promise<{ readonly taken: number; readonly elsewhere: number }> => {
  const reply = await client.get('/v2/holdfast/consumers', { key: ALL_ROLES_KEY });
  const leases = at(reply.body, 'data', 'leases');
  return { taken: Number(at(leases, 'taken')), elsewhere: Number(at(leases, 'elsewhere')) };
};

describeWith('radicale', `three nodes under load ${ON}`, () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await startInstallation({ hosts: HOSTS });
  });
  afterAll(() => installation?.close());

  const through = (index: number): Client => installation.node(NODES[index % NODES.length] ?? 'a').client;
  const bookAndCancel = async (index: number): Promise<void> => {
    const wanted = { eventTypeId: eventTypeIds(index % HOSTS).plain, minutes: Math.floor(index / HOSTS) * 30 };
    const booked = await book(through(index), { ...wanted, prefer: 'wait=30' });
    expect([booked.status, statusOf(booked)]).toEqual([201, 'accepted']);
    if (index % 2 === 0) expect(statusOf(await cancel(through(index + 1), uidOf(booked)))).toBe('cancelled');
  };

  it('P24 then fewer than 2 % of the effects meet a lease of another node, and all is done once', async () => {
    await Promise.all(Array.from({ length: BOOKINGS }, (_, index) => bookAndCancel(index)));
    await settled(installation);
    const counts = await Promise.all(installation.clients().map(leasesAt));
    const taken = counts.reduce((sum, count) => sum + count.taken, 0);
    const elsewhere = counts.reduce((sum, count) => sum + count.elsewhere, 0);
    console.info(`lease conflicts: ${elsewhere} of ${taken + elsewhere} effects, by node ${JSON.stringify(counts)}`);
    // A calendar event, two mails and a webhook for each that was not cancelled before anybody was told.
    expect(taken).toBeGreaterThanOrEqual((BOOKINGS / 2) * 4);
    expect(elsewhere / (taken + elsewhere)).toBeLessThan(MOST_CONFLICTS);
    expect(await everythingWrong(installation)).toEqual([]);
    expect(await cameTwice(installation)).toEqual([]);
  });

  it('then every node has had its part of the bookings', async () => {
    const nodes = bookingsIn(await installation.log()).flatMap(({ events }) =>
      events.filter(({ type }) => type === 'EffectLeased').map(({ data }) => at(data, 'node')),
    );
    for (const client of installation.clients()) expect((await leasesAt(client)).taken).toBeGreaterThan(0);
    expect(new Set(nodes).size).toBe(NODES.length);
  });
});
