import { ANY, END, NO_STREAM, PARK } from '@eventstore/db-client';
import { expect, it, vi } from 'vitest';
import { follow } from '../../support/eventstoredb/following.ts';
import { groupOn } from '../../support/eventstoredb/group-on-stream.ts';
import {
  collect,
  describeStandIn,
  newEvent,
  newEvents,
  newStream,
  rejection,
} from '../../support/eventstoredb/server-under-test.ts';

describeStandIn('restarts', {}, (standIn, client) => {
  /** The first call after a restart may still meet the old connection; callers try again. */
  const again = async <A>(call: () => Promise<A>): Promise<A> => {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      try {
        return await call();
      } catch (error) {
        if (attempt === 19) throw error;
      }
    }
    throw new Error('unreachable');
  };
  const idsOf = (stream: string) =>
    again(async () => (await collect(client().readStream(stream))).map(({ event }) => event?.id));

  it('the log and strong idempotency stay; the weak memory of ids is gone [IndexWriter.CheckCommit]', async () => {
    const [strong, weak] = [newStream(), newStream()];
    const events = newEvents(2);
    const other = newEvent();
    await client().appendToStream(strong, events, { expectedRevision: NO_STREAM });
    await client().appendToStream(weak, other, { expectedRevision: ANY });
    await standIn().restart();
    const retried = await again(() => client().appendToStream(strong, events, { expectedRevision: NO_STREAM }));
    expect(retried.nextExpectedRevision).toBe(1n);
    expect(await idsOf(strong)).toHaveLength(2);
    await client().appendToStream(weak, other, { expectedRevision: ANY });
    expect(await idsOf(weak)).toEqual([other.id, other.id]);
  });

  it('a restart after the commit: the caller hears of it as a lost or cancelled call', async () => {
    const stream = newStream();
    standIn().faults.next('append', { kind: 'commit-then', run: () => standIn().restart() });
    const told = await rejection(client().appendToStream(stream, newEvents(1), { expectedRevision: NO_STREAM }));
    expect(['cancelled', 'unavailable']).toContain(Object(told).type);
    expect(await idsOf(stream)).toHaveLength(1);
  });

  it('a subscription ends with an error and does not come back by itself [client Subscription.ts]', async () => {
    const followed = follow(client().subscribeToAll({ fromPosition: END }));
    await followed.until((said) => said.includes('caughtUp'));
    await standIn().restart();
    await followed.until((said) => said.some((word) => word.startsWith('error:')));
    expect(['error:cancelled', 'error:unavailable']).toContain(followed.said().at(-1));
  });

  it('a group goes on at its checkpoint: what was acked behind it is delivered again [server TryMarkCheckpoint]', async () => {
    const bounds = { checkPointAfter: 3_600_000, checkPointLowerBound: 2, checkPointUpperBound: 3 };
    const { join, stream } = await again(() => groupOn(client(), bounds, 6));
    const before = join();
    await before.until((told) => told.length === 6);
    await before.ack(0, 1, 2);
    await before.ack(3, 4);
    // An ack has been sent when it resolves, not heard.
    await vi.waitFor(async () => {
      const { stats } = await client().getPersistentSubscriptionToStreamInfo(stream, 'workers');
      expect(stats).toMatchObject({ lastCheckpointedEventRevision: 2n, totalInFlightMessages: 1 });
    });
    await standIn().restart();
    await before.untilError();
    const after = join();
    await after.until((told) => told.length === 3);
    expect(after.told()).toEqual(['3', '4', '5']);
    await after.stop();
  });

  it('a new leader counts what was parked only when there is a checkpoint; replaying brings all of it [server PersistentSubscription.OnCheckpointLoaded, BeginLoadStats]', async () => {
    for (const [checkPointUpperBound, counted] of [
      [1, 1n],
      [1000, 0n],
    ] as const) {
      const bounds = { checkPointUpperBound, checkPointAfter: 3_600_000 };
      const { join, stream } = await again(() => groupOn(client(), bounds, 1));
      const info = () => client().getPersistentSubscriptionToStreamInfo(stream, 'workers');
      const before = join();
      await before.until((told) => told.length === 1);
      await before.nack(PARK, 0);
      await vi.waitFor(async () => expect((await info()).stats.parkedMessageCount).toBe(1n));
      await standIn().restart();
      expect((await again(info)).stats.parkedMessageCount).toBe(counted);
      await client().replayParkedMessagesToStream(stream, 'workers');
      const after = join();
      await after.until((told) => told.includes('0') && after.deliveries().some(({ link }) => link !== undefined));
      await after.stop();
    }
  });

  it('acks that are lost with their connection: the messages come again, as retries [server PersistentSubscriptions.Read.cs]', async () => {
    const { join } = await again(() => groupOn(client(), {}, 2));
    standIn().faults.next('consume', { kind: 'close-after', events: 2 });
    const cut = join();
    await cut.untilError();
    await cut.ackAll().catch(() => undefined);
    const other = join();
    await other.until((told) => told.length === 2);
    expect(other.told()).toEqual(['0#1', '1#1']);
    await other.stop();
  });

  it('a group from the end without a checkpoint begins at the new end [server PersistentSubscription.OnCheckpointLoaded]', async () => {
    const { join, stream } = await again(() => groupOn(client(), { startFrom: END }));
    await client().appendToStream(stream, newEvents(2));
    await standIn().restart();
    await again(() => client().appendToStream(stream, newEvents(1)));
    const consumer = join();
    await consumer.until((told) => told.length === 1);
    expect(consumer.told()).toEqual(['2']);
    await consumer.stop();
  });
});

describeStandIn(
  'a server ahead of its clients',
  { now: () => Temporal.Now.instant().epochMilliseconds + 60_000 },
  (_standIn, client) => {
    it('refuses every append as late: deadlines are absolute times [Streams.BatchAppend.cs; batchAppend.ts]', async () => {
      const late = client().appendToStream(newStream(), newEvents(1));
      expect(await rejection(late)).toMatchObject({ type: 'deadline-exceeded' });
    });
  },
);

const clock = { now: Temporal.Now.instant().epochMilliseconds };

describeStandIn('the age of events', { now: () => clock.now }, (_standIn, client) => {
  it('$maxAge hides what is older, by the clock of the server [docs, Event streams, Stream metadata]', async () => {
    const stream = newStream();
    await client().appendToStream(stream, newEvents(2));
    await client().setStreamMetadata(stream, { maxAge: 60 });
    clock.now += 60_000;
    expect(await collect(client().readStream(stream))).toHaveLength(2);
    clock.now += 1;
    expect(await rejection(collect(client().readStream(stream)))).toMatchObject({ type: 'stream-not-found' });
  });
});
