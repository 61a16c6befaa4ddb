import type { Clock } from '../../application/ports/clock.ts';

/** What `within` answers when the time was up first. */
export const TIME_UP: unique symbol = Symbol('time is up');

/** The promise's result, or `TIME_UP` after so many milliseconds. What it settles to later is of no interest. */
export const within = async <A>(clock: Clock, ms: number, promise: Promise<A>): Promise<A | typeof TIME_UP> => {
  const { promise: timeUp, resolve } = Promise.withResolvers<typeof TIME_UP>();
  const callOff = clock.at(clock.now() + ms, () => resolve(TIME_UP));
  try {
    return await Promise.race([promise, timeUp]);
  } finally {
    callOff();
  }
};

/** Milliseconds by the clock. */
export const pause = async (clock: Clock, ms: number): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.at(clock.now() + ms, resolve);
  await promise;
};
