import { ANY, END, NO_STREAM } from '@eventstore/db-client';
import { expect, it } from 'vitest';
import { follow } from '../../support/eventstoredb/following.ts';
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
    expect(await collect(client().readStream(stream))).toEqual([]);
  });
});
