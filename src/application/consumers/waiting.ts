import type { Clock } from '../ports/clock-and-ids.ts';
import { backoffMs } from '../../domain/time/time.ts';

const FIRST_MS = 100;
const LONGEST_MS = 30_000;

/** Milliseconds between attempt n and the next: doubled each time, up to 30 s, half of it at random. `random`: 0 to 1. */
export const backoffWithJitter = (attempt: number, random: () => number): number => {
  const full = backoffMs(FIRST_MS, LONGEST_MS, attempt);
  return full / 2 + (random() * full) / 2;
};

/** Lets callers wait for a condition that only changes together with `notify`. */
export type Changes = {
  readonly notify: () => void;
  /** Resolves once the condition holds; it is evaluated now and after each change. */
  readonly until: (condition: () => boolean | Promise<boolean>) => Promise<void>;
};

export const makeChanges = (): Changes => {
  let next = Promise.withResolvers<void>();
  return {
    notify: () => {
      next.resolve();
      next = Promise.withResolvers<void>();
    },
    until: async (condition) => {
      // Taken before the condition is evaluated, so that a change during an asynchronous evaluation is not missed.
      for (let change = next.promise; !(await condition()); change = next.promise) await change;
    },
  };
};

export type StopSignal = {
  readonly stopped: () => boolean;
  readonly stop: () => void;
  readonly onStop: (callback: () => void) => () => void;
  /** Resolves after `ms` milliseconds of the clock, or when stopped. */
  readonly pause: (ms: number) => Promise<void>;
};

export const makeStopSignal = (clock: Clock): StopSignal => {
  let stopped = false;
  const callbacks = new Set<() => void>();
  const onStop = (callback: () => void): (() => void) => {
    callbacks.add(callback);
    return () => callbacks.delete(callback);
  };
  return {
    stopped: () => stopped,
    stop: () => {
      stopped = true;
      for (const callback of [...callbacks]) callback();
    },
    onStop,
    pause: async (ms) => {
      if (stopped) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const cancel = clock.at(clock.now() + ms, resolve);
      const forget = onStop(resolve);
      await promise;
      cancel();
      forget();
    },
  };
};
