import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { eventTypeIds } from '../crash/world-configuration.ts';
import { book, cancel, codeOf, statusOf, uidOf } from '../invariants/guests.ts';
import { at, type Client } from '../support/http-client.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { ALL_ROLES_KEY } from '../support/killable-server.ts';
import type { Log } from '../support/log-checks.ts';
import { bookingsIn } from '../support/log-checks.ts';
import { wrongInWebhooks } from '../support/log-checks-messages.ts';
import { cameTwice, everythingWrong, settled } from './everything-true.ts';
import type { Installation } from './installation.ts';
import { NODES, startInstallation } from './installation.ts';
import { ON } from './where-the-log-is.ts';

vi.setConfig({ testTimeout: 120_000 });
const HOSTS = 4;
const BOOKINGS = 60;
/** P24: of the effects that three nodes carry out under load. */
const MOST_CONFLICTS = 0.02;

/** Effects that a node has taken a lease for, and those that another node was faster with. */
const leasesAt = async (client: Client): Promise<{ readonly taken: number; readonly elsewhere: number }> => {
  const reply = await client.get('/v2/holdfast/consumers', { key: ALL_ROLES_KEY });
  const leases = at(reply.body, 'data', 'leases');
  return { taken: Number(at(leases, 'taken')), elsewhere: Number(at(leases, 'elsewhere')) };
};

describeWith('radicale', `many bookings, three nodes ${ON}`, () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await startInstallation({ hosts: HOSTS });
  });
  afterAll(() => installation?.close());

  /** The node that gets request n, and for another `turn` another one. */
  const nodeFor = (index: number, turn = 0) => installation.node(NODES[(index + turn) % NODES.length] ?? 'a').client;

  /** Booked through one node, and every third cancelled through another as soon as that one has answered. */
  const bookAndCancel = async (index: number): Promise<string> => {
    const wanted = {
      eventTypeId: eventTypeIds(index % HOSTS).plain,
      minutes: Math.floor(index / HOSTS) * 30,
      name: `Guest ${index}`,
      prefer: 'wait=30',
    };
    const booked = await book(nodeFor(index), wanted);
    expect([booked.status, statusOf(booked)]).toEqual([201, 'accepted']);
    if (index % 3 !== 0) return 'accepted';
    const cancelled = await cancel(nodeFor(index, 1), uidOf(booked));
    expect([cancelled.status, statusOf(cancelled)]).toEqual([200, 'cancelled']);
    return 'cancelled';
  };

  it(`given ${BOOKINGS} at once, some cancelled elsewhere, then each has one event and each mail once`, async () => {
    const ended = await Promise.all(Array.from({ length: BOOKINGS }, (_, index) => bookAndCancel(index)));
    await settled(installation);

    const bookings = bookingsIn(await installation.log());
    expect(bookings.map(({ status }) => status).toSorted()).toEqual(ended.toSorted());
    const mails = Map.groupBy(await installation.mails(), ({ causedBy }) => causedBy);
    const toldOf = (type: string, events: Log) =>
      mails.get(events.find((event) => event.type === type)?.id ?? '') ?? [];
    for (const { status, events } of bookings) {
      const last = toldOf(status === 'accepted' ? 'BookingAccepted' : 'BookingCancelled', events);
      expect(last.map(({ recipient }) => recipient).toSorted()).toEqual(['attendee', 'host']);
    }
    expect(await everythingWrong(installation)).toEqual([]);
    expect(await cameTwice(installation)).toEqual([]);
  });

  it('P24 then fewer than 2 % of the effects met a lease of another node, and every node had its part', async () => {
    const counts = await Promise.all(installation.clients().map(leasesAt));
    const taken = counts.reduce((sum, count) => sum + count.taken, 0);
    const elsewhere = counts.reduce((sum, count) => sum + count.elsewhere, 0);
    console.info(`lease conflicts: ${elsewhere} of ${taken + elsewhere} effects, by node ${JSON.stringify(counts)}`);
    // A calendar event, two mails and a webhook for each that was not cancelled before anybody was told.
    expect(taken).toBeGreaterThanOrEqual((BOOKINGS / 2) * 4);
    expect(elsewhere / (taken + elsewhere)).toBeLessThan(MOST_CONFLICTS);
    for (const count of counts) expect(count.taken).toBeGreaterThan(0);
  });

  it('S33 given two nodes that move one booking at once, then one wins, with one event, at its time', async () => {
    const wanted = { eventTypeId: eventTypeIds(0).plain, minutes: 24 * 60, name: 'Moved', prefer: 'wait=30' };
    const uid = uidOf(await book(nodeFor(0), wanted));
    const starts = ['2050-09-07T07:00:00Z', '2050-09-07T09:00:00Z'];
    const answers = await Promise.all(
      starts.map((start, index) =>
        nodeFor(0, index).post(
          `/v2/bookings/${uid}/reschedule?sequence=0`,
          { start },
          { headers: { prefer: 'wait=30' } },
        ),
      ),
    );
    await settled(installation);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    const won = answers.findIndex(({ status }) => status === 201);
    const lost = answers[1 - won];
    expect(lost === undefined ? '' : codeOf(lost)).toMatch(/^(?:reschedule_in_flight|booking_rescheduled_meanwhile)$/);
    const held = [...(await installation.heldEvents()).values()]
      .flat()
      .filter((event) => event.uid === `${uid}@holdfast`);
    expect(held.map(({ start }) => start)).toEqual([Temporal.Instant.from(starts[won] ?? '').epochMilliseconds]);
    expect(await everythingWrong(installation)).toEqual([]);
    expect(await cameTwice(installation)).toEqual([]);
  });

  it('given a subscriber that fails, then BOOKING_CANCELLED still waits for BOOKING_CREATED of its booking', async () => {
    const first = installation.webhooks.received.length;
    installation.webhooks.answerWith(Array.from({ length: 9 }, () => ({ status: 500 })));
    const next = Array.from({ length: 6 }, (_, index) => BOOKINGS + 3 * index);
    await Promise.all(next.map(bookAndCancel));
    await settled(installation);

    const { log, webhooks } = installation;
    expect(webhooks.received.length - first).toBeGreaterThanOrEqual(2 * next.length + 9);
    expect(wrongInWebhooks(await log(), webhooks.received)).toEqual([]);
  });

  it('then all nodes stop in order, and nothing came after all', async () => {
    const { stopAll, smtp, webhooks } = installation;
    const before = [smtp.received.length, webhooks.received.length];
    expect(await stopAll()).toEqual([]);
    expect([smtp.received.length, webhooks.received.length]).toEqual(before);
    expect(await everythingWrong(installation)).toEqual([]);
  });
});
