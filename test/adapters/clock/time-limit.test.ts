import { describe, expect, it } from 'vitest';
import { abandonable, limited, sharedTimersOf, TIME_UP, withinOf } from '../../../src/adapters/clock/time-limit.ts';
import { makeTestClock } from '../../support/clock.ts';

describe('shared timers', () => {
  it('call back each at its time, with one timer of the clock for all of a length', () => {
    const clock = makeTestClock();
    const timers = sharedTimersOf(clock);
    const called: Array<string> = [];
    timers(100, () => called.push('first'));
    clock.advance(30);
    timers(100, () => called.push('second'));
    timers(100, () => called.push('third'));
    expect(clock.pending()).toBe(1);
    clock.advance(69);
    expect(called).toEqual([]);
    clock.advance(1);
    expect(called).toEqual(['first']);
    clock.advance(30);
    expect(called).toEqual(['first', 'second', 'third']);
    expect(clock.pending()).toBe(0);
  });

  it('call nobody back who called it off, and go on for those behind', () => {
    const clock = makeTestClock();
    const timers = sharedTimersOf(clock);
    const called: Array<string> = [];
    const cancelTimer = timers(100, () => called.push('oldest'));
    const callOffMiddle = timers(100, () => called.push('middle'));
    clock.advance(50);
    timers(100, () => called.push('newest'));
    callOffMiddle();
    cancelTimer();
    clock.advance(99);
    expect(called).toEqual([]);
    clock.advance(1);
    expect(called).toEqual(['newest']);
    timers(100, () => called.push('again'));
    clock.advance(100);
    expect(called).toEqual(['newest', 'again']);
  });

  it('call back after the time asked for, also where the clock is set back meanwhile', () => {
    const clock = makeTestClock();
    const timers = sharedTimersOf(clock);
    const called: Array<string> = [];
    timers(100, () => called.push('before'));
    clock.set(clock.now() - 3 * 86_400_000);
    timers(100, () => called.push('after'));
    clock.advance(100);
    expect(called).toEqual(['before', 'after']);
  });

  it('keep lengths apart', () => {
    const clock = makeTestClock();
    const timers = sharedTimersOf(clock);
    const called: Array<number> = [];
    timers(500, () => called.push(500));
    timers(20, () => called.push(20));
    clock.advance(20);
    expect(called).toEqual([20]);
  });

  it('limit a promise: its answer, its rejection, or the time that is up', async () => {
    const clock = makeTestClock();
    const within = withinOf(sharedTimersOf(clock));
    expect(await within(10, Promise.resolve('answer'))).toBe('answer');
    await expect(within(10, Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    const late = within(10, Promise.withResolvers<string>().promise);
    clock.advance(10);
    expect(await late).toBe(TIME_UP);
  });
});

describe('a signal with a time limit', () => {
  it('aborts with its caller, and by itself when the time is up', async () => {
    const caller = new AbortController();
    const early = limited(caller.signal, 60_000);
    expect(early.aborted).toBe(false);
    caller.abort();
    expect(early.aborted).toBe(true);
    const late = limited(new AbortController().signal, 1);
    await new Promise((resolve) => late.addEventListener('abort', resolve, { once: true }));
    expect(late.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('ends the wait for work that does not heed signals, and lets an answer in time through', async () => {
    const caller = new AbortController();
    const never = abandonable(Promise.withResolvers<string>().promise, caller.signal);
    caller.abort();
    await expect(never).rejects.toMatchObject({ name: 'AbortError' });
    await expect(abandonable(Promise.resolve('late'), caller.signal)).resolves.toBe('late');
    await expect(abandonable(Promise.reject(new Error('refused')), new AbortController().signal)).rejects.toThrow(
      'refused',
    );
  });
});
