import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { makeKeyedQueue } from '../../../src/application/commands/keyed-queue.ts';

describe('queue', () => {
  it('do one thing at a time per key, in the order of asking', async () => {
    const queue = makeKeyedQueue();
    const gate = Promise.withResolvers<void>();
    const log: string[] = [];
    const work = (name: string, until: Promise<void>) => async (): Promise<string> => {
      log.push(`${name} begins`);
      await until;
      log.push(`${name} ends`);
      return name;
    };
    const [a, b] = [queue('x', work('a', gate.promise)), queue('x', work('b', Promise.resolve()))];
    const other = await queue('y', work('other', Promise.resolve()));
    expect(log).toEqual(['a begins', 'other begins', 'other ends']);
    gate.resolve();
    expect([await a, await b, other]).toEqual(['a', 'b', 'other']);
    expect(log.slice(3)).toEqual(['a ends', 'b begins', 'b ends']);
  });

  it('go on after a failure, which only its own caller sees', async () => {
    const queue = makeKeyedQueue();
    const failing = queue('x', () => Promise.reject(new Error('planned')));
    const next = queue('x', async () => 'next');
    await expect(failing).rejects.toThrow('planned');
    expect(await next).toBe('next');
  });

  it('keep nothing of what is done', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    const queue = makeKeyedQueue();
    const results = await Promise.all(
      Array.from(
        { length: 20 },
        async (_, index) => new WeakRef(await queue(`key-${index % 5}`, async () => ({ index }))),
      ),
    );
    const left = (): number => {
      collect();
      return results.filter((result) => result.deref() !== undefined).length;
    };
    await expect.poll(left).toBe(0);
    expect(await queue('key-0', async () => 'still open')).toBe('still open');
  });
});
