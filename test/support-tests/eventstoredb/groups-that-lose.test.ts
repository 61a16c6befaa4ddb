import { END, type PersistentSubscriptionToAllSettings, PINNED } from '@eventstore/db-client';
import { expect, it, vi } from 'vitest';
import { groupOnAll, places } from '../../support/eventstoredb/group-on-all.ts';
import { describeStandIn, newEvents, newStream } from '../../support/eventstoredb/server-under-test.ts';

const bounds = { checkPointUpperBound: 5, checkPointAfter: 3_600_000 };

/** The rules of servers whose checkpoints can pass what was never given out, beside those of repaired ones. */
for (const leakyGroups of [true, false]) {
  const name = `groups on $all of a server that ${leakyGroups ? 'may lose' : 'keeps'} messages`;
  describeStandIn(name, { leakyGroups }, (standIn, client) => {
    const prepared = (changes: Partial<PersistentSubscriptionToAllSettings>) =>
      vi.waitFor(() => groupOnAll(client(), { ...bounds, ...changes }));
    const appended = (stream: string, count: number) => client().appendToStream(stream, newEvents(count));
    const checkpointed = async ({ info }: Awaited<ReturnType<typeof prepared>>) => {
      const before = (await info()).stats.lastCheckpointedEventPosition?.commit ?? -1n;
      await appended(newStream(), 5);
      return (await info()).stats.lastCheckpointedEventPosition?.commit !== before;
    };

    it('events that the filter leaves out, while a message waits for a consumer to come [server PersistentSubscription.HandleSkippedEvents]', async () => {
      const group = await prepared({ startFrom: END });
      await appended(group.stream(), 1);
      expect(await checkpointed(group)).toBe(true);
      await standIn().restart();
      await vi.waitFor(() => appended(group.stream(), 2));
      const consumer = group.join();
      await consumer.until((told) => told.includes('2'));
      expect(consumer.told()).toEqual(leakyGroups ? ['1', '2'] : ['0', '1', '2']);
      await consumer.stop();
    });

    it('the first match after a checkpoint that stands at an event of others [server PersistentSubscriptionStreamReader.FetchAllFilteredCompleted]', async () => {
      const group = await prepared({ startFrom: END });
      expect(await checkpointed(group)).toBe(true);
      await appended(group.stream(), 2);
      await standIn().restart();
      await vi.waitFor(group.info);
      const consumer = group.join();
      await consumer.until((told) => told.includes('1'));
      expect(consumer.told()).toEqual(leakyGroups ? ['1'] : ['0', '1']);
      await consumer.stop();
    });

    it('with Pinned, a message whose consumer is full, while others go past it [KurrentDB pull request 5615]', async () => {
      const group = await prepared({ consumerStrategyName: PINNED, checkPointUpperBound: 2 });
      const first = group.join(1);
      await first.confirmed;
      const second = group.join(10);
      await second.confirmed;
      // The first stream goes to the first consumer, the next to the other one.
      await appended(group.stream(1), 2);
      await first.until((told) => told.length === 1);
      await appended(group.stream(2), 3);
      await second.until((told) => told.length === 3);
      await second.ack(0, 1, 2);
      await first.ack(0);
      await first.until((told) => told.length === 2);
      await vi.waitFor(async () => expect((await group.info()).stats.lastCheckpointedEventPosition).toBeDefined());
      await standIn().restart();
      await vi.waitFor(() => appended(group.stream(1), 1));
      const again = group.join();
      await again.until((told) => told.includes('2'));
      expect(places(again).includes(`${group.stream(1)}@1`)).toBe(!leakyGroups);
      await again.stop();
    });
  });
}
