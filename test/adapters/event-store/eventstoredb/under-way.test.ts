import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { makeUnderWay } from '../../../../src/adapters/event-store/eventstoredb/under-way.ts';

describe('calls under way', () => {
  it('answer what the work answers, or are rejected with what it was', async () => {
    const underWay = makeUnderWay();
    expect(await underWay.run(async () => 'done', 'otherwise')).toBe('done');
    const broken = underWay.run(() => Promise.reject(new Error('broken')), undefined);
    await expect(broken).rejects.toThrow('broken');
    await underWay.idle();
  });

  it('are waited for, those that begin meanwhile too', async () => {
    const underWay = makeUnderWay();
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const ended = underWay.run(() => first.promise, undefined);
    let isIdle = false;
    const idle = underWay.idle().then(() => {
      isIdle = true;
    });
    const running = underWay.run(() => second.promise, undefined);
    first.resolve();
    await turn();
    expect(isIdle).toBe(false);
    second.resolve();
    await Promise.all([ended, running, idle]);
    expect(isIdle).toBe(true);
  });

  it('answer otherwise once they are let go, and only those that have not answered', async () => {
    const underWay = makeUnderWay();
    const answered = await underWay.run(async () => 'done', 'otherwise');
    const silent = underWay.run(() => Promise.withResolvers<string>().promise, 'otherwise');
    underWay.letGo();
    expect([answered, await silent]).toEqual(['done', 'otherwise']);
  });
});
