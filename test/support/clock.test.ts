import { expect, it } from 'vitest';
import { makeTestClock } from './clock.ts';

it('stands still until it is turned', () => {
  const clock = makeTestClock(1000);
  clock.advance(500);
  expect(clock.now()).toBe(1500);
});

it('calls back in the order of the times, each at its own time', () => {
  const clock = makeTestClock(0);
  const calls: Array<string> = [];
  clock.at(20, () => calls.push(`second at ${clock.now()}`));
  clock.at(10, () => calls.push(`first at ${clock.now()}`));
  clock.at(31, () => calls.push('not yet'));
  clock.advance(30);
  expect(calls).toEqual(['first at 10', 'second at 20']);
  expect(clock.pending()).toBe(1);
});

it('calls within one turn what is set during it', () => {
  const clock = makeTestClock(0);
  const times: Array<number> = [];
  clock.at(10, () => clock.at(15, () => times.push(clock.now())));
  clock.set(20);
  expect(times).toEqual([15]);
});

it('calls after the time that was left, also where it is set back meanwhile', () => {
  const clock = makeTestClock(1_000_000);
  const calls: Array<number> = [];
  clock.at(1_000_100, () => calls.push(clock.elapsed()));
  clock.advance(40);
  clock.set(500_000);
  clock.advance(59);
  expect(calls).toEqual([]);
  clock.advance(1);
  expect(calls).toEqual([100]);
  expect(clock.now()).toBe(500_060);
});

it('calls nobody who called it off', () => {
  const clock = makeTestClock(0);
  let called = false;
  const cancelTimer = clock.at(10, () => {
    called = true;
  });
  cancelTimer();
  clock.advance(100);
  expect(called).toBe(false);
});

it('calls soon, not inside the call, for a time in the past', async () => {
  const clock = makeTestClock(1000);
  let called = false;
  clock.at(10, () => {
    called = true;
  });
  expect(called).toBe(false);
  await Promise.resolve();
  expect(called).toBe(true);
});

it('leaps as a machine that slept: late callbacks, each once', () => {
  const clock = makeTestClock(0);
  const times: Array<number> = [];
  const again = (): void => {
    times.push(clock.now());
    clock.at(clock.now() + 10, again);
  };
  clock.at(10, again);
  clock.leapTo(1_000);
  expect(times).toEqual([1_000]);
  expect(clock.pending()).toBe(1);
});
