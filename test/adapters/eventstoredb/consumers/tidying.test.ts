import * as E from 'fp-ts/lib/Either.js';
import { type EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { describe, expect, it, vi } from 'vitest';
import { makeGroupCalls } from '../../../../src/adapters/eventstoredb/consumers/group-calls.ts';
import { tidyWaiting } from '../../../../src/adapters/eventstoredb/consumers/tidy-waiting.ts';
import { openWaitingStream } from '../../../../src/adapters/eventstoredb/consumers/waiting-stream.ts';
import { ack, gate, groupOf, recording } from '../../../contract/consumer-groups/harness.ts';
import { right } from '../../../contract/event-store/harness.ts';
import { makeTestClock } from '../../../support/clock.ts';
import { givenNodes, patience, type TestNode, type TestNodes } from './nodes.ts';

/** What came and went in the waiting stream. */
const fill = async (client: EventStoreDBClient, events: number): Promise<void> => {
  const gone = Array.from({ length: events }, (_, n) => jsonEvent({ type: 'Remark', data: { n } }));
  await client.appendToStream('waiting-mail', gone);
};

const firstRevision = async ({ db }: TestNode): Promise<number> =>
  (await right(db.ownStreams.read('waiting-mail')))[0]?.revision ?? -1;

/** Settles once the beginning of the stream was cut off, after it grew and the group has settled what there was. */
const untilCut = async ({ operator, checkpoint }: TestNodes, node: TestNode): Promise<void> => {
  const client = operator();
  for (let n = 0; n < 3; n += 1) await fill(client, 300);
  const last = (await right(node.db.ownStreams.read('waiting-mail'))).at(-1)?.position ?? 0;
  await vi.waitFor(async () => expect(await checkpoint('mail')).toBeGreaterThanOrEqual(last), patience);
  await fill(client, 150);
  await vi.waitFor(async () => expect(await firstRevision(node)).toBeGreaterThan(400), patience);
};

const tidied = async (node: TestNode) => {
  const calls = makeGroupCalls(node.db.parts);
  const waiting = openWaitingStream(node.db.ownStreams, 'mail');
  await waiting.readOn();
  return tidyWaiting({ parts: node.db.parts, calls, waiting, group: 'mail' });
};

describe('the stream of messages put off (EventStoreDB stand-in)', () => {
  it('given long ago messages that still wait, when the stream has grown, then its beginning goes and they do not', async () => {
    const world = await givenNodes();
    const clock = makeTestClock();
    const node = await world.node({ clock });
    const recorded = recording(({ attempt }) =>
      attempt === 1 ? { type: 'retry', reason: 'not now', afterMs: 60_000 } : { type: 'ack' },
    );
    const consumer = node.start(groupOf({ handle: recorded.handle }));
    await world.append('booking-1', 'A');
    await consumer.idle();
    await untilCut(world, node);
    await consumer.idle();
    expect(node.problems).toEqual([]);

    await node.kill();
    const { start } = await world.node({ clock });
    const heir = start(groupOf({ handle: recorded.handle }));
    await heir.idle();
    clock.advance(60_000);
    await heir.idle();
    expect(recorded.deliveries.map(({ event, attempt }) => [event.type, attempt])).toEqual([
      ['A', 1],
      ['A', 2],
    ]);
  });

  it('given a parked message put back by itself, when the stream was cut, then its link stays hidden', async () => {
    const world = await givenNodes();
    const node = await world.node();
    const recorded = recording(() =>
      recorded.deliveries.length === 1 ? { type: 'park', reason: 'x' } : { type: 'ack' },
    );
    const consumer = node.start(groupOf({ handle: recorded.handle }));
    const position = await world.append('booking-1', 'A');
    await consumer.idle();
    expect(await right(node.groups.replayParked('mail', position))).toBe(1);
    await untilCut(world, node);
    const other = await world.node();
    expect(await right(other.groups.parked('mail'))).toEqual([]);
    expect(await right(other.groups.replayParked('mail'))).toBe(0);
  });

  it('given a message that waits since lately, when the stream is cut, then not above it', async () => {
    const world = await givenNodes();
    const node = await world.node();
    const consumer = node.start(groupOf({ handle: async () => ({ type: 'defer', afterMs: 600_000 }) }));
    await consumer.idle();
    await fill(world.operator(), 120);
    await world.append('booking-1', 'A');
    await consumer.idle();
    await fill(world.operator(), 120);
    const last = (await right(node.db.ownStreams.read('waiting-mail'))).at(-1)?.position ?? 0;
    await vi.waitFor(async () => expect(await world.checkpoint('mail')).toBeGreaterThanOrEqual(last), patience);
    expect(await tidied(node)).toEqual(E.right(120));
    expect(await firstRevision(node)).toBe(120);
  });

  it('given a message in hand, when the stream is cut, then not above what came after it', async () => {
    const world = await givenNodes();
    const node = await world.node();
    const stuck = gate();
    const handle = async () => {
      await stuck.wait();
      return ack;
    };
    const consumer = node.start(groupOf({ handle }));
    await fill(world.operator(), 60);
    await world.append('booking-1', 'A');
    await stuck.reached;
    await fill(world.operator(), 120);
    expect(E.toUnion(await tidied(node))).toBeLessThan(60);
    stuck.open();
    await consumer.idle();
  });
});
