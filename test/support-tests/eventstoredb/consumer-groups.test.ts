import {
  PARK,
  persistentSubscriptionToStreamSettingsFromDefaults,
  RETRY,
  SKIP,
  START,
  STOP,
} from '@eventstore/db-client';
import { expect } from 'vitest';
import { consume } from '../../support/eventstoredb/consuming.ts';
import { groupOn } from '../../support/eventstoredb/group-on-stream.ts';
import {
  collect,
  describeRules,
  newEvent,
  newStream,
  rejection,
  rule,
} from '../../support/eventstoredb/server-under-test.ts';

const SOURCE = 'server PersistentSubscription.cs';

describeRules('consumer groups', {}, (client) => {
  rule('creating a group twice is an error', 'server PersistentSubscriptions.Create.cs', async () => {
    const { stream } = await groupOn(client(), {});
    const again = client().createPersistentSubscriptionToStream(
      stream,
      'workers',
      persistentSubscriptionToStreamSettingsFromDefaults(),
    );
    expect(await rejection(again)).toMatchObject({ type: 'persistent-subscription-exists', groupName: 'workers' });
  });

  rule('a group that is not there is told so', 'server PersistentSubscriptions.Read.cs', async () => {
    const consumer = consume(client().subscribeToPersistentSubscriptionToStream(newStream(), 'nobody'));
    await consumer.untilError();
    expect(consumer.errors()).toEqual(['persistent-subscription-does-not-exist']);
    const missing = client().getPersistentSubscriptionToStreamInfo(newStream(), 'nobody');
    expect(await rejection(missing)).toMatchObject({ type: 'persistent-subscription-does-not-exist' });
  });

  rule('info and list tell the settings', 'server PersistentSubscriptions.Info.cs', async () => {
    const { stream } = await groupOn(client(), {
      maxRetryCount: 3,
      messageTimeout: 1234,
      checkPointUpperBound: 7,
      checkPointLowerBound: 2,
    });
    const settings = {
      startFrom: START,
      maxRetryCount: 3,
      messageTimeout: 1234,
      checkPointUpperBound: 7,
      maxSubscriberCount: 'unbounded',
    };
    const info = await client().getPersistentSubscriptionToStreamInfo(stream, 'workers');
    expect(info).toMatchObject({
      eventSource: stream,
      groupName: 'workers',
      settings,
      stats: { parkedMessageCount: 0n },
    });
    const listed = await client().listPersistentSubscriptionsToStream(stream);
    expect(listed).toMatchObject([{ groupName: 'workers', settings }]);
  });

  rule(
    'no more is in flight than the consumer has room for',
    `${SOURCE}, PersistentSubscriptionClient.cs`,
    async () => {
      const { join } = await groupOn(client(), {}, 5);
      const consumer = join(2);
      await consumer.until((told) => told.length === 2);
      await consumer.ack(0);
      await consumer.until((told) => told.length === 3);
      expect(consumer.told()).toEqual(['0', '1', '2']);
      await consumer.stop();
    },
  );

  rule('acks come in any order', `${SOURCE}, AcknowledgeMessagesProcessed`, async () => {
    const { join } = await groupOn(client(), {}, 4);
    const consumer = join(2);
    await consumer.until((told) => told.length === 2);
    await consumer.ack(1, 0);
    await consumer.until((told) => told.length === 4);
    expect(consumer.told()).toEqual(['0', '1', '2', '3']);
    await consumer.stop();
  });

  rule('a retry comes again before later messages, and is counted', 'server StreamBuffer.AddRetry', async () => {
    const { join } = await groupOn(client(), {}, 4);
    const consumer = join(2);
    await consumer.until((told) => told.length === 2);
    await consumer.nack(RETRY, 0);
    await consumer.until((told) => told.length === 3);
    await consumer.ack(1);
    await consumer.until((told) => told.length === 4);
    expect(consumer.told()).toEqual(['0', '1', '0#1', '2']);
    await consumer.stop();
  });

  rule('retries wait in the order of the stream, not of the nacks', 'server StreamBuffer.AddRetry', async () => {
    const { join } = await groupOn(client(), {}, 4);
    const consumer = join(3);
    await consumer.until((told) => told.length === 3);
    await consumer.nack(RETRY, 2, 0, 1);
    await consumer.until((told) => told.length === 6);
    expect(consumer.told().slice(3)).toEqual(['0#1', '1#1', '2#1']);
    await consumer.stop();
  });

  rule(
    'after as many retries as the group allows, a message is parked',
    `${SOURCE}, ActionTakenForRetriedMessage`,
    async () => {
      const { join, stream, parked } = await groupOn(client(), { maxRetryCount: 2 }, 2);
      const consumer = join(1);
      for (const expected of ['0', '0#1', '0#2']) {
        await consumer.until((told) => told.includes(expected));
        await consumer.nack(RETRY, 0);
      }
      await consumer.until((told) => told.includes('1'));
      const links = await collect(client().readStream(parked));
      expect(links.map(({ event }) => [event?.type, Buffer.from(Object(event?.data)).toString()])).toEqual([
        ['$>', `0@${stream}`],
      ]);
      await consumer.stop();
    },
  );

  rule(
    'a message that takes too long since it was pushed is given out again',
    `${SOURCE}, NotifyClockTick`,
    async () => {
      const { join } = await groupOn(client(), { messageTimeout: 100 }, 1);
      const consumer = join();
      await consumer.until((told) => told.includes('0#1'));
      await consumer.ack(0);
      await consumer.stop();
    },
  );

  rule('park parks, skip drops, and stop is as skip', `${SOURCE}, HandleNackedMessage`, async () => {
    const { join, parked } = await groupOn(client(), {}, 4);
    const consumer = join(1);
    await consumer.until((told) => told.includes('0'));
    await consumer.nack(PARK, 0);
    await consumer.until((told) => told.includes('1'));
    await consumer.nack(SKIP, 1);
    await consumer.until((told) => told.includes('2'));
    await consumer.nack(STOP, 2);
    await consumer.until((told) => told.includes('3'));
    expect(consumer.errors()).toEqual([]);
    expect(await collect(client().readStream(parked))).toHaveLength(1);
    await consumer.stop();
  });

  rule(
    'parked messages are put back ahead of new ones, with their links',
    `${SOURCE}, RetryParkedMessages`,
    async () => {
      const { join, stream } = await groupOn(client(), {}, 4);
      const consumer = join(1);
      for (const revision of [0, 1]) {
        await consumer.until((told) => told.includes(String(revision)));
        await consumer.nack(PARK, revision);
      }
      await consumer.until((told) => told.includes('2'));
      await client().replayParkedMessagesToStream(stream, 'workers');
      await consumer.ack(2);
      for (const [revision, seen] of [
        [0, 4],
        [1, 5],
      ] as const) {
        await consumer.until((told) => told.length === seen);
        await consumer.ack(revision);
      }
      await consumer.until((told) => told.length === 6);
      expect(consumer.told()).toEqual(['0', '1', '2', '0', '1', '3']);
      expect(consumer.deliveries()[3]?.link?.type).toBe('$>');
      const { stats } = await client().getPersistentSubscriptionToStreamInfo(stream, 'workers');
      expect(stats.parkedMessageCount).toBe(0n);
      await consumer.stop();
    },
  );

  rule(
    'what a consumer leaves unconfirmed goes to another, counted as a retry',
    `${SOURCE}, RemoveClientByConnectionId`,
    async () => {
      const { join } = await groupOn(client(), {}, 2);
      const first = join();
      await first.until((told) => told.length === 2);
      await first.ack(0);
      await first.stop();
      const second = join();
      await second.until((told) => told.length === 1);
      expect(second.told()).toEqual(['1#1']);
      await second.stop();
    },
  );

  rule(
    'a second message with an id that is in flight is given out too, but nobody waits for it',
    `${SOURCE}, TryPushingMessagesToClients, before OutstandingMessageCache.StartMessage calls it a duplicate`,
    async () => {
      const { join, stream } = await groupOn(client(), { messageTimeout: 100 });
      const twin = newEvent();
      await client().appendToStream(stream, twin, { expectedRevision: 'no_stream' });
      await client().appendToStream(stream, twin, { expectedRevision: 0n });
      await client().appendToStream(stream, newEvent());
      const consumer = join();
      await consumer.until((told) => told.includes('0#1'));
      expect(consumer.told().slice(0, 4)).toEqual(['0', '1', '2', '0#1']);
      expect(consumer.told()).not.toContain('1#1');
      await consumer.stop();
    },
  );

  rule(
    'an update drops the consumers',
    'client docs, Persistent subscriptions: "Updating a subscription group"',
    async () => {
      const { join, stream } = await groupOn(client(), {}, 1);
      const consumer = join();
      await consumer.confirmed;
      const settings = persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: START, maxRetryCount: 1 });
      await client().updatePersistentSubscriptionToStream(stream, 'workers', settings);
      await consumer.untilError();
      expect(consumer.errors()).toEqual(['persistent-subscription-dropped']);
      await client().deletePersistentSubscriptionToStream(stream, 'workers');
      const again = client().deletePersistentSubscriptionToStream(stream, 'workers');
      expect(await rejection(again)).toMatchObject({ type: 'persistent-subscription-does-not-exist' });
    },
  );

  rule('no more consumers than the group allows', 'server PersistentSubscriptionService.cs', async () => {
    const { join } = await groupOn(client(), { maxSubscriberCount: 1 });
    const first = join();
    await first.confirmed;
    const second = join();
    await second.untilError();
    expect(second.errors()).toEqual(['maximum-subscribers-reached']);
    await first.stop();
  });
});
