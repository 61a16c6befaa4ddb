import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { CATCH_UP_MS } from '../../src/http/bookings/read-bookings.ts';
import { listed } from '../crash/listed.ts';
import { eventTypeIds } from '../crash/world-configuration.ts';
import { book, cancel, codeOf, statusOf, uidOf } from '../invariants/guests.ts';
import type { Client, Reply } from '../support/http-client.ts';
import { at } from '../support/http-client.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { ALL_ROLES_KEY } from '../support/killable-server.ts';
import { everythingWrong, settled } from './everything-true.ts';
import type { Installation } from './installation.ts';
import { startInstallation } from './installation.ts';
import { ON } from './where-the-log-is.ts';

vi.setConfig({ testTimeout: 30_000 });
const { plain, approved } = eventTypeIds(0);
const ROUNDS = 5;

const positionOf = (reply: Reply): number => Number(reply.headers.get('holdfast-position'));
const decide = (client: Client, uid: string, word: 'confirm' | 'decline') =>
  client.post(`/v2/bookings/${uid}/${word}`, {}, { key: ALL_ROLES_KEY, headers: { prefer: 'wait=20' } });

describeWith('radicale', `what one node was told, another knows ${ON}`, () => {
  let installation: Installation;
  let [a, b, c]: ReadonlyArray<Client> = [];
  beforeAll(async () => {
    installation = await startInstallation();
    [a, b, c] = installation.clients();
  });
  afterAll(() => installation?.close());

  const clients = () => {
    if (a === undefined || b === undefined || c === undefined) throw new Error('no nodes yet');
    return { a, b, c };
  };

  it('given a booking through a, when b and c are asked at once, then they show it everywhere', async () => {
    const { a, b, c } = clients();
    for (let round = 0; round < ROUNDS; round += 1) {
      const booked = await book(a, { eventTypeId: plain, minutes: 30 * round, prefer: 'wait=20' });
      const [uid, position] = [uidOf(booked), positionOf(booked)];
      const [one, history, list] = await Promise.all([
        b.get(`/v2/bookings/${uid}`),
        c.get(`/v2/bookings/${uid}/events`),
        listed(c, position),
      ]);
      expect([statusOf(booked), statusOf(one), list.get(uid)?.status]).toEqual(['accepted', 'accepted', 'accepted']);
      expect(history.text).toContain('BookingAccepted');
      expect(positionOf(one)).toBeGreaterThanOrEqual(position);
    }
  });

  it('given a position that the log has not got to, then a list waits so long and no longer, and says so', async () => {
    const { b } = clients();
    const head = (await installation.log()).at(-1)?.position ?? 0;
    const begun = performance.now();
    const reply = await b.get(`/v2/bookings?atLeastPosition=${head + 1_000_000}`, { key: ALL_ROLES_KEY });
    expect([reply.status, codeOf(reply)]).toEqual([503, 'read_model_behind']);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(CATCH_UP_MS - 50);
  });

  it('given a slot taken, freed and taken on different nodes, then each decides by what is so now', async () => {
    const { a, b, c } = clients();
    const wanted = { eventTypeId: plain, minutes: 600, prefer: 'wait=20' };
    const nodes = [a, b, c, a, b, c];
    for (const [index, node] of nodes.entries()) {
      const other = nodes[(index + 1) % nodes.length] ?? a;
      const third = nodes[(index + 2) % nodes.length] ?? a;
      const taken = await book(node, wanted);
      expect([taken.status, statusOf(taken)]).toEqual([201, 'accepted']);
      const refused = await Promise.all([book(other, wanted), book(third, wanted)]);
      expect(refused.map((reply) => [reply.status, codeOf(reply)])).toEqual([
        [409, 'slot_unavailable'],
        [409, 'slot_unavailable'],
      ]);
      expect((await cancel(other, uidOf(taken))).status).toBe(200);
    }
  });

  it('given a cancellation through a, when b and c are asked for one, then they know that it is so', async () => {
    const { a, b, c } = clients();
    const booked = await book(a, { eventTypeId: plain, minutes: 660, prefer: 'wait=20' });
    // Now b and c know the booking as accepted.
    await Promise.all([b.get(`/v2/bookings/${uidOf(booked)}`), c.get(`/v2/bookings/${uidOf(booked)}`)]);
    const first = await cancel(a, uidOf(booked));
    expect([first.status, statusOf(first)]).toEqual([200, 'cancelled']);
    const again = [await cancel(b, uidOf(booked)), await cancel(c, uidOf(booked))];
    expect(again.map((reply) => [reply.status, codeOf(reply)])).toEqual(
      again.map(() => [400, 'booking_already_cancelled']),
    );
    const events = (await installation.log()).filter(({ stream }) => stream === `booking-${uidOf(booked)}`);
    expect(events.filter(({ type }) => type === 'BookingCancelled')).toHaveLength(1);
  });

  it('given a yes and a no at once through two nodes, then one of them counts, and every node says which', async () => {
    const { a, b, c } = clients();
    for (let round = 0; round < ROUNDS; round += 1) {
      const asked = await book(a, { eventTypeId: approved, minutes: 720 + 30 * round, prefer: 'wait=20' });
      expect(statusOf(asked)).toBe('pending');
      const uid = uidOf(asked);
      const [yes, no] = await Promise.all([decide(b, uid, 'confirm'), decide(c, uid, 'decline')]);
      const shown = await Promise.all([a, b, c].map((node) => node.get(`/v2/bookings/${uid}`)));
      const [status, ...others] = [...new Set(shown.map(statusOf))];
      expect(others).toEqual([]);
      // A yes before the no may be taken back while the calendar is written; a no is never.
      expect(no.status).toBe(status === 'rejected' ? 200 : 409);
      expect([status, 'no']).toContain(yes.status === 200 ? statusOf(yes) : 'no');
      const ends = (await installation.log()).filter(({ stream }) => stream === `booking-${uid}`);
      expect(ends.filter(({ type }) => type === 'BookingAccepted' || type === 'BookingRejected')).toHaveLength(1);
    }
  });

  it('then everything is true in the end', async () => {
    await settled(installation);
    expect(await everythingWrong(installation)).toEqual([]);
    const [first, ...others] = await Promise.all(
      installation.clients().map(async (client) => listed(client, (await installation.log()).at(-1)?.position ?? 0)),
    );
    for (const other of others) expect(other).toEqual(first);
    expect(
      at(
        [...(first?.values() ?? [])].map(({ status }) => status),
        0,
      ),
    ).toBe('accepted');
  });
});
