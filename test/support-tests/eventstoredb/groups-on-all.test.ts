import {
  END,
  persistentSubscriptionToAllSettingsFromDefaults,
  persistentSubscriptionToStreamSettingsFromDefaults,
  START,
} from '@eventstore/db-client';
import { expect, vi } from 'vitest';
import { groupOnAll, places } from '../../support/eventstoredb/group-on-all.ts';
import {
  collect,
  describeRules,
  newEvent,
  newEvents,
  newStream,
  rejection,
  rule,
} from '../../support/eventstoredb/server-under-test.ts';

const SERVICE = 'server PersistentSubscriptionService.cs';

describeRules('groups on $all', {}, (client) => {
  rule(
    'several prefixes are one filter, and are kept by an update',
    `${SERVICE}, UpdatePersistentSubscription`,
    async () => {
      const { group, settings, join, stream } = await groupOnAll(client());
      await client().appendToStream(stream(1, 'a'), newEvent());
      await client().appendToStream(newStream(), newEvents(3));
      await client().updatePersistentSubscriptionToAll(group, { ...settings, maxRetryCount: 2 });
      await client().appendToStream(stream(2, 'b'), newEvent());
      const consumer = join();
      await consumer.until((told) => told.length === 2);
      expect(places(consumer)).toEqual([`${stream(1, 'a')}@0`, `${stream(2, 'b')}@0`]);
      await consumer.stop();
    },
  );

  rule('a position to start from is inclusive', 'server ReaderIndex ReadAllEventsForward', async () => {
    const at = newStream();
    await client().appendToStream(at, newEvents(2));
    const [, second] = await collect(client().readStream(at));
    const { stream, join, info } = await groupOnAll(client(), { startFrom: second?.event?.position ?? START });
    await client().appendToStream(stream(), newEvents(2));
    const middle = (await collect(client().readStream(stream())))[1]?.event?.position;
    expect((await info()).settings.startFrom).toEqual(second?.event?.position);
    const settings = persistentSubscriptionToAllSettingsFromDefaults({ startFrom: middle ?? START });
    const unfiltered = newStream('group');
    await client().createPersistentSubscriptionToAll(unfiltered, settings);
    const whole = client().subscribeToPersistentSubscriptionToAll(unfiltered);
    for await (const { event } of whole) {
      expect([event?.streamId, event?.revision]).toEqual([stream(), 1n]);
      break;
    }
    await client().deletePersistentSubscriptionToAll(unfiltered);
    const consumer = join();
    await consumer.until((told) => told.length === 2);
    await consumer.stop();
  });

  rule(
    'from the end: only what comes after the creation',
    'server PersistentSubscription.OnCheckpointLoaded',
    async () => {
      const { group, settings, stream, info } = await groupOnAll(client());
      await client().appendToStream(stream(), newEvents(2));
      await client().deletePersistentSubscriptionToAll(group);
      const again = await groupOnAll(client(), { ...settings, startFrom: END });
      await client().appendToStream(again.stream(), newEvent());
      const consumer = again.join();
      await consumer.until((told) => told.length === 1);
      expect(places(consumer)).toEqual([`${again.stream()}@0`]);
      expect(await again.info()).toMatchObject({ settings: { startFrom: END }, status: 'Live' });
      expect(await rejection(info())).toMatchObject({ type: 'persistent-subscription-does-not-exist' });
      await consumer.stop();
    },
  );

  rule('"exists" comes with the names, whatever the settings', `${SERVICE}, TryCreateSubscriptionGroup`, async () => {
    const { group, settings } = await groupOnAll(client());
    const again = client().createPersistentSubscriptionToAll(group, { ...settings, maxRetryCount: 1 });
    expect(await rejection(again)).toMatchObject({
      type: 'persistent-subscription-exists',
      streamName: '$all',
      groupName: group,
    });
  });

  rule('what is not there can be neither updated, nor deleted, nor replayed', SERVICE, async () => {
    const settings = persistentSubscriptionToAllSettingsFromDefaults();
    const missing = { type: 'persistent-subscription-does-not-exist', streamName: '$all', groupName: 'nobody' };
    expect(await rejection(client().updatePersistentSubscriptionToAll('nobody', settings))).toMatchObject(missing);
    expect(await rejection(client().deletePersistentSubscriptionToAll('nobody'))).toMatchObject(missing);
    expect(await rejection(client().replayParkedMessagesToAll('nobody'))).toMatchObject(missing);
  });

  rule('settings that cannot be are refused', `${SERVICE}, ValidateStartFrom; PersistentSubscription.cs`, async () => {
    const { settings } = await groupOnAll(client());
    const refused = [
      { startFrom: { commit: 1n, prepare: 2n } },
      { startFrom: { commit: 2n ** 60n, prepare: 2n ** 60n } },
      { readBatchSize: 500, historyBufferSize: 500 },
    ];
    for (const changes of refused) {
      const creating = client().createPersistentSubscriptionToAll(newStream('group'), { ...settings, ...changes });
      expect(await rejection(creating)).toMatchObject({ type: 'persistent-subscription-failed' });
    }
  });

  rule(
    'info tells settings, counts, places and connections; the filter it does not tell',
    'server PersistentSubscriptionStats.cs, PersistentSubscriptions.Info.cs',
    async () => {
      const { group, stream, join, info } = await groupOnAll(client(), {
        checkPointUpperBound: 1,
        messageTimeout: 5000,
      });
      await client().appendToStream(stream(), newEvents(5));
      const recorded = await collect(client().readStream(stream()));
      const [first, , , , last] = recorded.map(({ event }) => event?.position);
      const consumer = join(2);
      await consumer.until((told) => told.length === 2);
      await consumer.ack(0);
      await consumer.until((told) => told.length === 3);
      await vi.waitFor(async () => {
        expect((await info()).stats.lastCheckpointedEventPosition).toEqual(first);
      });
      const told = await info();
      expect(told).toMatchObject({
        eventSource: '$all',
        groupName: group,
        settings: {
          startFrom: START,
          messageTimeout: 5000,
          checkPointUpperBound: 1,
          consumerStrategyName: 'RoundRobin',
        },
        stats: {
          totalItems: 3n,
          readBufferCount: 2,
          retryBufferCount: 0,
          totalInFlightMessages: 2,
          outstandingMessagesCount: 2,
          parkedMessageCount: 0n,
          lastKnownEventPosition: last,
        },
        connections: [
          { connectionName: client().connectionName, availableSlots: 0, inFlightMessages: 2, totalItems: 3n },
        ],
      });
      expect(JSON.stringify(Object.keys(told.settings))).not.toContain('filter');
      await consumer.stop();
    },
  );

  rule('before anything came, the places are unknown', 'server PersistentSubscriptionStats.cs', async () => {
    const { stats, connections } = await (await groupOnAll(client(), { startFrom: END })).info();
    expect(stats.lastCheckpointedEventPosition).toBeUndefined();
    expect(stats.lastKnownEventPosition).toBeUndefined();
    expect(connections).toEqual([]);
  });

  rule('groups are listed, of $all and of everything', 'server PersistentSubscriptions.Info.cs, List', async () => {
    const { group } = await groupOnAll(client());
    const named = expect.arrayContaining([expect.objectContaining({ groupName: group, eventSource: '$all' })]);
    expect(await client().listPersistentSubscriptionsToAll()).toEqual(named);
    expect(await client().listAllPersistentSubscriptions()).toEqual(named);
  });

  rule(
    'a stream that lost its last group lists none; one that never had any is unknown',
    `${SERVICE}, GetStreamPersistentSubscriptionStats`,
    async () => {
      const stream = newStream();
      expect(await rejection(client().listPersistentSubscriptionsToStream(stream))).toMatchObject({
        type: 'persistent-subscription-does-not-exist',
      });
      const settings = persistentSubscriptionToStreamSettingsFromDefaults();
      await client().createPersistentSubscriptionToStream(stream, 'workers', settings);
      await client().deletePersistentSubscriptionToStream(stream, 'workers');
      expect(await client().listPersistentSubscriptionsToStream(stream)).toEqual([]);
    },
  );

  rule(
    '$all does not show what groups on $all write of themselves',
    'server EventFilter.cs, DefaultAllFilterStrategy',
    async () => {
      const { join, stream, parked } = await groupOnAll(client(), { checkPointUpperBound: 1 });
      await client().appendToStream(stream(), newEvents(2));
      const consumer = join(1);
      await consumer.until((told) => told.includes('0'));
      await consumer.nack('park', 0);
      await consumer.until((told) => told.includes('1'));
      expect(await collect(client().readStream(parked))).toHaveLength(1);
      const all = await collect(client().readAll());
      expect(all.filter(({ event }) => event?.streamId.startsWith('$persistentsubscription-$all::'))).toEqual([]);
      await consumer.stop();
    },
  );
});
