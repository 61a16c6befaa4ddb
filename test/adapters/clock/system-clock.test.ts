import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { MAX_TIMER_MS, systemClock } from '../../../src/adapters/clock/system-clock.ts';

afterEach(() => vi.restoreAllMocks());

it('says the time of day in epoch milliseconds', () => {
  const before = Temporal.Now.instant().epochMilliseconds;
  const now = systemClock.now();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Temporal.Now.instant().epochMilliseconds);
});

it('calls back when the time has come, not before', async () => {
  const due = systemClock.now() + 30;
  const called = await new Promise<number>((resolve) => systemClock.at(due, () => resolve(systemClock.now())));
  expect(called).toBeGreaterThanOrEqual(due);
});

it('calls back after the time that was left where the time of day is set back meanwhile', async () => {
  const begun = systemClock.elapsed();
  const called = new Promise<void>((resolve) => systemClock.at(systemClock.now() + 60, resolve));
  const real = Temporal.Now.instant;
  vi.spyOn(Temporal.Now, 'instant').mockImplementation(() => real.call(Temporal.Now).subtract({ hours: 72 }));
  await called;
  expect(systemClock.elapsed() - begun).toBeGreaterThanOrEqual(60);
  expect(systemClock.elapsed() - begun).toBeLessThan(5_000);
});

it('calls back at once for a time in the past', async () => {
  await new Promise<void>((resolve) => systemClock.at(systemClock.now() - 1_000_000, resolve));
});

it('calls nobody who called it off', async () => {
  let called = false;
  const cancelTimer = systemClock.at(systemClock.now() + 5, () => {
    called = true;
  });
  cancelTimer();
  await new Promise<void>((resolve) => systemClock.at(systemClock.now() + 20, resolve));
  expect(called).toBe(false);
});

it('asks for no timer longer than Node can take, however far the time is', async () => {
  const timers = vi.spyOn(globalThis, 'setTimeout');
  let called = false;
  const cancelTimer = systemClock.at(systemClock.now() + 10 * MAX_TIMER_MS, () => {
    called = true;
  });
  expect(timers.mock.calls.map(([, delay]) => delay)).toEqual([MAX_TIMER_MS]);
  await new Promise<void>((resolve) => systemClock.at(systemClock.now() + 10, resolve));
  expect(called).toBe(false);
  cancelTimer();
});

it('keeps no process alive', () => {
  const clock = join(import.meta.dirname, '../../../src/adapters/clock/system-clock.ts');
  const script = `import { systemClock } from ${JSON.stringify(clock)}; systemClock.at(systemClock.now() + 3_600_000, () => {});`;
  const { status, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 15_000 });
  expect({ status, signal }).toEqual({ status: 0, signal: null });
});
