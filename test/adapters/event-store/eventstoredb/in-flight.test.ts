import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { makeInFlight } from '../../../../src/adapters/event-store/eventstoredb/in-flight.ts';

describe('calls under way', () => {
  it('answer what the work answers, or are rejected with what it was', async () => {
    const inFlight = makeInFlight();
    expect(await inFlight.run(async () => 'done', 'otherwise')).toBe('done');
    const broken = inFlight.run(() => Promise.reject(new Error('broken')), undefined);
    await expect(broken).rejects.toThrow('broken');
    await inFlight.idle();
  });

  it('are waited for, those that begin meanwhile too', async () => {
    const inFlight = makeInFlight();
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const ended = inFlight.run(() => first.promise, undefined);
    let isIdle = false;
    const idle = inFlight.idle().then(() => {
      isIdle = true;
    });
    const running = inFlight.run(() => second.promise, undefined);
    first.resolve();
    await turn();
    expect(isIdle).toBe(false);
    second.resolve();
    await Promise.all([ended, running, idle]);
    expect(isIdle).toBe(true);
  });

  it('answer otherwise once they are let go, and only those that have not answered', async () => {
    const inFlight = makeInFlight();
    const answered = await inFlight.run(async () => 'done', 'otherwise');
    const silent = inFlight.run(() => Promise.withResolvers<string>().promise, 'otherwise');
    inFlight.abandonAll();
    expect([answered, await silent]).toEqual(['done', 'otherwise']);
  });
});
