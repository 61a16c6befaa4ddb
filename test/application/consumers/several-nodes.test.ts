import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSharedConsumers } from '../../../src/adapters/event-store/eventstoredb/shared-consumers.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { makeConsumerGroups, PUBLISH_WATERMARKS_EVERY_MS } from '../../../src/application/consumers/consumer-groups.ts';
import type { ConsumerState } from '../../../src/application/consumers/consumer-state.ts';
import type {
  ConsumerGroup,
  Delivery,
  RunningConsumer,
  Verdict,
} from '../../../src/application/ports/consumer-groups.ts';
import { event, right } from '../../contract/event-store/harness.ts';
import { ack, groupOf, recording } from '../../contract/consumer-groups/harness.ts';
import { makeTestClock, type TestClock } from '../../support/clock.ts';
import { makeMemoryConsumerState } from '../../support/memory-consumer-state.ts';
import { memoryOwnStreams } from '../../support/memory-own-streams.ts';

let store: EventStore;
let clock: TestClock;
let streams: ReturnType<typeof memoryOwnStreams>;
let running: RunningConsumer[];
let problems: string[];
beforeEach(() => {
  [store, clock, streams, running, problems] = [makeMemoryEventStore(), makeTestClock(), memoryOwnStreams(), [], []];
});
afterEach(async () => {
  await Promise.all(running.map((consumer) => consumer.stop()));
});

/** A node with a data folder of its own, on the one log. */
const node = (state: ConsumerState = makeMemoryConsumerState()) => {
  const onProblem = ({ message }: { readonly message: string }): void => void problems.push(message);
  const shared = makeSharedConsumers(streams);
  const groups = makeConsumerGroups({ store, state, clock, random: () => 0.5, shared, onProblem });
  const start = (group: ConsumerGroup): RunningConsumer => {
    const consumer = groups.start(group);
    running.push(consumer);
    return consumer;
  };
  return { groups, start, state };
};
const append = async (stream: string, type: string): Promise<number> => {
  const { length } = await right(store.readStream(stream));
  const expected = length === 0 ? 'no-stream' : length - 1;
  return (await right(store.append({ stream, expected, events: [event(type)] }))).position;
};
const parks = ({ event: { type } }: Delivery): Verdict => (type === 'Poison' ? { type: 'park', reason: 'bad' } : ack);
const positionsOf = async (groups: ReturnType<typeof node>['groups']) =>
  (await right(groups.parked())).map(({ position }) => position);

describe('parked messages of several nodes', () => {
  it('given two nodes park one message, then both list it, once', async () => {
    const position = await append('booking-1', 'Poison');
    const [a, b] = [node(), node()];
    for (const each of [a, b]) await each.start(groupOf({ handle: async (delivery) => parks(delivery) })).idle();
    expect(await positionsOf(a.groups)).toEqual([position]);
    expect(await positionsOf(b.groups)).toEqual([position]);
    expect(await right(b.groups.status())).toMatchObject([{ name: 'mail', parked: 1 }]);
  });

  it('given one node parked it, when another replays it, then that one handles it, and it is on no list', async () => {
    const position = await append('booking-1', 'Poison');
    const [a, b] = [node(), node()];
    await a.start(groupOf({ handle: async (delivery) => parks(delivery) })).idle();
    const { handle, deliveries } = recording();
    const consumer = b.start(groupOf({ handle, standByMs: () => 60_000 }));
    await consumer.idle();
    expect(await right(b.groups.replayParked('mail', position))).toBe(1);
    await consumer.idle();
    expect(deliveries).toMatchObject([{ attempt: 1, replayed: true }]);
    for (const { groups } of [a, b]) expect(await positionsOf(groups)).toEqual([]);
    expect(await right(a.groups.replayParked('mail'))).toBe(0);
  });

  it('given both replay it at once, then one of them has it', async () => {
    await append('booking-1', 'Poison');
    const [a, b] = [node(), node()];
    for (const each of [a, b]) await each.start(groupOf({ handle: async (delivery) => parks(delivery) })).idle();
    await positionsOf(a.groups);
    const taken = await Promise.all([a, b].map(({ groups }) => right(groups.replayParked('mail'))));
    expect(taken.toSorted()).toEqual([0, 1]);
  });

  it('given a replayed message parks again, then it is listed again', async () => {
    const position = await append('booking-1', 'Poison');
    const a = node();
    const consumer = a.start(groupOf({ handle: async (delivery) => parks(delivery) }));
    await consumer.idle();
    expect(await right(a.groups.replayParked('mail'))).toBe(1);
    await consumer.idle();
    expect(await positionsOf(a.groups)).toEqual([position]);
  });

  it('given the log is away, then what is parked is kept by its node and told later', async () => {
    const position = await append('booking-1', 'Poison');
    const [a, b] = [node(), node()];
    const consumer = a.start(groupOf({ handle: async (delivery) => parks(delivery) }));
    await consumer.idle();
    streams.away = true;
    await append('booking-2', 'Poison');
    await consumer.idle();
    await expect.poll(() => problems.length).toBeGreaterThan(0);
    streams.away = false;
    await expect
      .poll(async () => {
        clock.advance(30_000);
        return positionsOf(b.groups);
      })
      .toEqual([position, position + 1]);
  });
});

describe('a node that is new on the log', () => {
  it('given the group runs elsewhere, then a new node has all that is not settled, and nothing older', async () => {
    await append('booking-0', 'Before');
    const a = node();
    const stuck: Verdict = { type: 'retry', reason: 'x', afterMs: 3_600_000 };
    const first = a.start(
      groupOf({ startAt: 'now', handle: async ({ event: { type } }) => (type === 'Open' ? stuck : ack) }),
    );
    await first.idle();
    for (const type of ['Done', 'Open', 'DoneLater']) await append(`booking-${type}`, type);
    await first.idle();
    clock.advance(PUBLISH_WATERMARKS_EVERY_MS);
    await append('booking-4', 'Newest');
    await first.idle();

    const { handle, types } = recording();
    await node()
      .start(groupOf({ startAt: 'now', handle }))
      .idle();
    expect(types()).toEqual(['Open', 'DoneLater', 'Newest']);
  });

  it('given the first node of all begins now, then a second one that comes later begins there too', async () => {
    await append('booking-0', 'Before');
    await node()
      .start(groupOf({ startAt: 'now' }))
      .idle();
    await append('booking-1', 'After');
    const { handle, types } = recording();
    await node()
      .start(groupOf({ startAt: 'now', handle }))
      .idle();
    expect(types()).toEqual(['After']);
  });

  it('given its own data folder, then it goes on where it was, whatever the others have told', async () => {
    const state = makeMemoryConsumerState();
    const first = node(state).start(groupOf());
    await append('booking-1', 'A');
    await first.idle();
    await first.stop();
    running = [];
    const other = node().start(groupOf());
    await append('booking-2', 'B');
    await other.idle();
    clock.advance(PUBLISH_WATERMARKS_EVERY_MS);
    await append('booking-3', 'C');
    await other.idle();
    const { handle, types } = recording();
    await node(state).start(groupOf({ handle })).idle();
    expect(types()).toEqual(['B', 'C']);
  });
});
