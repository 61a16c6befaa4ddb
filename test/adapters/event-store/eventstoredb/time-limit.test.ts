import { describe, expect, it } from 'vitest';
import { sharedTimersOf, TIME_UP, withinOf } from '../../../../src/adapters/event-store/eventstoredb/time-limit.ts';
import { makeTestClock } from '../../../support/clock.ts';

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
    const callOff = timers(100, () => called.push('oldest'));
    const callOffMiddle = timers(100, () => called.push('middle'));
    clock.advance(50);
    timers(100, () => called.push('newest'));
    callOffMiddle();
    callOff();
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
