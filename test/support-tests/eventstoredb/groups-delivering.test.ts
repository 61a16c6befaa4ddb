import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { END, PARK, RETRY } from '@eventstore/db-client';
import { expect, vi } from 'vitest';
import { groupOnAll, places } from '../../support/eventstoredb/group-on-all.ts';
import {
  collect,
  connectionString,
  describeRules,
  newEvent,
  newEvents,
  newStream,
  rule,
} from '../../support/eventstoredb/server-under-test.ts';
import { endsWithTest } from '../../support/ends-with-test.ts';

const SOURCE = 'server PersistentSubscription.cs';
const CONSUMER = fileURLToPath(new URL('../../support/eventstoredb/consumer-process.ts', import.meta.url));

describeRules('what groups on $all deliver', {}, (client) => {
  rule(
    'a parked message is a link that says why, when, and at which revision',
    'server PersistentSubscriptionMessageParker.cs',
    async () => {
      const { join, stream, parked, info } = await groupOnAll(client());
      await client().appendToStream(stream(), newEvents(2));
      const consumer = join(2);
      await consumer.until((told) => told.length === 2);
      await consumer.nack(PARK, 1);
      await vi.waitFor(async () => expect((await info()).stats.parkedMessageCount).toBe(1n));
      const [link] = await collect(client().readStream(parked));
      expect(link?.event).toMatchObject({ type: '$>', isJson: false });
      expect(Buffer.from(Object(link?.event?.data)).toString()).toBe(`1@${stream()}`);
      // The client shows it as an object, though the link's content is not JSON.
      const { added, ...rest } = Object(link?.event?.metadata);
      expect(rest).toEqual({ reason: "Client explicitly NAK'ed message.\ntold by a test", subscriptionEventNumber: 1 });
      expect(Temporal.Instant.from(added).epochMilliseconds).toBeGreaterThan(0);
      await consumer.stop();
    },
  );

  rule('too many retries park with their number as the reason', `${SOURCE}, ActionTakenForRetriedMessage`, async () => {
    const { join, stream, parked, info } = await groupOnAll(client(), { maxRetryCount: 0 });
    await client().appendToStream(stream(), newEvent());
    const consumer = join(1);
    await consumer.until((told) => told.length === 1);
    await consumer.nack(RETRY, 0);
    await vi.waitFor(async () => expect((await info()).stats.parkedMessageCount).toBe(1n));
    const [link] = await collect(client().readStream(parked));
    expect(link?.event?.metadata).toMatchObject({ reason: 'Reached retry count of 0' });
    await consumer.stop();
  });

  rule('a replay may stop before a revision of the parked stream', `${SOURCE}, RetryParkedMessages`, async () => {
    const { group, join, stream, info } = await groupOnAll(client());
    await client().appendToStream(stream(), newEvents(3));
    const consumer = join(5);
    await consumer.until((told) => told.length === 3);
    await consumer.nack(PARK, 0, 1, 2);
    await vi.waitFor(async () => expect((await info()).stats.parkedMessageCount).toBe(3n));
    await client().replayParkedMessagesToAll(group, { stopAt: 2 });
    await consumer.until((told) => told.length === 5);
    expect(consumer.told()).toEqual(['0', '1', '2', '0', '1']);
    expect((await info()).stats.parkedMessageCount).toBe(1n);
    await client().replayParkedMessagesToAll(group);
    await consumer.until((told) => told.length === 6);
    expect(consumer.told().at(-1)).toBe('2');
    await consumer.stop();
  });

  rule(
    'a replayed message counts its retries from 0, and can be parked again',
    'server OutstandingMessage.ForParkedEvent',
    async () => {
      const { group, join, stream, parked, info } = await groupOnAll(client(), { maxRetryCount: 1 });
      await client().appendToStream(stream(), newEvent());
      const consumer = join();
      await consumer.until((told) => told.length === 1);
      await consumer.nack(RETRY, 0);
      await consumer.until((told) => told.length === 2);
      await consumer.nack(PARK, 0);
      await vi.waitFor(async () => expect((await info()).stats.parkedMessageCount).toBe(1n));
      await client().replayParkedMessagesToAll(group);
      await consumer.until((told) => told.length === 3);
      await consumer.nack(RETRY, 0);
      await consumer.until((told) => told.length === 4);
      expect(consumer.told()).toEqual(['0', '0#1', '0', '0#1']);
      await consumer.nack(RETRY, 0);
      await vi.waitFor(async () => expect((await info()).stats.parkedMessageCount).toBe(1n));
      const links = await collect(client().readStream(parked));
      expect(links.map(({ event }) => Buffer.from(Object(event?.data)).toString())).toEqual([`0@${stream()}`]);
      await consumer.stop();
    },
  );

  rule(
    'a parked message whose event is gone comes back as a link without an event',
    'server ResolvedEvent.ForFailedResolvedLink',
    async () => {
      const { group, join, stream, info } = await groupOnAll(client());
      await client().appendToStream(stream(), newEvent());
      const consumer = join();
      await consumer.until((told) => told.length === 1);
      await consumer.nack(PARK, 0);
      await vi.waitFor(async () => expect((await info()).stats.parkedMessageCount).toBe(1n));
      await client().deleteStream(stream());
      await client().replayParkedMessagesToAll(group);
      await consumer.until((told) => told.length === 2);
      expect(consumer.deliveries()[1]).toMatchObject({ link: { type: '$>' } });
      expect(consumer.deliveries()[1]?.event).toBeUndefined();
      await consumer.stop();
    },
  );

  rule('the time limit runs from the push, for all in flight at once', `${SOURCE}, StartMessage`, async () => {
    const { join, stream } = await groupOnAll(client(), { messageTimeout: 200 });
    await client().appendToStream(stream(), newEvents(2));
    const consumer = join(2);
    await consumer.until((told) => told.length === 2);
    await consumer.until((told) => told.length >= 4);
    expect(consumer.told().slice(0, 4)).toEqual(['0', '1', '0#1', '1#1']);
    await consumer.ack(0, 1);
    await consumer.stop();
  });

  rule('leaving counts as an attempt, but never parks', `${SOURCE}, RemoveClientByCorrelationId`, async () => {
    const { join, stream, info } = await groupOnAll(client(), { maxRetryCount: 1 });
    await client().appendToStream(stream(), newEvent());
    for (const attempt of ['0', '0#1', '0#2', '0#3']) {
      const consumer = join();
      await consumer.until((told) => told.length === 1);
      expect(consumer.told()).toEqual([attempt]);
      await consumer.stop();
    }
    expect((await info()).stats.parkedMessageCount).toBe(0n);
  });

  rule(
    'what a killed process held goes to another at once, in the order of the log and before anything new',
    `${SOURCE}, RemoveClientByCorrelationId`,
    async () => {
      const { group, join, stream } = await groupOnAll(client(), { messageTimeout: 600_000 });
      await client().appendToStream(stream(2), newEvents(1));
      await client().appendToStream(stream(1), newEvents(3));
      const killed = endsWithTest(
        spawn(process.execPath, [CONSUMER, connectionString(), group, '3'], {
          stdio: ['ignore', 'pipe', 'inherit'],
        }),
      );
      await once(killed.stdout, 'data');
      const other = join(10);
      await other.until((told) => told.length === 1);
      expect(places(other)).toEqual([`${stream(1)}@2`]);
      killed.kill('SIGKILL');
      await other.until((told) => told.length === 4);
      expect(places(other).slice(1)).toEqual([`${stream(2)}@0#1`, `${stream(1)}@0#1`, `${stream(1)}@1#1`]);
      await other.stop();
    },
  );
});

