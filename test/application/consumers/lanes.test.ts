import { describe, expect, it } from 'vitest';
import { makeLanes, type LaneMessage } from '../../../src/application/consumers/lanes.ts';

const LANES = 5_000;
const MINUTE = 60_000;

const messageAt = (position: number, dueAt: number, more: Partial<LaneMessage> = {}): LaneMessage => ({
  position,
  key: `key${position}`,
  dueAt,
  waitMs: null,
  attempts: 0,
  reason: '',
  replayed: false,
  event: undefined,
  kept: true,
  takenAt: 0,
  ...more,
});
const positions = (...messages: ReadonlyArray<LaneMessage | undefined>) => messages.map((message) => message?.position);

/** Messages of a key each, due a minute apart. `looks`: how often the due time of any of them was asked for. */
const waitingLanes = () => {
  let looks = 0;
  const lanes = makeLanes();
  for (let index = 1; index <= LANES; index += 1) {
    const due = index * MINUTE;
    lanes.add(
      {
        ...messageAt(index, 0),
        get dueAt() {
          looks += 1;
          return due;
        },
      },
      0,
    );
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
    expect(positions(lanes.take(), lanes.take(), lanes.take(), lanes.take())).toEqual([1, 2, 3, undefined]);
    expect(tick.looks).toBeLessThan(30);
  });

  it('given one is held again for longer, then its earlier due time counts no more', () => {
    const lanes = makeLanes();
    lanes.add(messageAt(1, MINUTE), 0);
    expect(lanes.wakeDue(MINUTE)).toBeUndefined();
    expect(positions(lanes.take())).toEqual([1]);
    lanes.hold(messageAt(1, 3 * MINUTE), MINUTE);
    expect(lanes.wakeDue(2 * MINUTE)).toBe(3 * MINUTE);
    expect(lanes.somethingReady()).toBe(false);
    expect(lanes.wakeDue(3 * MINUTE)).toBeUndefined();
    expect(positions(lanes.take(), lanes.take())).toEqual([1, undefined]);
  });

  it('given an earlier message of the key comes back from parking, then it is due at once and goes first', () => {
    const lanes = makeLanes();
    const later = messageAt(2, 5 * MINUTE, { key: 'one' });
    const earlier = messageAt(1, 0, { key: 'one' });
    lanes.add(later, 0);
    lanes.add(earlier, 0);
    expect(positions(lanes.take())).toEqual([1]);
    lanes.settle(earlier, 0);
    expect(lanes.wakeDue(0)).toBe(5 * MINUTE);
    expect(lanes.take()).toBeUndefined();
    expect(lanes.wakeDue(5 * MINUTE)).toBeUndefined();
    expect(positions(lanes.take())).toEqual([2]);
  });

  it('given those in memory only stand by, then they are counted, and hold back none behind them', () => {
    const lanes = makeLanes();
    lanes.add(messageAt(1, MINUTE, { key: 'one', kept: false }), 0);
    lanes.add(messageAt(2, MINUTE, { key: 'one', kept: false }), 0);
    lanes.add(messageAt(3, MINUTE), 0);
    expect([lanes.standingBy(), lanes.isHeld('one'), lanes.isHeld('key3')]).toEqual([2, false, true]);
    lanes.wakeDue(MINUTE);
    expect([lanes.standingBy(), positions(lanes.take(), lanes.take())]).toEqual([0, [1, 3]]);
  });

  it('given the clock was set back, then nothing waits longer from now than it was to wait at all', () => {
    const lanes = makeLanes();
    const daysAhead = 3 * 24 * 60 * MINUTE;
    lanes.add(messageAt(1, daysAhead + MINUTE, { waitMs: MINUTE }), daysAhead);
    lanes.add(messageAt(2, daysAhead + 5 * MINUTE, { waitMs: 5 * MINUTE }), daysAhead);
    lanes.add(messageAt(3, daysAhead, { waitMs: null }), 0);
    lanes.clamp(0);
    expect(lanes.wakeDue(MINUTE)).toBe(5 * MINUTE);
    expect(positions(lanes.take())).toEqual([1]);
    expect(lanes.wakeDue(5 * MINUTE)).toBe(daysAhead);
  });

  it('given some are done, then the lowest that is not says up to where all is settled', () => {
    const lanes = makeLanes();
    for (const position of [3, 5, 9]) lanes.add(messageAt(position, 0), 0);
    expect(lanes.lowest()).toBe(3);
    const first = lanes.take();
    expect(lanes.lowest()).toBe(3);
    if (first !== undefined) lanes.settle(first, 0);
    expect(lanes.lowest()).toBe(5);
  });
});

describe('messages whose handler keeps the order', () => {
  const inOneLane = (...dues: ReadonlyArray<number>) => {
    const lanes = makeLanes('handler');
    for (const [index, due] of dues.entries()) lanes.add(messageAt(index + 1, due, { key: 'key' }), 0);
    return lanes;
  };

  it('given the first waits, then the next is handed out, is told of it, and one at a time', () => {
    const lanes = inOneLane(0, 0, 0);
    const first = lanes.take();
    expect(lanes.take()).toBeUndefined();
    lanes.hold({ ...messageAt(1, MINUTE, { key: 'key' }), ...first, dueAt: MINUTE }, 0);
    const second = lanes.take();
    expect(positions(second, lanes.take())).toEqual([2, undefined]);
    expect(lanes.earlier(messageAt(2, 0, { key: 'key' }))).toEqual([1]);
    lanes.settle(messageAt(2, 0, { key: 'key' }), 0);
    expect(positions(lanes.take())).toEqual([3]);
    expect(lanes.lowest()).toBe(1);
  });

  it('given one waits for an earlier one, then it is due once that was handled, whatever came of it', () => {
    const lanes = inOneLane(0, 0);
    lanes.take();
    lanes.hold(messageAt(1, MINUTE, { key: 'key' }), 0);
    lanes.take();
    lanes.hold(messageAt(2, 5 * MINUTE, { key: 'key', behind: true }), 0);
    expect([lanes.take(), lanes.wakeDue(0)]).toEqual([undefined, MINUTE]);
    lanes.wakeDue(MINUTE);
    expect(positions(lanes.take())).toEqual([1]);
    lanes.hold(messageAt(1, 2 * MINUTE, { key: 'key' }), MINUTE);
    expect(positions(lanes.take())).toEqual([2]);
    lanes.hold(messageAt(2, 5 * MINUTE, { key: 'key', behind: true }), MINUTE);
    expect(lanes.take()).toBeUndefined();
  });
});
