/** Runs work that keeps the process alive until it is done. */
export type StayAlive = <A>(work: () => Promise<A>) => Promise<A>;

/** Milliseconds; the timer does nothing, so it is as long as timers can be. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Timers of the clock keep no process alive, and neither does a connection that is down: without this, a process that
 * waits for its event store would end in the middle. One idle timer for all work under way.
 */
export const makeStayAlive = (): StayAlive => {
  let underWay = 0;
  let timer: NodeJS.Timeout | undefined;
  return async (work) => {
    timer ??= setInterval(() => undefined, LONGEST_TIMER_MS);
    if (underWay === 0) timer.ref();
    underWay += 1;
    try {
      return await work();
    } finally {
      underWay -= 1;
      if (underWay === 0) timer.unref();
    }
  };
};
