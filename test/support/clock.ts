import type { Clock } from '../../src/application/ports/clock-and-ids.ts';

/** A clock that stands still until it is turned. Callbacks run in the order of their times, inside the turn. */
export type TestClock = Clock & {
  /** Turns by milliseconds. */
  readonly advance: (ms: number) => void;
  /** Turns to an epoch millisecond; a time in the past moves the hands back, no time passes, and nobody is called. */
  readonly set: (epochMs: number) => void;
  /** Turns at one stroke, as a machine that slept: what became due meanwhile is called back late, at `epochMs`. */
  readonly leapTo: (epochMs: number) => void;
  /** How many timers are waiting. */
  readonly pending: () => number;
  /** When the first of them is due, epoch milliseconds; undefined: none waits. */
  readonly next: () => number | undefined;
};

/** `elapsed`: when it is due at the latest, by the clock that is never set back. */
type Timer = { readonly at: number; readonly elapsed: number; readonly callback: () => void };

/** Starts at `2050-09-01T00:00:00Z` if not told otherwise. */
export const makeTestClock = (start = 2_545_603_200_000): TestClock => {
  let now = start;
  let elapsed = 0;
  let timers: ReadonlyArray<Timer> = [];
  const dueOf = (timer: Timer): number => Math.min(timer.at, now + timer.elapsed - elapsed);
  const earliestDue = (until: number): Timer | undefined =>
    timers
      .filter((timer) => dueOf(timer) <= until)
      .reduce<Timer | undefined>(
        (first, timer) => (first === undefined || dueOf(timer) < dueOf(first) ? timer : first),
        undefined,
      );
  const pass = (until: number): void => {
    elapsed += Math.max(0, until - now);
    now = Math.max(now, until);
  };
  const turnTo = (until: number): void => {
    for (let timer = earliestDue(until); timer !== undefined; timer = earliestDue(until)) {
      const due = timer;
      timers = timers.filter((other) => other !== due);
      pass(dueOf(due));
      due.callback();
    }
    pass(until);
  };
  return {
    now: () => now,
    elapsed: () => elapsed,
    at: (epochMs, callback) => {
      const timer: Timer = { at: epochMs, elapsed: elapsed + Math.max(0, epochMs - now), callback };
      if (epochMs <= now) queueMicrotask(() => timers.includes(timer) && turnTo(now));
      timers = [...timers, timer];
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance: (ms) => turnTo(now + ms),
    set: (epochMs) => {
      if (epochMs < now) now = epochMs;
      else turnTo(epochMs);
    },
    leapTo: (epochMs) => {
      now = epochMs;
      turnTo(epochMs);
    },
    pending: () => timers.length,
    next: () => {
      const first = earliestDue(Infinity);
      return first === undefined ? undefined : dueOf(first);
    },
  };
};
