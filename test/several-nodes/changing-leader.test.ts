import { afterAll, expect, it, vi } from 'vitest';
import { startLoad } from '../crash/load.ts';
import { seeded } from '../support/faulty-event-store.ts';
import { bookingsIn } from '../support/log-checks.ts';
import { copiesOf } from '../support/log-checks-messages.ts';
import { lostOrMisstated, wrongRepeats } from '../support/log-checks-outside.ts';
import { everythingWrong, settled } from './everything-true.ts';
import type { Installation } from './installation.ts';
import { startInstallation } from './installation.ts';
import { describeWithLevers } from './where-the-log-is.ts';

vi.setConfig({ testTimeout: 120_000 });
const HOSTS = 3;
const ANSWERS_BETWEEN = 12;

const upsets: ReadonlyArray<readonly [string, (installation: Installation) => Promise<void> | void]> = [
  ['another leads', ({ standIn }) => standIn().changeLeader()],
  ['all restart', ({ standIn }) => standIn().restart()],
  ['the leader goes down', ({ standIn }) => standIn().stop(standIn().ports.indexOf(standIn().leaderPort()))],
  ['it comes back', ({ standIn }) => standIn().start()],
  ['another leads again', ({ standIn }) => standIn().changeLeader()],
];

describeWithLevers('three nodes on a cluster of three', () => {
  let installation: Installation | undefined;
  afterAll(() => installation?.close());

  it(`given load, when every upset has happened, then nothing acknowledged is lost and everything settles`, async () => {
    installation = await startInstallation({ hosts: HOSTS, standIn: { nodes: 3 } });
    const { clients, log, mails } = installation;
    const random = seeded(33);
    const all = clients();
    let turn = 0;
    const nextNode = async () => {
      turn += 1;
      const client = all[turn % all.length];
      if (client === undefined) throw new Error('no nodes');
      return client;
    };
    const load = startLoad({ hosts: HOSTS, workers: 4, random, server: nextNode });
    const fine = (): number => load.acknowledged.length;
    for (const [what, upset] of upsets) {
      const wanted = fine() + ANSWERS_BETWEEN;
      await expect
        .poll(fine, { timeout: 40_000, interval: 5, message: `answers before ${what}` })
        .toBeGreaterThanOrEqual(wanted);
      await upset(installation);
    }
    await expect.poll(fine, { timeout: 40_000, interval: 5 }).toBeGreaterThanOrEqual(fine() + ANSWERS_BETWEEN);
    await load.stop();
    await settled(installation);
    expect(await installation.stopAll()).toEqual([]);

    const left = await log();
    expect(lostOrMisstated(left, load.acknowledged)).toEqual([]);
    expect(wrongRepeats(load.acknowledged)).toEqual([]);
    expect(await everythingWrong(installation)).toEqual([]);
    expect(copiesOf(await mails()).extra).toBe(0);
    expect(bookingsIn(left).length).toBeGreaterThan(upsets.length);
  });
});
