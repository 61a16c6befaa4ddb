/** Milliseconds until a queue that gives way looks again whether it still has to. */
const LOOK_AGAIN_MS = 10;

/** Milliseconds for which the next task gives way at most: under lasting load each task still has its turn. */
const GIVES_WAY_MS = 2_000;

type Waiting = { readonly since: number; readonly begin: () => void };

/**
 * Lets one task begin in each turn of the event loop, in the order in which they ask. For work of some milliseconds that
 * nobody waits for in the next moment, such as a month of slots or the text of a mail: what else is to be done, bookings
 * first of all, gets its share between any two. While `isBusy`, the next task waits besides, two seconds at most.
 */
export const makeLoopQueue = (isBusy: () => boolean = () => false): (() => Promise<void>) => {
  const waiting: Array<Waiting> = [];
  const next = (): void => {
    const [first] = waiting;
    if (first !== undefined && isBusy() && performance.now() - first.since < GIVES_WAY_MS) {
      setTimeout(next, LOOK_AGAIN_MS);
      return;
    }
    waiting.shift();
    first?.begin();
    if (waiting.length > 0) setImmediate(next);
  };
  return () =>
    new Promise((begin) => {
      waiting.push({ since: performance.now(), begin });
      if (waiting.length === 1) setImmediate(next);
    });
};
