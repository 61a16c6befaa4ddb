/** Runs work that keeps the process alive until it is done. */
export type KeepProcessAlive = <A>(work: () => Promise<A>) => Promise<A>;

/** Milliseconds. The timer does nothing, so it is as long as possible. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Timers of the clock do not keep the process alive, and neither does a connection that is down: without this, a
 * process that waits for its event store would end. One idle timer serves all work in flight.
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

/** Calls in flight, so that `close` can wait for them and abandon those that are not answered. */
type InFlight = {
  /** Resolves with the result of the work, or with `otherwise` if it was abandoned before. */
  readonly run: <A>(work: () => Promise<A>, otherwise: A) => Promise<A>;
  /** Settles once nothing is in flight. */
  readonly idle: () => Promise<void>;
  readonly abandonAll: () => void;
};

/** Places in an array are reused: a Set through which thousands of entries pass is slow (see `sharedTimersOf`). */
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
