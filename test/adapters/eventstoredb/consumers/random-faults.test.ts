import { describe, expect, it, vi } from 'vitest';
import type { Verdict } from '../../../../src/application/ports/consumer-groups.ts';
import { groupOf } from '../../../contract/consumer-groups/harness.ts';
import { right } from '../../../contract/event-store/harness.ts';
import { makeTestClock } from '../../../support/clock.ts';
import { seededRandom } from '../../../support/eventstoredb/seeded-random.ts';
import { givenNodes, statusOf, type TestNode } from './nodes.ts';

const STEPS = 60;
const KEYS = 6;

/** Everything that may happen to a group, in an order that the seed decides; in the end nothing is lost or left over. */
const runOf = async (seed: number): Promise<void> => {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const world = await givenNodes({ seed });
  const clock = makeTestClock();
  const appended = new Set<number>();
  const acked = new Set<number>();
  const said = new Map<number, ReadonlyArray<Verdict['type']>>();

  const verdictOn = (position: number): Verdict => {
    const choice = below(10);
    const type = choice < 5 ? 'ack' : choice < 8 ? 'retry' : choice < 9 ? 'defer' : 'park';
    said.set(position, [...(said.get(position) ?? []), type]);
    const afterMs = [1, 500, 9_000, 30_000, 200_000][below(5)] ?? 1;
    if (type === 'ack') acked.add(position);
    if (type === 'retry') return { type, reason: 'by chance', afterMs };
    return type === 'defer' ? { type, afterMs } : type === 'park' ? { type, reason: 'by chance' } : { type };
  };
  const begin = async (): Promise<TestNode> => {
    const node = await world.node({ clock });
    const handle = async ({ event }: { readonly event: { readonly position: number } }): Promise<Verdict> => {
      if (below(3) === 0) await new Promise((resolve) => setImmediate(resolve));
      return verdictOn(event.position);
    };
    node.start(groupOf({ handle, maxAttempts: 50, maxInFlight: 1 + below(8) }));
    return node;
  };
  const nodes = [await begin(), await begin(), await begin()];

  for (let step = 0; step < STEPS; step += 1) {
    const choice = below(20);
    if (choice < 13) appended.add(await world.append(`booking-${below(KEYS)}`, `${step}`));
    else if (choice < 17) clock.advance(below(70_000));
    else if (choice < 18) world.standIn.faults.next('consume', { kind: 'close-after', events: 1 + below(3) }, 2);
    else if (choice < 19) await world.standIn.restart();
    else {
      const at = below(nodes.length);
      await nodes[at]?.kill();
      nodes[at] = await begin();
    }
  }
  world.standIn.faults.clear();
  const [witness] = nodes;
  if (witness === undefined) throw new Error('three nodes were begun');
  const parked = async (): Promise<ReadonlyArray<number>> =>
    (await right(witness.groups.parked('mail'))).map(({ position }) => position);
  await vi.waitFor(
    async () => {
      clock.advance(60_000);
      const settled = new Set([...acked, ...(await parked())]);
      expect([...appended].filter((position) => !settled.has(position))).toEqual([]);
      expect(await statusOf(witness)).toMatchObject({ retrying: 0 });
    },
    { timeout: 15_000, interval: 30 },
  );
  // What is parked was parked because a node said so.
  const all = await parked();
  expect(new Set(all).size).toBe(all.length);
  expect(all.filter((position) => !said.get(position)?.includes('park'))).toEqual([]);
};

describe('a group on three nodes, under faults by chance (EventStoreDB stand-in)', () => {
  it.each([1, 2, 3, 4])('given seed %i, then every message is settled, and none is left over', runOf);
});
