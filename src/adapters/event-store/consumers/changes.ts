/** Wakes whoever waits for a condition that only changes together with `notify`. */
export type Changes = {
  readonly notify: () => void;
  /** Resolves once the condition holds; it is looked at now and after each change. */
  readonly until: (condition: () => boolean | Promise<boolean>) => Promise<void>;
};

export const makeChanges = (): Changes => {
  let next = Promise.withResolvers<void>();
  return {
    notify: () => {
      next.resolve();
      next = Promise.withResolvers<void>();
    },
    until: async (condition) => {
      // Taken before the look, so that a change during an asynchronous look is not missed.
      for (let change = next.promise; !(await condition()); change = next.promise) await change;
    },
  };
};
