import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../src/adapters/event-store/embedded/memory-event-store.ts';
import type { EventStore, Subscription } from '../../src/application/ports/event-store.ts';
import { STEADY_MS } from '../../src/application/consumers/follow.ts';
import { followDecisions } from '../../src/composition/follow-decisions.ts';
import { makeTestClock } from '../support/clock.ts';
import { mustRun } from '../support/must.ts';
import { bookingRequested, bootBuses } from '../application/process.helper.ts';

/** A log whose subscriptions and heads fail as long as they are told to; what the watch is told, by position. */
const scene = (failing = { head: false, subscribe: false }) => {
  const store = makeMemoryEventStore();
  const clock = makeTestClock();
  const asked: Array<number> = [];
  const reported: Array<string> = [];
  const seen: Array<number> = [];
  let missed = 0;
  let broken = Promise.withResolvers<void>();
  const subscribe: EventStore['subscribe'] = (options): Subscription => {
    asked.push(options.after);
    if (failing.subscribe) return { stop: async () => undefined, done: Promise.reject(new Error('the disk is slow')) };
    const subscription = store.subscribe(options);
    broken.promise.catch(subscription.stop);
    return { stop: subscription.stop, done: Promise.race([subscription.done, broken.promise]) };
  };
  const head: EventStore['head'] = () =>
    failing.head ? async () => E.left({ type: 'Unavailable', reason: 'away' }) : store.head();
  const follower = followDecisions({
    store: { subscribe, head },
    clock,
    random: () => 0,
    watch: { seen: (events) => seen.push(...events.map((one) => one.position)), missed: () => (missed += 1) },
    report: ({ reason }) => reported.push(reason),
  });
  return {
    store,
    clock,
    failing,
    asked,
    reported,
    seen,
    missed: () => missed,
    follower,
    book: (uid: string) => bookingRequested(bootBuses(store), uid, { calendars: [] }),
    breakOff: () => {
      broken.reject(new Error('a read failed'));
      broken = Promise.withResolvers();
    },
  };
};

const eventually = expect.poll;

describe('following the log for the decision watch', () => {
  it('given a subscription that breaks, then it goes on from its own position, after a pause', async () => {
    const { store, clock, asked, seen, breakOff, book, follower, reported } = scene();
    await eventually(() => asked).toEqual([0]);
    await book('one');
    await eventually(() => seen).toEqual([1]);
    breakOff();
    await eventually(() => follower.troubles()).toEqual([
      'the decision watch does not follow the log: the subscription broke: a read failed',
    ]);
    await book('two');
    clock.advance(100);
    await eventually(() => seen).toEqual([1, 2]);
    expect(asked).toEqual([0, 1]);
    expect(follower.troubles()).toEqual([]);
    expect(reported).toHaveLength(1);
    expect(await mustRun(store.head())).toBe(2);
    await follower.stop();
  });

  it('given it breaks again and again, then the pauses grow, and it is in trouble until it holds', async () => {
    const again = scene({ head: false, subscribe: true });
    await eventually(() => again.asked).toHaveLength(1);
    await eventually(() => again.follower.troubles()).toHaveLength(1);
    again.clock.advance(50);
    await eventually(() => again.asked).toHaveLength(2);
    await eventually(() => again.clock.pending()).toBe(1);
    again.clock.advance(50);
    expect(again.asked).toHaveLength(2);
    again.failing.subscribe = false;
    again.clock.advance(50);
    await eventually(() => again.asked).toHaveLength(3);
    expect(again.follower.troubles()).toHaveLength(1);
    again.clock.advance(STEADY_MS);
    expect(again.follower.troubles()).toEqual([]);
    await again.follower.stop();
    expect(again.clock.pending()).toBe(0);
  });

  it('given the end of the log cannot be read, then it is asked again, and the log is not replayed', async () => {
    const failed = scene({ head: true, subscribe: false });
    await failed.book('one');
    await eventually(() => failed.follower.troubles()).toHaveLength(1);
    expect(failed.asked).toEqual([]);
    failed.failing.head = false;
    failed.clock.advance(100);
    await eventually(() => failed.asked).toEqual([1]);
    // Whoever began to wait before is told to look: what came until then is not told.
    expect(failed.missed()).toBe(1);
    await failed.book('two');
    await eventually(() => failed.seen).toEqual([2]);
    await failed.follower.stop();
  });

  it('stops in the middle of a pause', async () => {
    const { asked, follower, clock } = scene({ head: false, subscribe: true });
    await eventually(() => asked).toHaveLength(1);
    await follower.stop();
    expect(clock.pending()).toBe(0);
  });
});
