import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { eventTypeIds } from '../crash/world-configuration.ts';
import { book, cancel, uidOf } from '../invariants/guests.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { bookingsIn } from '../support/log-checks.ts';
import { cameTwice, everythingWrong, settled } from './everything-true.ts';
import type { Installation } from './installation.ts';
import { startInstallation } from './installation.ts';
import { listed } from '../crash/listed.ts';
import { ON } from './where-the-log-is.ts';

vi.setConfig({ testTimeout: 180_000 });

/** Two nodes: while one is away the other is alone. */
describeWith('radicale', `one of two nodes that was killed and comes back ${ON}`, () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await startInstallation({ nodes: ['a', 'b'] });
  });
  afterAll(() => installation?.close());
  const bookThrough = async (name: 'a' | 'b', minutes: number) =>
    book(installation.node(name).client, { eventTypeId: eventTypeIds(0).plain, minutes, prefer: 'wait=20' });

  it('given bookings made and cancelled while it was away, then it knows them all, and does nothing twice', async () => {
    const { kill, start, log, calendars, smtp, webhooks, node } = installation;
    const earlier = [await bookThrough('a', 0), await bookThrough('b', 30), await bookThrough('a', 60)].map(uidOf);
    await settled(installation);
    await kill('b');
    const meanwhile = await Promise.all([120, 150, 180, 210].map((minutes) => bookThrough('a', minutes)));
    await cancel(node('a').client, earlier[1] ?? '');
    await settled(installation);
    const written = () => calendars.seen.filter(({ method }) => method === 'PUT' || method === 'DELETE').length;
    const outside = () => [written(), smtp.received.length, webhooks.received.length];
    const [puts = 0, mails = 0, hooks = 0] = outside();

    const back = await start('b');
    const head = (await log()).at(-1)?.position ?? 0;
    const shown = await listed(back.client, head);
    expect([...shown.keys()].toSorted()).toEqual([...earlier, ...meanwhile.map(uidOf)].toSorted());
    expect([...shown].map(([uid, { status }]) => [uid, status]).toSorted()).toEqual(
      bookingsIn(await log())
        .map(({ uid, status }) => [uid, status])
        .toSorted(),
    );
    // What was given to it before it died is given out again; a new booking through it comes after all of that.
    await bookThrough('b', 300);
    await settled(installation);
    expect(await installation.stopAll()).toEqual([]);
    // The new booking is written, and confirmed once it is accepted.
    expect(outside()).toEqual([puts + 2, mails + 2, hooks + 1]);
    expect(await everythingWrong(installation)).toEqual([]);
    expect(await cameTwice(installation)).toEqual([]);
  });
});
