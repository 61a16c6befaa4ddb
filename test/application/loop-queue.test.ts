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
