/** `granted` settles once a slot `isHeld`; `giveUp` leaves the queue, or gives a granted slot back. */
export type Turn = {
  readonly isHeld: () => boolean;
  readonly granted: Promise<void>;
  readonly giveUp: () => void;
};

/** A fixed number of slots, given out in the order of asking. */
export type Slots = {
  readonly take: () => Turn;
  /** Grants everybody who waits or comes later, without counting: what the slots protected is gone. */
  readonly open: () => void;
};

export const makeSlots = (count: number): Slots => {
  let free = count;
  let opened = false;
  const waiting = new Set<() => void>();
  const release = (): void => {
    for (const grant of waiting) {
      waiting.delete(grant);
      return grant();
    }
    free += 1;
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
        waiting.add(grant);
      }
      const giveUp = (): void => {
        if (held) release();
        else waiting.delete(grant);
        held = false;
      };
      return { isHeld: () => held, granted: promise, giveUp };
    },
    open: () => {
      opened = true;
      for (const grant of waiting) grant();
      waiting.clear();
    },
  };
};
