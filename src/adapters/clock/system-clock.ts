import type { Clock } from '../../application/ports/clock.ts';

/** Longest delay that a Node timer takes, in milliseconds; a longer one would fire at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. Its timers keep no process alive: a server lives by its sockets. */
export const systemClock: Clock = {
  now: () => Temporal.Now.instant().epochMilliseconds,
  at: (epochMs, callback) => {
    let timer: NodeJS.Timeout | undefined;
    const arm = (): void => {
      const left = Math.max(epochMs - systemClock.now(), 0);
      timer = setTimeout(wake, Math.min(left, MAX_TIMER_MS)).unref();
    };
    // Timers run on another clock than the time of day: early is possible, and so is a turned time of day.
    const wake = (): void => (systemClock.now() >= epochMs ? callback() : arm());
    arm();
    return () => clearTimeout(timer);
  },
};
