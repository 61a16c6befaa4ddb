import { type EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { describe, expect, it, vi } from 'vitest';
import { MESSAGE_TIMEOUT_MS } from '../../../../src/adapters/eventstoredb/consumers/group-settings.ts';
import { gate, groupOf, recording } from '../../../contract/consumer-groups/harness.ts';
import { makeTestClock } from '../../../support/clock.ts';
import { givenNodes, patience } from './nodes.ts';

const outstanding = async (client: EventStoreDBClient): Promise<number> =>
  (await client.getPersistentSubscriptionToAllInfo('holdfast-mail')).stats.outstandingMessagesCount;

describe('answers to a group that are lost (EventStoreDB stand-in)', () => {
  it('given a message that was put off and comes again, since the answer was lost, then it still waits its time', async () => {
    let slept = 0;
    const { node, append, typesIn } = await givenNodes({ now: () => Temporal.Now.instant().epochMilliseconds + slept });
    const impairment = { losesAcks: true, isQuiet: false };
    const clock = makeTestClock();
    const { start } = await node({ clock, impairment });
    const recorded = recording(({ attempt }) =>
      attempt === 1 ? { type: 'retry', reason: 'x', afterMs: 60_000 } : { type: 'ack' },
    );
    const consumer = start(groupOf({ handle: recorded.handle }));
    await append('booking-1', 'A');
    await vi.waitFor(() => expect(typesIn('waiting-mail')).toEqual(['MessagePutOff']), patience);
    impairment.losesAcks = false;
    slept += MESSAGE_TIMEOUT_MS;
    await consumer.idle();
    expect(recorded.types()).toEqual(['A']);
    clock.advance(60_000);
    await consumer.idle();
    expect(recorded.deliveries.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it('given a line that breaks under a message in hand that is to be tried again, then that is left to whom it goes to', async () => {
    const { node, append, standIn } = await givenNodes();
    const clock = makeTestClock();
    const [first, second] = [await node({ clock }), await node({ clock })];
    standIn.faults.next('consume', { kind: 'close-after', events: 1 });
    standIn.faults.always('consume', { kind: 'answer-never' });
    const stuck = gate();
    const before = recording(async () => {
      await stuck.wait();
      return { type: 'retry', reason: 'x' };
    });
    await append('booking-1', 'A');
    first.start(groupOf({ handle: before.handle }));
    await stuck.reached;
    await vi.waitFor(() => expect(first.problems.join()).toContain('the group was left'), patience);
    stuck.open();
    standIn.faults.clear();
    const after = recording();
    const heir = second.start(groupOf({ handle: after.handle }));
    await vi.waitFor(() => expect(after.types()).toEqual(['A']), patience);
    clock.advance(10_000);
    await heir.idle();
    expect(before.deliveries).toHaveLength(1);
  });

  it('given a put-off whose answer is late, and that was put back meanwhile, then it is handled again, not taken for settled', async () => {
    const { node, append, standIn, typesIn, operator } = await givenNodes();
    const { start } = await node();
    const answered = Promise.withResolvers<void>();
    const recorded = recording(({ attempt }) => {
      if (attempt > 1) return { type: 'ack' };
      standIn.faults.next('append', { kind: 'hold', until: answered.promise });
      return { type: 'retry', reason: 'x', afterMs: 3_600_000 };
    });
    const consumer = start(groupOf({ handle: recorded.handle }));
    await consumer.idle();
    const position = await append('booking-1', 'A');
    await vi.waitFor(() => expect(typesIn('waiting-mail')).toEqual(['MessagePutOff']), patience);
    const data = { position, stream: 'booking-1', revision: 0, key: 'booking-1', attempts: 1, reason: 'x' };
    await operator().appendToStream('waiting-mail', jsonEvent({ type: 'MessageDue', data }));
    await vi.waitFor(async () => expect(await outstanding(operator())).toBe(2), patience);
    answered.resolve();
    await consumer.idle();
    expect(recorded.deliveries.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });
});
