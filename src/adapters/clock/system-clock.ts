import type { Clock } from '../../application/ports/clock-and-ids.ts';

/** Longest delay that a Node timer takes, in milliseconds; a longer one would fire at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. Its timers keep no process alive: a server lives by its sockets. */
export const systemClock: Clock = {
  now: () => Temporal.Now.instant().epochMilliseconds,
  elapsed: () => performance.now(),
  at: (epochMs, callback) => {
    let timer: NodeJS.Timeout | undefined;
    const latest = systemClock.elapsed() + Math.max(epochMs - systemClock.now(), 0);
    // By both clocks: the time of day goes on while a machine sleeps, the other one when it is set back.
    const left = (): number => Math.min(epochMs - systemClock.now(), latest - systemClock.elapsed());
    const arm = (): void => {
      timer = setTimeout(fire, Math.min(Math.ceil(Math.max(left(), 0)), MAX_TIMER_MS)).unref();
    };
    const fire = (): void => (left() <= 0 ? callback() : arm());
    arm();
    return () => clearTimeout(timer);
  },
};
