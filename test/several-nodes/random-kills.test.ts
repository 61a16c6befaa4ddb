import { afterEach, expect, it, vi } from 'vitest';
import { foundLate, wrongAfterEdits } from '../crash/after-edits.ts';
import { startLoad } from '../crash/load.ts';
import { DELAY_MS, PEOPLE, startPeople, watched } from '../crash/people.ts';
import { seeded } from '../support/faulty-event-store.ts';
import type { HttpFault } from '../support/holding-proxy.ts';
import type { Client } from '../support/http-client.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { bookingsIn, isFact } from '../support/log-checks.ts';
import { copiesOf } from '../support/log-checks-messages.ts';
import { lostOrMisstated, wrongEvents, wrongInCalendars, wrongRepeats } from '../support/log-checks-outside.ts';
import { everythingWrong, settled } from './everything-true.ts';
import type { Installation } from './installation.ts';
import { LEASE_SECONDS, NODES, startInstallation } from './installation.ts';
import { listed } from '../crash/listed.ts';
import { ON } from './where-the-log-is.ts';

/** HOLDFAST_CRASH_SEED repeats a run, as far as the clock of the machine allows; more kills make a longer one. */
const SEED = Number(process.env.HOLDFAST_CRASH_SEED ?? Math.floor(Math.random() * 2 ** 31));
const KILLS = Number(process.env.HOLDFAST_CRASH_KILLS ?? 2);
const HOSTS = 3;
const WORKERS = 6;
/** Answers between two kills. */
const ANSWERS = { least: 5, more: 20 };

vi.setConfig({ testTimeout: 120_000 + KILLS * 10_000 });

/** A calendar on a bad line: about every twentieth request goes wrong. */
const badLine =
  (random: () => number) =>
  (method: string): HttpFault => {
    const fate = random();
    if (fate < 0.02) return 'refuse';
    if (fate < 0.03) return 503;
    return fate < 0.06 && method !== 'REPORT' ? 'lose-answer' : 'pass';
  };

describeWith('radicale', `nodes killed in turn under load ${ON} (HOLDFAST_CRASH_SEED=${SEED})`, () => {
  let installation: Installation | undefined;
  afterEach(() => installation?.close());

  const both = [
    ['two', ['a', 'b']],
    ['three', NODES],
  ] as const;
  // One of them in a run, by its seed, so that the suite stays short; a run that names its seed or its kills has both.
  const isNamed = process.env.HOLDFAST_CRASH_SEED !== undefined || process.env.HOLDFAST_CRASH_KILLS !== undefined;
  it.each(isNamed ? both : both.filter((_, index) => index === SEED % 2))(
    `%s of them keep every promise over ${KILLS} kills`,
    async (_, names) => {
      console.info(`random-kills: HOLDFAST_CRASH_SEED=${SEED} HOLDFAST_CRASH_KILLS=${KILLS}`);
      const random = seeded(SEED);
      const timings = { ...watched.timings, leaseInSeconds: LEASE_SECONDS };
      const hosts = HOSTS + PEOPLE.length;
      installation = await startInstallation({ ...watched, hosts, timings, nodes: names });
      const { calendars, clients, kill, start, log, mails, webhooks, byHand, held, heldEvents } = installation;
      calendars.faults(badLine(random));
      const anyNode = async (): Promise<Client> => {
        const up = clients();
        const client = up[Math.floor(random() * up.length)];
        if (client === undefined) throw new Error('no node is up');
        return client;
      };
      const load = startLoad({ hosts: HOSTS, workers: WORKERS, random, server: anyNode });
      const people = await startPeople({
        hosts: PEOPLE.map((hostId, index) => ({ number: HOSTS + index, url: byHand.urls.get(hostId) ?? '' })),
        server: byHand.server,
        random,
        client: anyNode,
      });
      const answered = (): number => [...load.answers.values()].reduce((sum, count) => sum + count, 0);
      const more = async (): Promise<void> => {
        const wanted = answered() + ANSWERS.least + Math.floor(random() * ANSWERS.more);
        await expect.poll(answered, { timeout: 60_000, interval: 2 }).toBeGreaterThanOrEqual(wanted);
      };
      for (let number = 0; number < KILLS; number += 1) {
        const name = names[number % names.length] ?? 'a';
        await more();
        await kill(name);
        await more();
        await start(name);
      }
      await expect.poll(() => people.edits.length, { timeout: 30_000, interval: 25 }).toBeGreaterThan(0);
      await Promise.all([load.stop(), people.stop()]);
      calendars.faults(() => 'pass');
      const quietSince = Date.now();
      // Each ACCEPTED booking is in its calendar at its time, once what people did is as old as the stated delay.
      const notHeld = async () => [
        ...wrongInCalendars(await log(), await held()),
        ...wrongEvents(await log(), await heldEvents(), load.acknowledged),
      ];
      await vi.waitFor(async () => expect(await notHeld()).toEqual([]), { timeout: 60_000, interval: 250 });
      await settled(installation);

      const left = await log();
      const bookings = bookingsIn(left);
      const copies = copiesOf(await mails());
      console.info(
        `random-kills: ${people.edits.length} edits by hand (${left.filter(isFact).length} facts), ${names.length} nodes, ${KILLS} kills, ${bookings.length} bookings, ${left.length} events (${left.filter(({ type }) => type === 'BookingRescheduled').length} moves, ${left.filter(({ type }) => type === 'GuestsAdded').length} guests), ${load.acknowledged.length} acknowledged, ` +
          `${load.cut()} cut, answers ${JSON.stringify(Object.fromEntries(load.answers))}, ` +
          `${copies.messages} mails and ${copies.extra} copies, ${webhooks.received.length} webhook requests`,
      );
      const head = left.at(-1)?.position ?? 0;
      // A node that came back a moment ago may have more to catch up with than one request waits for.
      const caughtUp = (client: Client) => vi.waitFor(() => listed(client, head), { timeout: 20_000, interval: 100 });
      const [first, ...others] = await Promise.all(clients().map(caughtUp));
      for (const other of others) expect(other).toEqual(first);
      expect([...(first ?? [])].map(([uid, { status }]) => [uid, status]).toSorted()).toEqual(
        bookings.map(({ uid, status }) => [uid, status]).toSorted(),
      );
      expect(await installation.stopAll()).toEqual([]);
      expect(await everythingWrong(installation)).toEqual([]);
      expect(wrongEvents(left, await installation.heldEvents(), load.acknowledged)).toEqual([]);
      expect(wrongAfterEdits(left, people.edits)).toEqual([]);
      expect(foundLate(left, people.edits, quietSince, DELAY_MS + LEASE_SECONDS * 1_000)).toEqual([]);
      expect(lostOrMisstated(left, load.acknowledged)).toEqual([]);
      expect(wrongRepeats(load.acknowledged)).toEqual([]);
      expect(bookings.length).toBeGreaterThan(KILLS);
    },
  );
});
