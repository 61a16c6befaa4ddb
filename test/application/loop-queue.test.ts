import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { makeLoopQueue } from '../../src/application/loop-queue.ts';

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
