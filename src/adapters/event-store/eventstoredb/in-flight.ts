/** Runs work that keeps the process alive until it is done. */
export type KeepProcessAlive = <A>(work: () => Promise<A>) => Promise<A>;

/** Milliseconds; the timer does nothing, so it is as long as timers can be. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Timers of the clock keep no process alive, and neither does a connection that is down: without this, a process that
 * waits for its event store would end in the middle. One idle timer for all work in flight.
 */
export const makeKeepProcessAlive = (): KeepProcessAlive => {
  let inFlight = 0;
  let timer: NodeJS.Timeout | undefined;
  return async (work) => {
    timer ??= setInterval(() => undefined, LONGEST_TIMER_MS);
    if (inFlight === 0) timer.ref();
    inFlight += 1;
    try {
      return await work();
    } finally {
      inFlight -= 1;
      if (inFlight === 0) timer.unref();
    }
  };
};

/** Calls that are in flight, so that a close can wait for them, and let go of those that nobody answers. */
type InFlight = {
  /** What the work answers, or `otherwise` where it was let go before. */
  readonly run: <A>(work: () => Promise<A>, otherwise: A) => Promise<A>;
  /** Settles once nothing is in flight. */
  readonly idle: () => Promise<void>;
  readonly abandonAll: () => void;
};

/** Places in an array are used again; a Set through which thousands pass is dear, as `sharedTimersOf` tells. */
export const makeInFlight = (): InFlight => {
  const places: Array<(() => void) | null> = [];
  const free: Array<number> = [];
  let onIdle: () => void = () => undefined;

  const enter = (abandon: () => void): (() => void) => {
    const place = free.pop() ?? places.length;
    places[place] = abandon;
    return () => {
      places[place] = null;
      free.push(place);
      if (free.length === places.length) onIdle();
    };
  };
  return {
    run: (work, otherwise) =>
      new Promise((resolve, reject) => {
        const leave = enter(() => resolve(otherwise));
        const done = (answer: Parameters<typeof resolve>[0]): void => {
          leave();
          resolve(answer);
        };
        work().then(done, (thrown: unknown) => {
          leave();
          reject(thrown);
        });
      }),
    idle: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      onIdle = resolve;
      if (free.length === places.length) resolve();
      await promise;
    },
    abandonAll: () => {
      for (const abandon of places) abandon?.();
    },
  };
};
