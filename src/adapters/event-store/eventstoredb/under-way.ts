/** Calls that are under way, so that a close can wait for them, and let go of those that nobody answers. */
export type UnderWay = {
  /** What the work answers, or `otherwise` where it was let go before. */
  readonly run: <A>(work: () => Promise<A>, otherwise: A) => Promise<A>;
  /** Settles once nothing is under way. */
  readonly idle: () => Promise<void>;
  readonly letGo: () => void;
};

/** Places in an array are used again; a Set through which thousands pass is dear, as `sharedTimersOf` tells. */
export const makeUnderWay = (): UnderWay => {
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
    letGo: () => {
      for (const abandon of places) abandon?.();
    },
  };
};
