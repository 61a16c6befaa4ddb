import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { GIVES_WAY_MS, makeInHand, makeLoopQueue, PACE_MS } from '../../src/application/loop-queue.ts';

it('given three tasks that ask at once, then one begins in each turn of the event loop, in order', async () => {
  const turn = makeLoopQueue();
  const begun: Array<string> = [];
  const tasks = ['a', 'b', 'c'].map(async (name) => {
    await turn();
    begun.push(name);
  });
  const seen: Array<string> = [];
  while (begun.length < tasks.length) {
    await nextTurn();
    seen.push(begun.join(''));
  }
  expect(seen.filter((text) => text !== '')).toEqual(['a', 'ab', 'abc']);
});

it('given a busy loop, then tasks give way until it is over', async () => {
  let busy = true;
  const turn = makeLoopQueue(() => busy);
  let begun = 0;
  const tasks = [0, 1].map(async () => {
    await turn();
    begun += 1;
  });
  for (let turns = 0; turns < 50; turns += 1) await nextTurn();
  expect(begun).toBe(0);
  busy = false;
  await Promise.all(tasks);
  expect(begun).toBe(2);
});

it('given a loop that stays busy, then a task gives way for two seconds at most', async () => {
  const begun = performance.now();
  await makeLoopQueue(() => true)();
  expect(performance.now() - begun).toBeGreaterThanOrEqual(1_990);
});

it('given a loop that stays busy, then a task that was due for long before it asks gives way no more', async () => {
  const turn = makeLoopQueue(() => true);
  const begun = performance.now();
  await turn(GIVES_WAY_MS);
  await turn(GIVES_WAY_MS - 100);
  const waited = performance.now() - begun;
  expect(waited).toBeGreaterThanOrEqual(90);
  expect(waited).toBeLessThan(GIVES_WAY_MS - 100);
});

/** Begins what has waited its time, over and over, on a queue that gives way without end: how many in `ms`. */
const begunWithin = async (ms: number, between: () => Promise<void>): Promise<number> => {
  const turn = makeLoopQueue(() => true);
  const end = performance.now() + ms;
  let begun = 0;
  const ask = async (): Promise<void> => {
    while (performance.now() < end) {
      await turn(GIVES_WAY_MS);
      begun += 1;
    }
  };
  const asking = ask();
  while (performance.now() < end) await between();
  await asking;
  return begun;
};

it('given a busy loop with time to spare, then what has waited its time goes on in that time', async () => {
  const idle = async (): Promise<void> => {
    await wait(20);
  };
  expect(await begunWithin(500, idle)).toBeGreaterThan((2 * 500) / PACE_MS);
});

it('given a busy loop without a moment to spare, then what has waited its time goes on at a pace', async () => {
  const spin = async (): Promise<void> => {
    const until = performance.now() + 3;
    while (performance.now() < until);
    await nextTurn();
  };
  const begun = await begunWithin(500, spin);
  expect(begun).toBeGreaterThan(0);
  expect(begun).toBeLessThanOrEqual(500 / PACE_MS + 2);
});

it('given work in hand, then there is some until 20 ms after the last of it has ended, well or not', async () => {
  let now = 0;
  const { during, some } = makeInHand(() => now);
  expect(some()).toBe(false);
  const [one, other] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const answers = [during(() => one.promise), during(() => other.promise)];
  expect(some()).toBe(true);
  one.reject(new Error('refused'));
  await expect(answers[0]).rejects.toThrow('refused');
  expect(some()).toBe(true);
  other.resolve('done');
  expect(await answers[1]).toBe('done');
  now += 19;
  expect(some()).toBe(true);
  now += 1;
  expect(some()).toBe(false);
});
