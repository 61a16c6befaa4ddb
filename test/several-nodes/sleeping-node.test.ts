import { afterAll, expect, it, vi } from 'vitest';
import { eventTypeIds } from '../crash/world-configuration.ts';
import { book, statusOf, uidOf } from '../invariants/guests.ts';
import { describeWith } from '../support/install/describe-with.ts';
import type { Log } from '../support/log-checks.ts';
import { cameTwice, everythingWrong, settled } from './everything-true.ts';
import type { Installation } from './installation.ts';
import { LEASE_SECONDS, NODES, startInstallation } from './installation.ts';
import { leasesOf } from './leases.ts';
import { ON } from './where-the-log-is.ts';

vi.setConfig({ testTimeout: 180_000 });
/** Its lease ends, and the next node stands by for a while. */
const takenOver = { timeout: (8 * LEASE_SECONDS + 20) * 1_000, interval: 50 };

/** Another node follows the log on its own, and takes over once the lease has ended. */
describeWith('radicale', `a node that sleeps for longer than its lease, in the middle of a call ${ON}`, () => {
  let installation: Installation | undefined;
  afterAll(() => installation?.close());

  it('given another has done it meanwhile, when it wakes and goes on, then it was done once', async () => {
    installation = await startInstallation({ timings: { leaseInSeconds: LEASE_SECONDS } });
    const { calendars, log, node, held } = installation;
    const put = calendars.hold('PUT', 'before');
    const wanted = { eventTypeId: eventTypeIds(0).plain, prefer: 'respond-async' };
    const uid = uidOf(await book(node('a').client, wanted));
    await put.reached;
    const story = async (): Promise<Log> => (await log()).filter(({ stream }) => stream === `booking-${uid}`);
    const types = async () => (await story()).map(({ type }) => type);
    const [sleeper] = leasesOf(await story(), 'calendar ');
    const awake = NODES.filter((name) => name !== sleeper);
    if (sleeper === undefined) throw new Error('nobody leased it');

    node(sleeper).signal('SIGSTOP');
    await expect.poll(types, takenOver).toContain('BookingAccepted');
    expect(awake).toContain(leasesOf(await story(), 'calendar ').at(-1));

    node(sleeper).signal('SIGCONT');
    put.release();
    await settled(installation);
    for (const name of NODES) expect(statusOf(await node(name).client.get(`/v2/bookings/${uid}`))).toBe('accepted');
    expect(await installation.stopAll()).toEqual([]);
    // The sleeper's write and the other node's, and one that confirmed the event once the booking was accepted.
    expect(calendars.seen.filter(({ method }) => method === 'PUT')).toHaveLength(3);
    expect([...(await held()).values()].flat()).toHaveLength(1);
    expect((await types()).filter((type) => type === 'CalendarSyncSucceeded')).toHaveLength(1);
    expect(await everythingWrong(installation)).toEqual([]);
    expect(await cameTwice(installation)).toEqual([]);
  });
});
