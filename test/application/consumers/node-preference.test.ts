import { describe, expect, it } from 'vitest';
import { makeNodePreference, singleNode, nodesBefore } from '../../../src/application/consumers/node-preference.ts';
import { makeTestClock } from '../../support/clock.ts';

const LEASE_MS = 10_000;
const NODES = ['node-a', 'node-b', 'node-c'];
const keys = Array.from({ length: 3_000 }, (_, index) => `booking${index}`);
const clock = makeTestClock();
const preferenceOf = (node: string, known = NODES) =>
  makeNodePreference({ leasing: { node, leaseMs: LEASE_MS }, clock, known });
const rankOf = (node: string, nodes: ReadonlyArray<string>, key: string) => nodesBefore(node, nodes, key).length;

/** The first key for which these nodes come in this order. */
const keyFor = (...order: ReadonlyArray<string>): string => {
  const found = keys.find((key) => order.every((node, rank) => rankOf(node, NODES, key) === rank));
  if (found === undefined) throw new Error(`no key has the order ${order.join(', ')}`);
  return found;
};
const leasedBy = (node: string) => ({ type: 'EffectLeased', data: { node } });

describe('which node goes first', () => {
  it('given three nodes, then each key has an order of them, and each node is first for a third', () => {
    const firsts = new Map(NODES.map((node) => [node, 0]));
    for (const key of keys) {
      const ranks = NODES.map((node) => rankOf(node, NODES, key));
      expect(ranks.toSorted()).toEqual([0, 1, 2]);
      const first = NODES[ranks.indexOf(0)] ?? '';
      firsts.set(first, (firsts.get(first) ?? 0) + 1);
    }
    for (const count of firsts.values()) expect(Math.abs(count / keys.length - 1 / 3)).toBeLessThan(0.04);
  });

  it('given a node leaves, then only its keys go to others', () => {
    const others = ['node-a', 'node-b'];
    for (const key of keys) {
      const before = NODES.find((node) => rankOf(node, NODES, key) === 0);
      if (before === 'node-c') continue;
      expect(others.find((node) => rankOf(node, others, key) === 0)).toBe(before);
    }
  });

  it('then the second stands by for a fifth of a lease, the third for twice as long', () => {
    const key = keyFor('node-b', 'node-c', 'node-a');
    expect(['node-b', 'node-c', 'node-a'].map((node) => preferenceOf(node).standByMs(key))).toEqual([0, 2_000, 4_000]);
  });

  it("given a dead node's lease has ended, then the next one goes at once, and the third a fifth later", () => {
    const key = keyFor('node-b', 'node-c', 'node-a');
    const standBy = (dead: string) => NODES.map((node) => preferenceOf(node).standByMs(key, dead));
    expect(standBy('node-b')).toEqual([2_000, 0, 0]);
    expect(standBy('node-c')).toEqual([2_000, 0, 2_000]);
  });

  it('given many nodes, then the last stands by for less than a lease', () => {
    const many = Array.from({ length: 12 }, (_, index) => `n${index}`);
    const longest = Math.max(...many.map((node) => preferenceOf(node, many).standByMs('any')));
    expect(longest).toBe(0.8 * LEASE_MS);
  });

  it('given the first left three effects in a row to others, then it counts no more until its next lease', () => {
    const key = keyFor('node-b', 'node-a', 'node-c');
    const preference = preferenceOf('node-a');
    preference.tookOver(key);
    preference.tookOver(key);
    expect(preference.standByMs(key)).toBe(2_000);
    preference.tookOver(key);
    expect(preference.standByMs(key)).toBe(0);
    preference.seen(leasedBy('node-b'));
    expect(preference.standByMs(key)).toBe(2_000);
  });

  it('given a sign of it in between, then the count begins again', () => {
    const key = keyFor('node-b', 'node-a', 'node-c');
    const preference = preferenceOf('node-a');
    for (let round = 0; round < 3; round += 1) {
      preference.tookOver(key);
      preference.tookOver(key);
      preference.seen(leasedBy('node-b'));
    }
    expect(preference.standByMs(key)).toBe(2_000);
  });

  it('given a node that joined later, then it is learnt from its first lease', () => {
    const key = keyFor('node-b', 'node-a', 'node-c');
    const preference = preferenceOf('node-a', ['node-a', 'node-c']);
    expect(preference.standByMs(key)).toBe(0);
    preference.seen(leasedBy('node-b'));
    expect(preference.standByMs(key)).toBe(2_000);
  });

  it('given the first is at work and slow, then it is waited for, and no longer once it is not heard of', () => {
    const key = keyFor('node-b', 'node-a', 'node-c');
    const preference = preferenceOf('node-a');
    expect(preference.stillStandByMs(key, 2_000)).toBe(0);
    preference.seen(leasedBy('node-b'));
    clock.advance(1_999);
    expect(preference.stillStandByMs(key, 2_000)).toBe(2_000);
    expect(preference.stillStandByMs(key, 10 * LEASE_MS)).toBe(0);
    clock.advance(1);
    expect(preference.stillStandByMs(key, 2_000)).toBe(0);
    preference.seen(leasedBy('node-c'));
    expect(preference.stillStandByMs(key, 2_000)).toBe(0);
  });

  it('given one process that has the log alone, then it is always first', () => {
    expect(makeNodePreference({ leasing: null, clock, known: [] }).standByMs('any')).toBe(0);
    expect(singleNode.standByMs('any')).toBe(0);
  });
});
