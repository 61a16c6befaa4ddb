import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeMemoryEventStore } from '../../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { makePace, makeSharedFeed } from '../../../../src/adapters/event-store/eventstoredb/shared-feed.ts';
import type { EventStore, Subscription } from '../../../../src/application/ports/event-store.ts';
import { events } from '../../../contract/event-store/harness.ts';
import { mustRun } from '../../../support/must.ts';

/** A log in memory in the place of the server. `open`: its feeds that are followed now; `opened`: how many there were. */
const set = () => {
  const store = makeMemoryEventStore();
  const open = new Set<Subscription>();
  let opened = 0;
  let breakAll = (): void => undefined;
  const subscribe: EventStore['subscribe'] = (options) => {
    opened += 1;
    const broken = Promise.withResolvers<never>();
    const feed = store.subscribe(options);
    const mine = { stop: feed.stop, done: Promise.race([feed.done, broken.promise]) };
    const before = breakAll;
    breakAll = () => {
      before();
      feed.stop().catch(() => undefined);
      broken.reject(new Error('the server is away'));
    };
    open.add(mine);
    const forget = (): boolean => open.delete(mine);
    mine.done.then(forget, forget);
    return mine;
  };
  const shared = makeSharedFeed({ subscribe, head: () => store.head()() });
  let streams = 0;
  return {
    open,
    opened: () => opened,
    breakAll: () => breakAll(),
    append: (count: number) => {
      streams += 1;
      return mustRun(store.append({ stream: `booking-${streams}`, expected: 'no-stream', events: events(count) }));
    },
    /** Follows, and keeps the positions that it was given. `hold`: before each batch is done. */
    follow: (after: number, hold: () => Promise<void> = async () => undefined) => {
      const seen: number[] = [];
      const following = shared({
        after,
        onEvents: async (batch) => {
          await hold();
          seen.push(...batch.map(({ position }) => position));
        },
      });
      following.done.catch(() => undefined);
      onTestFinished(following.stop);
      return { ...following, seen };
    },
  };
};

const upTo = (last: number, first = 1): ReadonlyArray<number> =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe('the pace of what is handed on', () => {
  it('given batches without end, then some come at once, the rest one each 20 ms; quiet saves up again', async () => {
    let now = 0;
    const pauses: number[] = [];
    const pace = makePace(
      () => now,
      async (ms) => {
        pauses.push(now);
        now += ms;
      },
    );
    for (let batch = 0; batch < 12; batch += 1) await pace();
    expect(pauses).toEqual([0, 20, 40, 60]);
    now += 1_000;
    for (let batch = 0; batch < 8; batch += 1) await pace();
    expect(pauses).toHaveLength(4);
  });
});

describe('one feed for all that follow the end of the log', () => {
  it('given a burst of appends, then those who follow are woken for many together, and miss none', async () => {
    const { append, follow } = set();
    let woken = 0;
    const hold = async (): Promise<void> => {
      woken += 1;
    };
    const [one, other] = [follow(0, hold), follow(0)];
    await append(1);
    await expect.poll(() => other.seen).toEqual([1]);
    for (let count = 0; count < 200; count += 1) {
      await append(1);
      await nextTurn();
    }
    await expect.poll(() => one.seen).toEqual(upTo(201));
    expect(other.seen).toEqual(upTo(201));
    expect(woken).toBeLessThan(100);
  });

  it('given several at the end, then the server sends each event once, and all get it', async () => {
    const { follow, append, open } = set();
    const all = Array.from({ length: 5 }, () => follow(0));
    await expect.poll(() => open.size).toBe(1);
    await append(3);
    for (const { seen } of all) await expect.poll(() => seen).toEqual(upTo(3));
    expect(open.size).toBe(1);
  });

  it('given one alone, then it has the only feed', async () => {
    const { follow, append, opened } = set();
    const { seen } = follow(0);
    await append(2);
    await expect.poll(() => seen).toEqual(upTo(2));
    expect(opened()).toBe(1);
  });

  it('given one that begins far behind while others append, then it joins without gap or repeat', async () => {
    const { follow, append, open } = set();
    for (let batch = 0; batch < 30; batch += 1) await append(50);
    const live = [follow(1_500), follow(1_500)];
    await expect.poll(() => open.size).toBe(1);
    const late = follow(0);
    for (let batch = 0; batch < 20; batch += 1) await append(10);
    await expect.poll(() => late.seen.length).toBe(1_700);
    expect(late.seen).toEqual(upTo(1_700));
    for (const { seen } of live) expect(seen).toEqual(upTo(1_700, 1_501));
    await expect.poll(() => open.size).toBe(1);
  });

  it('given one that is slow, then it holds nobody back, falls behind what is kept, and comes after', async () => {
    const { follow, append, open } = set();
    const gate = Promise.withResolvers<void>();
    const [quick, slow] = [follow(0), follow(0, () => gate.promise)];
    await expect.poll(() => open.size).toBe(1);
    for (let batch = 0; batch < 50; batch += 1) await append(100);
    await expect.poll(() => quick.seen.length).toBe(5_000);
    expect(slow.seen).toEqual([]);
    gate.resolve();
    await expect.poll(() => slow.seen.length).toBe(5_000);
    expect(slow.seen).toEqual(upTo(5_000));
  });

  it('given the shared feed breaks, then each follows by itself until there is another', async () => {
    const { follow, append, open, breakAll } = set();
    const all = [follow(0), follow(0)];
    await append(1);
    for (const { seen } of all) await expect.poll(() => seen).toEqual([1]);
    await expect.poll(() => open.size).toBe(1);
    breakAll();
    await append(2);
    for (const { seen } of all) await expect.poll(() => seen).toEqual([1, 2, 3]);
  });

  it('given a follower whose handler fails, then it alone ends, with its reason', async () => {
    const { follow, append, open } = set();
    const [well, failing] = [follow(0), follow(0, () => Promise.reject(new Error('planned')))];
    await expect.poll(() => open.size).toBe(1);
    await append(1);
    await expect(failing.done).rejects.toThrow('planned');
    await append(1);
    await expect.poll(() => well.seen).toEqual([1, 2]);
  });

  it('given all have stopped, then no feed is left', async () => {
    const { follow, append, open } = set();
    const all = [follow(0), follow(0), follow(0)];
    await append(1);
    await expect.poll(() => open.size).toBe(1);
    await Promise.all(all.map(({ stop }) => stop()));
    await expect.poll(() => open.size).toBe(0);
  });
});
