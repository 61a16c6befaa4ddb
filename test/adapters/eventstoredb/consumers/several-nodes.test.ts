import { describe, expect, it, vi } from 'vitest';
import type { Verdict } from '../../../../src/application/ports/consumer-groups.ts';
import { gate, groupOf, recording } from '../../../contract/consumer-groups/harness.ts';
import { right } from '../../../contract/event-store/harness.ts';
import { makeTestClock } from '../../../support/clock.ts';
import { givenNodes, patience, statusOf } from './nodes.ts';

const numbers = Array.from({ length: 60 }, (_, n) => `${n}`);
const later: Verdict = { type: 'retry', reason: 'not now', afterMs: 60_000 };

describe('a group shared by several nodes (EventStoreDB stand-in)', () => {
  it.each([2, 3])(
    'given %i nodes, then each message is handled once, by one of them, and all get some',
    async (count) => {
      const { node, append } = await givenNodes();
      const nodes = await Promise.all(Array.from({ length: count }, () => node()));
      const recordings = nodes.map(() => recording());
      const consumers = nodes.map(({ start }, index) =>
        start(groupOf({ handle: recordings[index]?.handle ?? (async () => ({ type: 'ack' })) })),
      );
      await Promise.all(consumers.map(({ idle }) => idle()));
      for (const n of numbers) await append(`booking-${Number(n) % 20}`, n);
      await Promise.all(consumers.map(({ idle }) => idle()));

      const handled = recordings.flatMap(({ types }) => types());
      expect(handled.toSorted()).toEqual(numbers.toSorted());
      expect(recordings.map(({ deliveries }) => deliveries.length).every((length) => length > 0)).toBe(true);
    },
  );

  it('given a node that is killed with messages in hand, then another takes them over', async () => {
    const { node, append } = await givenNodes();
    const [dying, living] = [await node(), await node()];
    const stuck = gate();
    const first = recording(async () => {
      await stuck.wait();
      return { type: 'ack' };
    });
    dying.start(groupOf({ handle: first.handle }));
    await append('booking-1', 'A');
    await stuck.reached;
    const second = recording();
    const consumer = living.start(groupOf({ handle: second.handle }));
    await dying.kill();
    await vi.waitFor(() => expect(second.types()).toEqual(['A']), patience);
    expect(second.deliveries[0]?.attempt).toBe(2);
    stuck.open();
    await consumer.idle();
  });

  it('given a message put off by a node that died, when it is due, then another node handles it, attempts counted', async () => {
    const { node, append, typesIn } = await givenNodes();
    const clock = makeTestClock();
    const [dying, living] = [await node({ clock }), await node({ clock })];
    const first = recording(() => later);
    const consumer = dying.start(groupOf({ handle: first.handle }));
    await append('booking-1', 'A');
    await consumer.idle();
    await dying.kill();
    expect(typesIn('waiting-mail')).toEqual(['MessagePutOff']);

    const second = recording();
    const heir = living.start(groupOf({ handle: second.handle }));
    await heir.idle();
    clock.advance(59_999);
    await heir.idle();
    expect(second.types()).toEqual([]);
    clock.advance(1);
    await heir.idle();
    expect(second.deliveries.map(({ event, attempt }) => [event.type, attempt])).toEqual([['A', 2]]);
  });

  it('given two nodes whose timers ring at once, then one of them puts the message back, and it is handled once', async () => {
    const { node, append, typesIn } = await givenNodes();
    const clock = makeTestClock();
    const nodes = [await node({ clock }), await node({ clock })];
    const recorded = recording(({ attempt }) => (attempt === 1 ? later : { type: 'ack' }));
    const consumers = nodes.map(({ start }) => start(groupOf({ handle: recorded.handle })));
    for (const n of numbers) await append(`booking-${n}`, n);
    await Promise.all(consumers.map(({ idle }) => idle()));
    for (const each of nodes) await vi.waitFor(async () => expect((await statusOf(each))?.retrying).toBe(60), patience);

    clock.advance(60_000);
    await vi.waitFor(() => expect(recorded.deliveries).toHaveLength(120), patience);
    await Promise.all(consumers.map(({ idle }) => idle()));
    expect(typesIn('waiting-mail').filter((type) => type === 'MessageDue')).toHaveLength(60);
    expect(recorded.deliveries).toHaveLength(120);
  });

  it('given a message that waits, then later ones of its key wait behind it on every node', async () => {
    const { node, append } = await givenNodes();
    const clock = makeTestClock();
    const nodes = [await node({ clock }), await node({ clock })];
    const recorded = recording(({ event, attempt }) =>
      event.type === 'A1' && attempt === 1 ? later : { type: 'ack' },
    );
    const consumers = nodes.map(({ start }) =>
      start(groupOf({ handle: recorded.handle, keyOf: ({ type }) => type.slice(0, 1) })),
    );
    await append('booking-1', 'A1');
    await Promise.all(consumers.map(({ idle }) => idle()));
    // Other streams, so that they go to either node.
    for (const n of [2, 3, 4, 5]) await append(`booking-${n}`, `A${n}`);
    await append('booking-6', 'B');
    await Promise.all(consumers.map(({ idle }) => idle()));
    expect(recorded.types()).toEqual(['A1', 'B']);
    clock.advance(60_000);
    await Promise.all(consumers.map(({ idle }) => idle()));
    expect(recorded.types()).toEqual(['A1', 'B', 'A1', 'A2', 'A3', 'A4', 'A5']);
  });

  it('given a message that one node parked, then another lists it, and replays it to whoever is there', async () => {
    const { node, append } = await givenNodes();
    const [parking, asking] = [await node(), await node()];
    const recorded = recording(() =>
      recorded.deliveries.length === 1 ? { type: 'park', reason: 'poison' } : { type: 'ack' },
    );
    const consumer = parking.start(groupOf({ handle: recorded.handle }));
    const position = await append('booking-1', 'A');
    await consumer.idle();
    expect(await right(asking.groups.parked())).toMatchObject([
      { group: 'mail', position, reason: 'poison', attempts: 1 },
    ]);
    expect(await right(asking.groups.replayParked('mail'))).toBe(1);
    await consumer.idle();
    expect(recorded.deliveries.map(({ attempt }) => attempt)).toEqual([1, 1]);
    expect(await right(asking.groups.parked('mail'))).toEqual([]);
  });

  it('given one of two parked messages put back by itself on two nodes at once, then it comes once, and the other when all are', async () => {
    const { node, append } = await givenNodes();
    const [working, asking] = [await node(), await node()];
    const recorded = recording(({ event }) =>
      recorded.types().filter((type) => type === event.type).length === 1
        ? { type: 'park', reason: 'poison' }
        : { type: 'ack' },
    );
    const consumer = working.start(groupOf({ handle: recorded.handle }));
    const position = await append('booking-1', 'A');
    await append('booking-2', 'B');
    await consumer.idle();
    const counts = await Promise.all(
      [working, asking].map(({ groups }) => right(groups.replayParked('mail', position))),
    );
    expect(counts.toSorted()).toEqual([0, 1]);
    await consumer.idle();
    expect(recorded.types().toSorted()).toEqual(['A', 'A', 'B']);
    expect(await right(asking.groups.parked('mail'))).toMatchObject([{ type: 'B' }]);
    expect((await statusOf(asking))?.parked).toBe(1);

    expect(await right(asking.groups.replayParked('mail'))).toBe(1);
    await consumer.idle();
    expect(recorded.types().toSorted()).toEqual(['A', 'A', 'B', 'B']);
    expect(await right(asking.groups.parked())).toEqual([]);
  });
});
