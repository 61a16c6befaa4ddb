import {
  PINNED,
  persistentSubscriptionToAllSettingsFromDefaults,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import { expect } from 'vitest';
import { consume } from '../../support/eventstoredb/consuming.ts';
import { groupOn } from '../../support/eventstoredb/group-on-stream.ts';
import { describeRules, newEvents, newStream, rule } from '../../support/eventstoredb/server-under-test.ts';

describeRules('consumer strategies and groups on $all', {}, (client) => {
  rule('round robin takes turns', 'server RoundRobinPersistentSubscriptionConsumerStrategy.cs', async () => {
    const { join, stream } = await groupOn(client(), { consumerStrategyName: 'RoundRobin' });
    const consumers = [join(), join()];
    await Promise.all(consumers.map(({ confirmed }) => confirmed));
    await client().appendToStream(stream, newEvents(4));
    await Promise.all(consumers.map(({ until }) => until((told) => told.length === 2)));
    expect(consumers.flatMap(({ told }) => told()).toSorted()).toEqual(['0', '1', '2', '3']);
    await Promise.all(consumers.map(({ stop }) => stop()));
  });

  rule(
    'dispatch to single fills one consumer, then the next',
    'server DispatchToSinglePersistentSubscriptionConsumerStrategy.cs',
    async () => {
      const { join, stream } = await groupOn(client(), { consumerStrategyName: 'DispatchToSingle' });
      const first = join(3);
      await first.confirmed;
      const second = join(3);
      await second.confirmed;
      await client().appendToStream(stream, newEvents(4));
      const both = () => [first.told().length, second.told().length].toSorted();
      await Promise.all([first.until((told) => told.length >= 1), second.until((told) => told.length >= 1)]);
      await Promise.race([first.until((told) => told.length === 3), second.until((told) => told.length === 3)]);
      expect(both()).toEqual([1, 3]);
      await Promise.all([first.stop(), second.stop()]);
    },
  );

  rule(
    'pinned keeps the events of one stream with one consumer',
    'server PinnablePersistentSubscriptionConsumerStrategy.cs',
    async () => {
      const category = newStream();
      const streams = [1, 2, 3, 4, 5, 6].map((number) => `${category}${number}`);
      const settings = persistentSubscriptionToAllSettingsFromDefaults({
        startFrom: START,
        consumerStrategyName: PINNED,
      });
      const filter = streamNameFilter({ prefixes: [category] });
      await client().createPersistentSubscriptionToAll(category, settings, { filter });
      const join = () => consume(client().subscribeToPersistentSubscriptionToAll(category, { bufferSize: 50 }));
      const consumers = [join(), join()];
      await Promise.all(consumers.map(({ confirmed }) => confirmed));
      for (const stream of streams) await client().appendToStream(stream, newEvents(3));
      const streamsOf = (consumer: (typeof consumers)[number]) =>
        consumer.deliveries().map(({ event }) => event?.streamId ?? '');
      const all = () => consumers.flatMap(streamsOf).length === 18;
      await Promise.race(consumers.map(({ until }) => until(all)));
      const [first = new Set(), second = new Set()] = consumers.map((consumer) => new Set(streamsOf(consumer)));
      expect([...first].filter((stream) => second.has(stream))).toEqual([]);
      expect(first.size + second.size).toBe(6);
      expect(Math.min(first.size, second.size)).toBeGreaterThan(0);
      await Promise.all(consumers.map(({ stop }) => stop()));
      await client().deletePersistentSubscriptionToAll(category);
    },
  );

  rule('a group on $all keeps to its filter', 'server PersistentSubscriptions.Create.cs', async () => {
    const stream = newStream();
    const filter = streamNameFilter({ prefixes: [stream] });
    const settings = persistentSubscriptionToAllSettingsFromDefaults({ startFrom: START });
    await client().createPersistentSubscriptionToAll(stream, settings, { filter });
    await client().appendToStream(newStream(), newEvents(3));
    await client().appendToStream(stream, newEvents(2));
    const consumer = consume(client().subscribeToPersistentSubscriptionToAll(stream));
    await consumer.until((told) => told.length === 2);
    expect(consumer.deliveries().map(({ event }) => event?.streamId)).toEqual([stream, stream]);
    const info = await client().getPersistentSubscriptionToAllInfo(stream);
    expect(info).toMatchObject({ eventSource: '$all', settings: { startFrom: START } });
    await consumer.stop();
    await client().deletePersistentSubscriptionToAll(stream);
  });
});
