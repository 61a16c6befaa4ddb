import { describe, expect, it } from 'vitest';
import { makeGathering, GATHER_MS } from '../../../src/application/commands/keyed-queue.ts';
import { makeTestClock } from '../../support/clock.ts';

const set = () => {
  const clock = makeTestClock();
  const gathering = makeGathering(clock);
  const log: string[] = [];
  /** Work that ends when it is told to. */
  const begin = (key: string, name: string, isPatient = false) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const result = gathering(key, () => promise, isPatient).finally(() => log.push(name));
    return { end: () => resolve(name), fail: () => reject(new Error('planned')), result };
  };
  return { clock, log, begin };
};

describe('gathering outcomes', () => {
  it('given nobody else is at work for the key, then whoever is done goes on at once', async () => {
    const { begin, clock } = set();
    const [mail, other] = [begin('one', 'mail'), begin('two', 'mail of another booking')];
    mail.end();
    expect(await mail.result).toBe('mail');
    expect(clock.pending()).toBe(0);
    other.end();
    await other.result;
  });

  it('given others are at work, then all go on together when the last is done', async () => {
    const { begin, log, clock } = set();
    const [host, guest, hook] = [begin('one', 'host'), begin('one', 'guest'), begin('one', 'hook')];
    host.end();
    guest.end();
    await expect.poll(() => clock.pending()).toBe(2);
    expect(log).toEqual([]);
    hook.end();
    await Promise.all([host.result, guest.result, hook.result]);
    expect(log.toSorted()).toEqual(['guest', 'hook', 'host']);
    expect(clock.pending()).toBe(0);
  });

  it('given one is patient, then it waits for those who begin later, and for a moment where nobody does', async () => {
    const { begin, log, clock } = set();
    const calendar = begin('one', 'calendar', true);
    calendar.end();
    await expect.poll(() => clock.pending()).toBe(1);
    const mail = begin('one', 'mail');
    expect(log).toEqual([]);
    mail.end();
    await Promise.all([calendar.result, mail.result]);
    expect(clock.pending()).toBe(0);
    const alone = begin('one', 'alone', true);
    alone.end();
    await expect.poll(() => clock.pending()).toBe(1);
    clock.advance(GATHER_MS);
    expect(await alone.result).toBe('alone');
  });

  it('given one takes long, then the others wait for a moment and no longer', async () => {
    const { begin, log, clock } = set();
    const [mail, hook] = [begin('one', 'mail'), begin('one', 'hook')];
    mail.end();
    await expect.poll(() => clock.pending()).toBe(1);
    clock.advance(GATHER_MS - 1);
    expect(log).toEqual([]);
    clock.advance(1);
    expect(await mail.result).toBe('mail');
    hook.end();
    expect(await hook.result).toBe('hook');
  });

  it('given one fails, then its caller is told at once, and the others go on', async () => {
    const { begin } = set();
    const [mail, hook] = [begin('one', 'mail'), begin('one', 'hook')];
    mail.end();
    hook.fail();
    await expect(hook.result).rejects.toThrow('planned');
    expect(await mail.result).toBe('mail');
  });
});
