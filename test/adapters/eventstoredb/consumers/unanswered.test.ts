import { describe, expect, it, vi } from 'vitest';
import { MAX_RETRY_COUNT, MESSAGE_TIMEOUT_MS } from '../../../../src/adapters/eventstoredb/consumers/group-settings.ts';
import { gate, groupOf, recording } from '../../../contract/consumer-groups/harness.ts';
import { right } from '../../../contract/event-store/harness.ts';
import { makeTestClock } from '../../../support/clock.ts';
import { givenNodes, patience, statusOf } from './nodes.ts';

const STOP_MS = 5_000;

/** A server whose time can be put forward, and with it the timeouts of messages. */
const givenTime = async () => {
  let slept = 0;
  const world = await givenNodes({ now: () => Temporal.Now.instant().epochMilliseconds + slept });
  const sleep = (ms: number): void => {
    slept += ms;
  };
  return { ...world, sleep };
};

describe('messages that nobody answers for (EventStoreDB stand-in)', () => {
  it('given a handler that never ends, then the server parks the message, and it is listed and comes again by its position', async () => {
    const { node, append, sleep } = await givenTime();
    const { start, groups } = await node();
    const stuck = gate();
    const recorded = recording(async () => {
      if (recorded.deliveries.length === 1) await stuck.wait();
      return { type: 'ack' };
    });
    const consumer = start(groupOf({ handle: recorded.handle, keyOf: ({ type }) => type }));
    const position = await append('booking-1', 'Slow');
    await stuck.reached;
    await vi.waitFor(async () => {
      sleep(MESSAGE_TIMEOUT_MS);
      expect(await right(groups.parked('mail'))).toHaveLength(1);
    }, patience);
    expect(await right(groups.parked('mail'))).toMatchObject([
      {
        group: 'mail',
        position,
        stream: 'booking-1',
        type: 'Slow',
        attempts: MAX_RETRY_COUNT + 1,
        reason: `Reached retry count of ${MAX_RETRY_COUNT}`,
      },
    ]);
    // It came again and again to the node that had it in hand: one message all the while.
    expect(recorded.deliveries).toHaveLength(1);
    stuck.open();
    await consumer.idle();
    expect(await right(groups.replayParked('mail', position))).toBe(1);
    await consumer.idle();
    expect(recorded.deliveries.map(({ event, attempt }) => [event.type, attempt])).toEqual([
      ['Slow', 1],
      ['Slow', 1],
    ]);
  });

  it('given one that was put off before, when the server parks it, then it is told apart, and comes again with all', async () => {
    const { node, append, sleep } = await givenTime();
    const clock = makeTestClock();
    const { start, groups } = await node({ clock });
    const stuck = gate();
    const recorded = recording(async ({ attempt }) => {
      if (attempt === 1 && recorded.deliveries.length === 1) return { type: 'retry', reason: 'x', afterMs: 60_000 };
      if (recorded.deliveries.length === 2) await stuck.wait();
      return { type: 'ack' };
    });
    const consumer = start(groupOf({ handle: recorded.handle }));
    const position = await append('booking-1', 'Slow');
    await consumer.idle();
    clock.advance(60_000);
    await stuck.reached;
    await vi.waitFor(async () => {
      sleep(MESSAGE_TIMEOUT_MS);
      expect(await right(groups.parked('mail'))).toHaveLength(1);
    }, patience);
    expect(await right(groups.parked('mail'))).toMatchObject([
      { position, stream: 'booking-1', type: 'Slow', attempts: 1 + MAX_RETRY_COUNT + 1 },
    ]);
    stuck.open();
    await consumer.idle();
    expect(await right(groups.replayParked('mail'))).toBe(1);
    await consumer.idle();
    expect(recorded.deliveries.map(({ attempt }) => attempt)).toEqual([1, 2, 1]);
    expect(await right(groups.parked())).toEqual([]);
  });

  it('given messages that wait for their key too long, then they are put off, and the server repeats none', async () => {
    const { node, append, typesIn } = await givenTime();
    const clock = makeTestClock();
    const { start } = await node({ clock });
    const stuck = gate();
    const recorded = recording(async ({ event }) => {
      if (event.type === 'A') await stuck.wait();
      return { type: 'ack' };
    });
    const consumer = start(groupOf({ handle: recorded.handle }));
    for (const type of ['A', 'B', 'C']) await append('booking-1', type);
    await stuck.reached;
    await vi.waitFor(async () => {
      clock.advance(60_000);
      expect(typesIn('waiting-mail').filter((type) => type === 'MessagePutOff').length).toBeGreaterThanOrEqual(2);
    }, patience);
    stuck.open();
    await vi.waitFor(() => {
      clock.advance(1000);
      expect(recorded.types()).toEqual(['A', 'B', 'C']);
    }, patience);
    await consumer.idle();
    expect(recorded.deliveries.map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
  });

  it('given a server that is gone in the middle of a message to be put off, then a stop does not wait for it', async () => {
    const { node, append, standIn } = await givenTime();
    const { start, db } = await node();
    const stuck = gate();
    const handle = async () => {
      await stuck.wait();
      return { type: 'retry', reason: 'x', afterMs: 60_000 } as const;
    };
    const consumer = start(groupOf({ handle }));
    await append('booking-1', 'A');
    await stuck.reached;
    standIn.faults.always('append', { kind: 'answer-never' });
    standIn.faults.always('manage', { kind: 'answer-never' });
    standIn.faults.always('read', { kind: 'answer-never' });
    stuck.open();
    const begun = db.parts.clock.now();
    await consumer.stop();
    expect(db.parts.clock.now() - begun).toBeLessThan(STOP_MS);
  });

  it('given messages held here for another attempt, then they count as retrying, and nothing is behind', async () => {
    const { node, append } = await givenTime();
    const clock = makeTestClock();
    const asked = await node({ clock });
    const consumer = asked.start(groupOf({ handle: async () => ({ type: 'retry', reason: 'x' }), maxAttempts: 9 }));
    const head = await append('booking-1', 'A');
    await consumer.idle();
    expect(await statusOf(asked)).toEqual({ name: 'mail', checkpoint: head, head, retrying: 1, parked: 0 });
  });
});
