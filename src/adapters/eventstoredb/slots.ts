/** `granted` settles once a slot is held; `giveUp` leaves the queue, or gives a granted slot back. */
export type Turn = { readonly granted: Promise<void>; readonly giveUp: () => void };

/** A fixed number of slots, given out in the order of asking. */
export type Slots = {
  readonly take: () => Turn;
  /** Grants everybody who waits or comes later, without counting: what the slots protected is gone. */
  readonly open: () => void;
};

export const makeSlots = (count: number): Slots => {
  let free = count;
  let opened = false;
  let waiting: ReadonlyArray<() => void> = [];
  const release = (): void => {
    const [first, ...rest] = waiting;
    waiting = rest;
    if (first === undefined) free += 1;
    else first();
  };
  return {
    take: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      let held = false;
      const grant = (): void => {
        held = true;
        resolve();
      };
      if (opened || free > 0) {
        free -= 1;
        grant();
      } else {
        waiting = [...waiting, grant];
      }
      const giveUp = (): void => {
        if (held) release();
        else waiting = waiting.filter((each) => each !== grant);
        held = false;
      };
      return { granted: promise, giveUp };
    },
    open: () => {
      opened = true;
      for (const grant of waiting) grant();
      waiting = [];
    },
  };
};
