import { NO_STREAM } from '@eventstore/db-client';
import { expect, it, vi } from 'vitest';
import { follow } from '../../support/eventstoredb/following.ts';
import {
  collect,
  describeStandIn,
  newEvents,
  newStream,
  rejection,
} from '../../support/eventstoredb/server-under-test.ts';
import { startEventStoreDbStandIn } from '../../support/eventstoredb/stand-in.ts';

describeStandIn('faults told in advance', {}, (standIn, client) => {
  const append = (stream: string) => client().appendToStream(stream, newEvents(1), { expectedRevision: NO_STREAM });
  const count = async (stream: string) => (await collect(client().readStream(stream))).length;

  it('commit-and-cut: the event is there, the caller hears of a lost connection', async () => {
    const stream = newStream();
    standIn().faults.next('append', { kind: 'commit-and-cut' });
    expect(await rejection(append(stream))).toMatchObject({ type: 'unavailable' });
    expect(await count(stream)).toBe(1);
  });

  it('cut: the caller hears the same, and nothing is there', async () => {
    const stream = newStream();
    standIn().faults.next('append', { kind: 'cut' });
    expect(await rejection(append(stream))).toMatchObject({ type: 'unavailable' });
    expect(await rejection(count(stream))).toMatchObject({ type: 'stream-not-found' });
  });

  it('commit-and-forget and answer-never: the caller waits, while others are served on the same call', async () => {
    await append(newStream());
    const [forgotten, unheard] = [newStream(), newStream()];
    const settled: Array<string> = [];
    const silent = async (stream: string, kind: 'commit-and-forget' | 'answer-never') => {
      const arrived = standIn().faults.seen('append');
      standIn().faults.next('append', { kind });
      const pending = append(stream).finally(() => settled.push(stream));
      await vi.waitFor(() => expect(standIn().faults.seen('append')).toBe(arrived + 1), { timeout: 20_000 });
      return { outcome: Promise.allSettled([pending]) };
    };
    const pending = [await silent(forgotten, 'commit-and-forget'), await silent(unheard, 'answer-never')];
    await append(newStream());
    expect(settled).toEqual([]);
    expect(await count(forgotten)).toBe(1);
    expect(await rejection(count(unheard))).toMatchObject({ type: 'stream-not-found' });
    standIn().faults.next('append', { kind: 'cut' });
    await rejection(append(newStream()));
    expect(await Promise.all(pending.map(({ outcome }) => outcome))).toMatchObject([
      [{ status: 'rejected' }],
      [{ status: 'rejected' }],
    ]);
  });

  it('hold: answers overtake each other', async () => {
    await append(newStream());
    const { promise, resolve } = Promise.withResolvers<void>();
    const arrived = standIn().faults.seen('append');
    standIn().faults.next('append', { kind: 'hold', until: promise });
    const order: Array<string> = [];
    const first = append(newStream()).then(() => order.push('first'));
    await vi.waitFor(() => expect(standIn().faults.seen('append')).toBe(arrived + 1), { timeout: 20_000 });
    await append(newStream()).then(() => order.push('second'));
    resolve();
    await first;
    expect(order).toEqual(['second', 'first']);
  });

  it('delay: the answer comes later', async () => {
    standIn().faults.next('append', { kind: 'delay', ms: 30 });
    const before = performance.now();
    await append(newStream());
    expect(performance.now() - before).toBeGreaterThanOrEqual(25);
  });

  it.each([
    ['timeout', 'deadline-exceeded'],
    ['access-denied', 'access-denied'],
    ['unknown', 'unknown'],
    ['not-ready', 'unknown'],
  ] as const)('refuse: a batch hears %s as %s', async (as, type) => {
    standIn().faults.next('append', { kind: 'refuse', as });
    expect(await rejection(append(newStream()))).toMatchObject({ type });
  });

  it('close-after: a read and a subscription end after so many events', async () => {
    const stream = newStream();
    await client().appendToStream(stream, newEvents(5));
    standIn().faults.next('read', { kind: 'close-after', events: 2 });
    expect(await rejection(count(stream))).toMatchObject({ type: 'unavailable' });
    standIn().faults.next('subscribe', { kind: 'close-after', events: 3, as: 'cancelled' });
    const followed = follow(client().subscribeToStream(stream));
    await followed.until((said) => said.includes('error:cancelled'));
    expect(followed.events()).toEqual([`${stream}@0`, `${stream}@1`, `${stream}@2`]);
  });

  it('duplicate: the request arrives twice, and is written once where ids or the expectation say so', async () => {
    const [strong, weak] = [newStream(), newStream()];
    standIn().faults.next('append', { kind: 'duplicate' }, 2);
    const told = await append(strong);
    expect(told).toMatchObject({ success: true, nextExpectedRevision: 0n });
    await client().appendToStream(weak, newEvents(2));
    expect([await count(strong), await count(weak)]).toEqual([1, 2]);
    standIn().faults.next('delete', { kind: 'duplicate' });
    await client().deleteStream(weak);
    expect(await collect(client().readStream(`$$${weak}`))).toMatchObject([{ event: { revision: 1n } }]);
  });

  it('seeds: the same seed gives the same positions', async () => {
    const positions = async (seed: number) => {
      const other = await startEventStoreDbStandIn({ seed, now: () => 0 });
      const found = other.database.log.all().map(({ position }) => position);
      await other.close();
      return found;
    };
    expect(await positions(7)).toEqual(await positions(7));
    expect(await positions(8)).not.toEqual(await positions(7));
  });
});
