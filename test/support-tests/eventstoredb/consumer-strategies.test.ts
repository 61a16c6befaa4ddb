import {
  binaryEvent,
  PINNED,
  persistentSubscriptionToAllSettingsFromDefaults,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import { expect } from 'vitest';
import { type Consuming, consume, type Delivery } from '../../support/eventstoredb/consuming.ts';
import { groupOnAll } from '../../support/eventstoredb/group-on-all.ts';
import { groupOn } from '../../support/eventstoredb/group-on-stream.ts';
import { describeRules, newEvent, newEvents, newStream, rule } from '../../support/eventstoredb/server-under-test.ts';

const linkTo = (stream: string, revision: number) =>
  binaryEvent({ type: '$>', data: Buffer.from(`${revision}@${stream}`) });

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

  rule(
    'dispatch to single stays with the one that it moved on to',
    'server DispatchToSinglePersistentSubscriptionConsumerStrategy.cs, a queue that turns when its head is full',
    async () => {
      const { join, stream } = await groupOn(client(), { consumerStrategyName: 'DispatchToSingle' });
      const first = join(1);
      await first.confirmed;
      const second = join(5);
      await second.confirmed;
      await client().appendToStream(stream, newEvents(2));
      await second.until((told) => told.length === 1);
      await first.ack(0);
      await client().appendToStream(stream, newEvents(2));
      await second.until((told) => told.length === 3);
      expect(first.told()).toEqual(['0']);
      await Promise.all([first.stop(), second.stop()]);
    },
  );

  rule(
    'a pinned stream moves when its consumer goes, and some move when one comes',
    'server PinnedConsumerState.cs, AddNode and DisconnectNode',
    async () => {
      const { join, stream } = await groupOnAll(client(), { consumerStrategyName: PINNED });
      const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
      const append = () => Promise.all(numbers.map((number) => client().appendToStream(stream(number), newEvent())));
      const streamsOf = (consumer: Consuming, from: number) =>
        new Set(
          consumer
            .deliveries()
            .slice(from)
            .map(({ event }) => event?.streamId),
        );
      const first = join(50);
      await first.confirmed;
      await append();
      await first.until((told) => told.length === 8);
      await first.ackAll();
      const second = join(50);
      await second.confirmed;
      await append();
      const all = () => first.told().length - 8 + second.told().length === 8;
      await Promise.race([first.until(all), second.until(all)]);
      const [kept, moved] = [streamsOf(first, 8), streamsOf(second, 0)];
      expect(kept.isDisjointFrom(moved)).toBe(true);
      expect(Math.min(kept.size, moved.size)).toBeGreaterThan(1);
      await first.stop();
      await second.until((told) => told.length === 8);
      expect(streamsOf(second, moved.size)).toEqual(kept);
      await second.stop();
    },
  );

  rule(
    'a link is pinned by the stream that it points at, resolved or not',
    'server PinnablePersistentSubscriptionConsumerStrategy.cs, GetSourceStreamId',
    async () => {
      for (const resolveLinkTos of [true, false]) {
        const targets = [newStream(), newStream(), newStream(), newStream()];
        for (const target of targets) await client().appendToStream(target, newEvents(2));
        const { join, stream } = await groupOn(client(), { consumerStrategyName: PINNED, resolveLinkTos });
        const consumers = [join(), join()];
        await Promise.all(consumers.map(({ confirmed }) => confirmed));
        for (const revision of [0, 1])
          await client().appendToStream(
            stream,
            targets.map((to) => linkTo(to, revision)),
          );
        const pointedAt = ({ event, link }: Delivery) =>
          Buffer.from(Object((link ?? event)?.data))
            .toString()
            .split('@')[1];
        const seen = () => consumers.flatMap(({ deliveries }) => deliveries().map(pointedAt));
        await Promise.race(consumers.map(({ until }) => until(() => seen().length === 8)));
        const [first = new Set(), second = new Set()] = consumers.map(
          ({ deliveries }) => new Set(deliveries().map(pointedAt)),
        );
        expect(first.isDisjointFrom(second)).toBe(true);
        expect(Math.min(first.size, second.size)).toBeGreaterThan(0);
        await Promise.all(consumers.map(({ stop }) => stop()));
      }
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
