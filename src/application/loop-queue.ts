/**
 * Lets one task begin in each turn of the event loop, in the order in which they ask. For work of some milliseconds that
 * nobody waits for in the next moment, such as a month of slots or the text of a mail: what else is to be done, bookings
 * first of all, gets its share between any two.
 */
export const makeLoopQueue = (): (() => Promise<void>) => {
  const waiting: Array<() => void> = [];
  const next = (): void => {
    waiting.shift()?.();
    if (waiting.length > 0) setImmediate(next);
  };
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 1) setImmediate(next);
    });
};
