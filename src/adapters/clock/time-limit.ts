import type { Clock } from '../../application/ports/clock-and-ids.ts';

/*
 * How long anybody is waited for. Outgoing calls get a signal that aborts in time; what does not heed signals is
 * abandoned by one; and where thousands wait at once, or a test turns the clock, the limit is a timer of the clock.
 */

/** The caller's signal, which aborts after so many milliseconds too. */
export const limited = (signal: AbortSignal, ms: number): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(ms)]);

/** Waits for `work` until `signal` aborts; rejects with an AbortError then. The work itself goes on. */
export const abandonable = async <A>(work: Promise<A>, signal: AbortSignal): Promise<A> => {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(new DOMException('no longer waited for', 'AbortError'));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
};

/** What `within` answers when the time was up first. */
export const TIME_UP: unique symbol = Symbol('time is up');

/** Calls back after so many milliseconds, unless cancelled by what it answers. */
export type Timers = (ms: number, callback: () => void) => () => void;

/** One timer of the clock for each. */
const timersOf =
  (clock: Clock): Timers =>
  (ms, callback) =>
    clock.at(clock.now() + ms, callback);

/**
 * For time limits, which mostly are cancelled: one timer of the clock for all of a length, set for the oldest of them. Those of one
 * length are due in the order of asking. Lengths are expected to be few. An array, because a Set through which thousands pass keeps
 * what it held alive until the next full collection of garbage: that cost more than all the rest.
 */
export const sharedTimersOf = (clock: Clock): Timers => {
  const ofLength = (ms: number) => {
    const running: Array<{ readonly due: number; callback: (() => void) | null }> = [];
    let armed = false;
    const arm = (due: number): void => {
      armed = true;
      clock.at(clock.now() + due - clock.elapsed(), look);
    };
    const look = (): void => {
      armed = false;
      const now = clock.elapsed();
      for (let oldest = running[0]; oldest !== undefined; oldest = running[0]) {
        if (oldest.callback !== null && oldest.due > now) return arm(oldest.due);
        running.shift();
        oldest.callback?.();
      }
    };
    return (callback: () => void): (() => void) => {
      const timer: (typeof running)[number] = { due: clock.elapsed() + ms, callback };
      running.push(timer);
      if (!armed) arm(timer.due);
      return () => {
        timer.callback = null;
        while (running[0]?.callback === null) running.shift();
      };
    };
  };
  const lengths = new Map<number, ReturnType<typeof ofLength>>();
  return (ms, callback) => {
    const timers = lengths.get(ms) ?? ofLength(ms);
    lengths.set(ms, timers);
    return timers(callback);
  };
};

/** The promise's result, or `TIME_UP` after so many milliseconds. What it settles to later is of no interest. */
export const withinOf =
  (timers: Timers) =>
  <A>(ms: number, promise: Promise<A>): Promise<A | typeof TIME_UP> =>
    new Promise((resolve, reject) => {
      const cancel = timers(ms, () => resolve(TIME_UP));
      const settled = (answer: A): void => {
        cancel();
        resolve(answer);
      };
      promise.then(settled, (thrown: unknown) => {
        cancel();
        reject(thrown);
      });
    });

/** As `withinOf`, for once. */
export const within = <A>(clock: Clock, ms: number, promise: Promise<A>): Promise<A | typeof TIME_UP> =>
  withinOf(timersOf(clock))(ms, promise);

/** Milliseconds by the clock. */
export const pause = async (clock: Clock, ms: number): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.at(clock.now() + ms, resolve);
  await promise;
};
