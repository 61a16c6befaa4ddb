import { persistentSubscriptionToAllSettingsFromDefaults, START } from '@eventstore/db-client';
import { describe, expect, it, vi } from 'vitest';
import { groupOf, recording } from '../../../contract/consumer-groups/harness.ts';
import { makeTestClock } from '../../../support/clock.ts';
import { givenNodes, patience } from './nodes.ts';

describe('the persistent subscription of a group (EventStoreDB stand-in)', () => {
  it('given no group, when started, then it is there, with its settings, and the second node finds them right', async () => {
    const { node, operator } = await givenNodes();
    const [first, second] = [await node(), await node()];
    await Promise.all([first, second].map(({ start }) => start(groupOf()).idle()));
    const { settings, connections } = await operator().getPersistentSubscriptionToAllInfo('holdfast-mail');
    expect(settings).toMatchObject({
      messageTimeout: 120_000,
      maxRetryCount: 10,
      checkPointLowerBound: 1,
      checkPointUpperBound: 200,
      consumerStrategyName: 'Pinned',
      startFrom: START,
    });
    expect(connections).toHaveLength(2);
    expect([first.problems, second.problems]).toEqual([[], []]);
  });

  it('given other settings, when started, then they are set right, said, and nothing before its start is handed out', async () => {
    const { node, append, operator } = await givenNodes();
    const old = await append('booking-1', 'Old');
    const startFrom = { commit: BigInt(old), prepare: BigInt(old) };
    const others = persistentSubscriptionToAllSettingsFromDefaults({ startFrom, messageTimeout: 1000 });
    const client = operator();
    await client.createPersistentSubscriptionToAll('holdfast-mail', others);
    const { start, problems } = await node();
    const recorded = recording();
    const consumer = start(groupOf({ handle: recorded.handle }));
    await append('booking-1', 'New');
    await consumer.idle();
    const { settings } = await client.getPersistentSubscriptionToAllInfo('holdfast-mail');
    expect(settings).toMatchObject({ messageTimeout: 120_000, consumerStrategyName: 'Pinned', startFrom });
    expect(problems.join()).toContain('messageTimeout was 1000 and is now 120000');
    expect(recorded.deliveries.map(({ event, since }) => [event.type, since])).toEqual([['New', old]]);
  });

  it('given a group that starts now, then each delivery says after which position it began', async () => {
    const { node, append } = await givenNodes();
    const head = await append('booking-1', 'Old');
    const { start } = await node();
    const recorded = recording();
    const consumer = start(groupOf({ handle: recorded.handle, startAt: 'now' }));
    await consumer.idle();
    await append('booking-1', 'New');
    await consumer.idle();
    expect(recorded.deliveries.map(({ event, since }) => [event.type, since])).toEqual([['New', head]]);
  });

  it('given groups whose names begin alike, then what one puts off is no message of the other', async () => {
    const { node, append, typesIn } = await givenNodes();
    const clock = makeTestClock();
    const { start } = await node({ clock });
    const [short, long] = [recording(), recording(() => ({ type: 'retry', reason: 'x', afterMs: 60_000 }))];
    const consumers = [
      start(groupOf({ name: 'mail', handle: short.handle })),
      start(groupOf({ name: 'mail-guests', handle: long.handle })),
    ];
    await append('booking-1', 'A');
    await Promise.all(consumers.map(({ idle }) => idle()));
    expect(typesIn('waiting-mail-guests')).toEqual(['MessagePutOff']);
    clock.advance(60_000);
    await Promise.all(consumers.map(({ idle }) => idle()));
    expect(long.types()).toEqual(['A', 'A']);
    expect(short.types()).toEqual(['A']);
  });

  it('given a user who may read all and manage nothing, then the operator is told what is missing', async () => {
    const users = [
      { name: 'admin', password: 'changeit', groups: ['$admins'] },
      { name: 'ops', password: 'changeit', groups: ['$ops'] },
    ];
    const { node, standIn } = await givenNodes({ secure: true, users });
    const { start, problems } = await node();
    standIn.faults.always('manage', { kind: 'refuse', as: 'access-denied' });
    start(groupOf());
    await vi.waitFor(
      () =>
        expect(problems.join()).toMatch(/mail: the group was left: .*denies access.*need a user of \$ops or \$admins/),
      patience,
    );
  });

  it('given a group that an operator deletes, then it is made again, and said to have been left', async () => {
    const { node, append, operator } = await givenNodes();
    const { start, problems } = await node();
    const recorded = recording();
    const consumer = start(groupOf({ handle: recorded.handle, startAt: 'now' }));
    await consumer.idle();
    await operator().deletePersistentSubscriptionToAll('holdfast-mail');
    await vi.waitFor(() => expect(problems).toHaveLength(1), patience);
    await consumer.idle();
    await append('booking-1', 'A');
    await consumer.idle();
    expect(recorded.types()).toEqual(['A']);
  });
});