describeRules('checkpoints of groups on $all', {}, (client) => {
  rule('what the filter leaves out moves the checkpoint too', `${SOURCE}, HandleSkippedEvents`, async () => {
    const { join, stream, info } = await groupOnAll(client(), { checkPointUpperBound: 4 });
    await client().appendToStream(stream(), newEvent());
    const consumer = join();
    await consumer.until((told) => told.length === 1);
    await consumer.ack(0);
    const elsewhere = newStream();
    await client().appendToStream(elsewhere, newEvents(50));
    const others = (await collect(client().readStream(elsewhere))).map(({ event }) => event?.position?.commit ?? 0n);
    await vi.waitFor(async () => {
      expect(others).toContain((await info()).stats.lastCheckpointedEventPosition?.commit);
    });
    await consumer.stop();
  });

  rule('nothing moves it past a message that is in flight', `${SOURCE}, TryMarkCheckpoint`, async () => {
    const { join, stream, info } = await groupOnAll(client(), { checkPointUpperBound: 1 });
    await client().appendToStream(stream(), newEvents(3));
    const [first] = await collect(client().readStream(stream()));
    const consumer = join();
    await consumer.until((told) => told.length === 3);
    await consumer.ack(0);
    await consumer.ack(2);
    await client().appendToStream(newStream(), newEvents(20));
    await vi.waitFor(async () => expect((await info()).stats.outstandingMessagesCount).toBe(1));
    expect((await info()).stats.lastCheckpointedEventPosition).toEqual(first?.event?.position);
    await consumer.stop();
  });

  rule('with time: not before the lower bound is reached', `${SOURCE}, TryMarkCheckpoint`, async () => {
    const acked = async (checkPointLowerBound: number) => {
      const group = await groupOnAll(client(), { startFrom: END, checkPointAfter: 1, checkPointLowerBound });
      await client().appendToStream(group.stream(), newEvents(2));
      const consumer = group.join(1);
      await consumer.until((told) => told.length === 1);
      await consumer.ack(0);
      await consumer.until((told) => told.length === 2);
      return { ...group, consumer };
    };
    const checkpoint = async ({ info }: Awaited<ReturnType<typeof acked>>) =>
      (await info()).stats.lastCheckpointedEventPosition;
    // Both are looked at in one go, the one that needs two acks first.
    const groups = [await acked(2), await acked(1)] as const;
    await vi.waitFor(async () => expect(await checkpoint(groups[1])).toBeDefined(), { timeout: 4000 });
    expect(await checkpoint(groups[0])).toBeUndefined();
    await groups[0].consumer.ack(1);
    await vi.waitFor(async () => expect(await checkpoint(groups[0])).toBeDefined(), { timeout: 4000 });
    await Promise.all(groups.map(({ consumer }) => consumer.stop()));
  });
});
