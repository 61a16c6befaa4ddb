import { describe, expect, it } from 'vitest';
import { makeMessageQueues, type QueuedMessage } from '../../../src/application/consumers/message-queues.ts';

const LANES = 5_000;
const MINUTE = 60_000;

const messageAt = (position: number, dueAt: number, more: Partial<QueuedMessage> = {}): QueuedMessage => ({
  position,
  key: `key${position}`,
  dueAt,
  waitMs: null,
  attempts: 0,
  reason: '',
  replayed: false,
  event: null,
  kept: true,
  takenAt: 0,
  ...more,
});
const positions = (...messages: ReadonlyArray<QueuedMessage | undefined>) =>
  messages.map((message) => message?.position);

/** Messages of a key each, due a minute apart. `looks`: how often the due time of any of them was asked for. */
const waitingQueues = () => {
  let looks = 0;
  const queues = makeMessageQueues();
  for (let index = 1; index <= LANES; index += 1) {
    const due = index * MINUTE;
    queues.add(
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
  return { queues, looksOf: <A>(work: () => A) => ((looks = 0), { answer: work(), looks }) };
};

describe('messages that wait', () => {
  it('given thousands that are not due, then a tick looks at a handful', () => {
    const { queues, looksOf } = waitingQueues();
    const tick = looksOf(() => queues.readyDue(0));
    expect(tick.answer).toBe(MINUTE);
    expect(tick.looks).toBeLessThan(10);
  });

  it('given some are due, then a tick makes just those ready, the longest due first', () => {
    const { queues, looksOf } = waitingQueues();
    const tick = looksOf(() => queues.readyDue(3 * MINUTE));
    expect(tick.answer).toBe(4 * MINUTE);
    expect(positions(queues.startNext(), queues.startNext(), queues.startNext(), queues.startNext())).toEqual([
      1,
      2,
      3,
      undefined,
    ]);
    expect(tick.looks).toBeLessThan(30);
  });

  it('given one is postponed again for longer, then its earlier due time counts no more', () => {
    const queues = makeMessageQueues();
    queues.add(messageAt(1, MINUTE), 0);
    expect(queues.readyDue(MINUTE)).toBeUndefined();
    expect(positions(queues.startNext())).toEqual([1]);
    queues.postpone(messageAt(1, 3 * MINUTE), MINUTE);
    expect(queues.readyDue(2 * MINUTE)).toBe(3 * MINUTE);
    expect(queues.hasReady()).toBe(false);
    expect(queues.readyDue(3 * MINUTE)).toBeUndefined();
    expect(positions(queues.startNext(), queues.startNext())).toEqual([1, undefined]);
  });

  it('given an earlier message of the key comes back from parking, then it is due at once and goes first', () => {
    const queues = makeMessageQueues();
    const later = messageAt(2, 5 * MINUTE, { key: 'one' });
    const earlier = messageAt(1, 0, { key: 'one' });
    queues.add(later, 0);
    queues.add(earlier, 0);
    expect(positions(queues.startNext())).toEqual([1]);
    queues.settle(earlier, 0);
    expect(queues.readyDue(0)).toBe(5 * MINUTE);
    expect(queues.startNext()).toBeUndefined();
    expect(queues.readyDue(5 * MINUTE)).toBeUndefined();
    expect(positions(queues.startNext())).toEqual([2]);
  });

  it('given those in memory only stand by, then they are counted, and hold back none behind them', () => {
    const queues = makeMessageQueues();
    queues.add(messageAt(1, MINUTE, { key: 'one', kept: false }), 0);
    queues.add(messageAt(2, MINUTE, { key: 'one', kept: false }), 0);
    queues.add(messageAt(3, MINUTE), 0);
    expect([queues.standingBy(), queues.isBlocked('one'), queues.isBlocked('key3')]).toEqual([2, false, true]);
    queues.readyDue(MINUTE);
    expect([queues.standingBy(), positions(queues.startNext(), queues.startNext())]).toEqual([0, [1, 3]]);
  });

  it('given the clock was set back, then nothing waits longer from now than it was to wait at all', () => {
    const queues = makeMessageQueues();
    const daysAhead = 3 * 24 * 60 * MINUTE;
    queues.add(messageAt(1, daysAhead + MINUTE, { waitMs: MINUTE }), daysAhead);
    queues.add(messageAt(2, daysAhead + 5 * MINUTE, { waitMs: 5 * MINUTE }), daysAhead);
    queues.add(messageAt(3, daysAhead, { waitMs: null }), 0);
    queues.clamp(0);
    expect(queues.readyDue(MINUTE)).toBe(5 * MINUTE);
    expect(positions(queues.startNext())).toEqual([1]);
    expect(queues.readyDue(5 * MINUTE)).toBe(daysAhead);
  });

  it('given some are done, then the lowest that is not says up to where all is settled', () => {
    const queues = makeMessageQueues();
    for (const position of [3, 5, 9]) queues.add(messageAt(position, 0), 0);
    expect(queues.lowest()).toBe(3);
    const first = queues.startNext();
    expect(queues.lowest()).toBe(3);
    if (first !== undefined) queues.settle(first, 0);
    expect(queues.lowest()).toBe(5);
  });
});

describe('messages whose handler keeps the order', () => {
  const inOneQueue = (...dues: ReadonlyArray<number>) => {
    const queues = makeMessageQueues('handler');
    for (const [index, due] of dues.entries()) queues.add(messageAt(index + 1, due, { key: 'key' }), 0);
    return queues;
  };

  it('given the first waits, then the next is handed out, is told of it, and one at a time', () => {
    const queues = inOneQueue(0, 0, 0);
    const first = queues.startNext();
    expect(queues.startNext()).toBeUndefined();
    queues.postpone({ ...messageAt(1, MINUTE, { key: 'key' }), ...first, dueAt: MINUTE }, 0);
    const second = queues.startNext();
    expect(positions(second, queues.startNext())).toEqual([2, undefined]);
    expect(queues.earlier(messageAt(2, 0, { key: 'key' }))).toEqual([1]);
    queues.settle(messageAt(2, 0, { key: 'key' }), 0);
    expect(positions(queues.startNext())).toEqual([3]);
    expect(queues.lowest()).toBe(1);
  });

  it('given one waits for an earlier one, then it is due once that was handled, whatever came of it', () => {
    const queues = inOneQueue(0, 0);
    queues.startNext();
    queues.postpone(messageAt(1, MINUTE, { key: 'key' }), 0);
    queues.startNext();
    queues.postpone(messageAt(2, 5 * MINUTE, { key: 'key', behind: true }), 0);
    expect([queues.startNext(), queues.readyDue(0)]).toEqual([undefined, MINUTE]);
    queues.readyDue(MINUTE);
    expect(positions(queues.startNext())).toEqual([1]);
    queues.postpone(messageAt(1, 2 * MINUTE, { key: 'key' }), MINUTE);
    expect(positions(queues.startNext())).toEqual([2]);
    queues.postpone(messageAt(2, 5 * MINUTE, { key: 'key', behind: true }), MINUTE);
    expect(queues.startNext()).toBeUndefined();
  });
});
