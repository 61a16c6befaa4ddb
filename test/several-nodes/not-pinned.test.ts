import { afterAll, expect, it, vi } from 'vitest';
import { eventTypeIds } from '../crash/world-configuration.ts';
import { book, cancel, statusOf, uidOf } from '../invariants/guests.ts';
import { at } from '../support/http-client.ts';
import { bookingsIn } from '../support/log-checks.ts';
import { cameTwice, everythingWrong, settled } from './everything-true.ts';
import type { Installation } from './installation.ts';
import { NODES, startInstallation } from './installation.ts';
import { describeWithLevers } from './where-the-log-is.ts';

vi.setConfig({ testTimeout: 90_000 });
const HOSTS = 2;
const BOOKINGS = 16;
/** More than the time after which the server gives a message out again that nobody has answered for. */
const LEAP_MS = 130_000;
/** Fewer than would make it park one. */
const LEAPS = 6;

describeWithLevers('messages that go to any node, and to several at once', () => {
  let installation: Installation | undefined;
  afterAll(() => installation?.close());

  it('given each is dealt to the next node, and again to others while it is in hand, then everything is done once and in order', async () => {
    let leapt = 0;
    const now = () => Temporal.Now.instant().epochMilliseconds + leapt;
    installation = await startInstallation({ hosts: HOSTS, standIn: { pinning: false, now } });
    const { node, log, webhooks, smtp } = installation;
    // Slow enough to be still in hand when it is given out again.
    webhooks.answerWith(Array.from({ length: 4 * BOOKINGS }, () => ({ status: 200, delayMs: 300 })));

    const through = (index: number) => node(NODES[index % NODES.length] ?? 'a').client;
    const bookAndCancel = async (index: number): Promise<void> => {
      const wanted = { eventTypeId: eventTypeIds(index % HOSTS).plain, minutes: Math.floor(index / HOSTS) * 30 };
      const booked = await book(through(index), { ...wanted, prefer: 'wait=30' });
      expect([booked.status, statusOf(booked)]).toEqual([201, 'accepted']);
      if (index % 2 === 0) expect(statusOf(await cancel(through(index + 1), uidOf(booked)))).toBe('cancelled');
    };
    const outside = () => smtp.received.length + webhooks.received.length;
    const leaping = async (): Promise<void> => {
      for (let leap = 0; leap < LEAPS; leap += 1) {
        const before = outside();
        await expect.poll(outside, { timeout: 30_000, interval: 5 }).toBeGreaterThan(before);
        leapt += LEAP_MS;
      }
    };
    await Promise.all([leaping(), ...Array.from({ length: BOOKINGS }, (_, index) => bookAndCancel(index))]);
    await settled(installation);
    expect(await installation.stopAll()).toEqual([]);

    const left = await log();
    const nodesAt = bookingsIn(left).map(({ events }) => {
      const leases = events.filter(({ type }) => type === 'EffectLeased');
      return new Set(leases.map(({ data }) => at(data, 'node'))).size;
    });
    expect(Math.max(...nodesAt)).toBe(NODES.length);
    expect(await everythingWrong(installation)).toEqual([]);
    expect(await cameTwice(installation)).toEqual([]);
  });
});
