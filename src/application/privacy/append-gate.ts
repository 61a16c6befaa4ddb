/**
 * Keeps what is being written and what is being destroyed apart: while somebody's keys are withheld, no append that uses one
 * of them is on its way.
 */
export type AppendGate = {
  /** Runs an append that uses these keys; waits first while one of them is withheld. */
  readonly pass: <A>(keys: ReadonlyArray<string>, append: () => Promise<A>) => Promise<A>;
  /** Withholds keys for as long as `work` takes, which begins when no append with them is on its way any more. */
  readonly withhold: <A>(keys: ReadonlyArray<string>, work: () => Promise<A>) => Promise<A>;
};

type Passing = { readonly keys: ReadonlyArray<string>; readonly done: Promise<unknown> };

/** People are forgotten one after the other, so one set is withheld at a time. */
export const makeAppendGate = (): AppendGate => {
  const passing = new Set<Passing>();
  let withheld: ReadonlySet<string> = new Set();
  let lifted: Promise<void> = Promise.resolve();
  const isWithheld = (key: string): boolean => withheld.has(key);
  return {
    pass: async (keys, append) => {
      if (keys.length === 0) return append();
      while (keys.some(isWithheld)) await lifted;
      const one = { keys, done: append() };
      passing.add(one);
      return one.done.finally(() => passing.delete(one));
    },
    withhold: async (keys, work) => {
      if (withheld.size > 0) throw new Error('keys are withheld already');
      const { promise, resolve } = Promise.withResolvers<void>();
      [withheld, lifted] = [new Set(keys), promise];
      try {
        await Promise.allSettled([...passing].filter((one) => one.keys.some(isWithheld)).map(({ done }) => done));
        return await work();
      } finally {
        withheld = new Set();
        resolve();
      }
    },
  };
};
