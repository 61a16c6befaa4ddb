import { describe, expect, it } from 'vitest';
import { type Laned, makeLanes } from '../../../../src/adapters/event-store/consumers/lanes.ts';

const LANES = 5_000;
const MINUTE = 60_000;

/** Messages of a key each, due a minute apart. `looks`: how often the due time of any of them was asked for. */
const waitingLanes = () => {
  let looks = 0;
  const lanes = makeLanes<Laned>((message) => message);
  for (let index = 1; index <= LANES; index += 1) {
    const due = index * MINUTE;
    const message = {
      position: index,
      key: `key${index}`,
      get dueAt() {
        looks += 1;
        return due;
      },
    };
    lanes.add(message, 0);
  }
  return { lanes, looksOf: <A>(work: () => A) => ((looks = 0), { answer: work(), looks }) };
};

describe('messages that wait', () => {
  it('given thousands that are not due, then a tick looks at a handful', () => {
    const { lanes, looksOf } = waitingLanes();
    const tick = looksOf(() => lanes.wakeDue(0));
    expect(tick.answer).toBe(MINUTE);
    expect(tick.looks).toBeLessThan(10);
  });

  it('given some are due, then a tick makes just those ready, the longest due first', () => {
    const { lanes, looksOf } = waitingLanes();
    const tick = looksOf(() => lanes.wakeDue(3 * MINUTE));
    expect(tick.answer).toBe(4 * MINUTE);
    expect([lanes.take(), lanes.take(), lanes.take(), lanes.take()].map((message) => message?.key)).toEqual([
      'key1',
      'key2',
      'key3',
      undefined,
    ]);
    expect(tick.looks).toBeLessThan(30);
  });

  it('given one is held again for longer, then its earlier due time counts no more', () => {
    const lanes = makeLanes<Laned>((message) => message);
    const at = (dueAt: number): Laned => ({ position: 1, key: 'one', dueAt });
    lanes.add(at(MINUTE), 0);
    expect(lanes.wakeDue(MINUTE)).toBeUndefined();
    expect(lanes.take()).toEqual(at(MINUTE));
    lanes.hold(at(3 * MINUTE), MINUTE);
    expect(lanes.wakeDue(2 * MINUTE)).toBe(3 * MINUTE);
    expect(lanes.somethingReady()).toBe(false);
    expect(lanes.wakeDue(3 * MINUTE)).toBeUndefined();
    expect(lanes.take()).toEqual(at(3 * MINUTE));
    expect(lanes.take()).toBeUndefined();
  });

  it('given an earlier message of the key comes back from parking, then it is due at once and goes first', () => {
    const lanes = makeLanes<Laned>((message) => message);
    lanes.add({ position: 2, key: 'one', dueAt: 5 * MINUTE }, 0);
    lanes.add({ position: 1, key: 'one', dueAt: 0 }, 0);
    expect(lanes.take()?.position).toBe(1);
    lanes.settle({ position: 1, key: 'one', dueAt: 0 }, 0);
    expect(lanes.wakeDue(0)).toBe(5 * MINUTE);
    expect(lanes.take()).toBeUndefined();
    expect(lanes.wakeDue(5 * MINUTE)).toBeUndefined();
    expect(lanes.take()?.position).toBe(2);
  });

  it('given the waiting ones are taken out, then nothing is due any more', () => {
    const { lanes } = waitingLanes();
    expect(lanes.takeOut(() => true, 0)).toHaveLength(LANES);
    expect(lanes.wakeDue(LANES * MINUTE)).toBeUndefined();
    expect(lanes.take()).toBeUndefined();
  });
});
