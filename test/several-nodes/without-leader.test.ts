import { afterAll, expect, it, vi } from 'vitest';
import { startLoad } from '../crash/load.ts';
import { seeded } from '../support/faulty-event-store.ts';
import { bookingsIn } from '../support/log-checks.ts';
import { lostOrMisstated, wrongRepeats } from '../support/log-checks-outside.ts';
import { everythingWrong, settled } from './everything-true.ts';
import type { Installation } from './installation.ts';
import { LEASE_SECONDS, NODES, startInstallation } from './installation.ts';
import { describeWithLevers } from './where-the-log-is.ts';

/** HOLDFAST_OUTAGES: seconds of each outage, in turn. `1,10,60` is what an operator may meet; it takes three minutes. */
const OUTAGES = (process.env.HOLDFAST_OUTAGES ?? '1,10').split(',').map(Number);
const HOSTS = 3;
const ANSWERS_BETWEEN = 6;

vi.setConfig({ testTimeout: 180_000 + OUTAGES.reduce((sum, seconds) => sum + seconds, 0) * 3_000 });

describeWithLevers('three nodes on a cluster that has no leader for a while', () => {
  let installation: Installation | undefined;
  afterAll(() => installation?.close());

  it(`given load, and no leader for ${OUTAGES.join(', ')} s, then no node ends and nothing is lost`, async () => {
    installation = await startInstallation({
      hosts: HOSTS,
      standIn: { nodes: 3 },
      timings: { leaseInSeconds: LEASE_SECONDS },
    });
    const { clients, log, standIn, node } = installation;
    const random = seeded(47);
    let turn = 0;
    const nextNode = async () => {
      turn += 1;
      const all = clients();
      const client = all[turn % all.length];
      if (client === undefined) throw new Error('no nodes');
      return client;
    };
    const load = startLoad({ hosts: HOSTS, workers: 4, random, server: nextNode });
    const fine = (): number => load.acknowledged.length;
    const goesOn = (what: string) => {
      const wanted = fine() + ANSWERS_BETWEEN;
      return expect.poll(fine, { timeout: 90_000, interval: 20, message: what }).toBeGreaterThanOrEqual(wanted);
    };
    const ended: string[] = [];
    for (const name of NODES)
      node(name).ended.then(
        ({ code, logged }) => ended.push(`${name} ${code}: ${logged.slice(-500)}`),
        (thrown: unknown) => ended.push(`${name}: ${String(thrown)}`),
      );
    for (const seconds of OUTAGES) {
      await goesOn(`answers before an outage of ${seconds} s`);
      const dead = standIn().ports.indexOf(standIn().leaderPort());
      // Some calls are refused, others cut while the client looks for a leader.
      standIn().loseLeader('alive');
      await expect.poll(() => standIn().faults.seen('gossip')).toBeGreaterThan(0);
      standIn().stop(dead);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
      expect(ended).toEqual([]);
      standIn().elect();
      await goesOn(`answers after an outage of ${seconds} s`);
      await standIn().start(dead);
    }
    await load.stop();
    await settled(installation);
    expect(ended).toEqual([]);
    expect(await installation.stopAll()).toEqual([]);

    const left = await log();
    expect(lostOrMisstated(left, load.acknowledged)).toEqual([]);
    expect(wrongRepeats(load.acknowledged)).toEqual([]);
    expect(await everythingWrong(installation)).toEqual([]);
    expect(bookingsIn(left).length).toBeGreaterThan(OUTAGES.length);
  });
});
