/** `granted` settles once the permit is held, null: it is. `giveUp` leaves the queue, or gives a granted permit back. */
export type Permit = { readonly granted: Promise<void> | null; readonly giveUp: () => void };

/** Permits, given out in the order of asking. */
export type Permits = {
  readonly take: () => Permit;
  /** All went well once more: one more permit, if it did so `patience` times in a row before, and up to the highest number. */
  readonly widen: () => void;
  /** It did not: as few permits as at first; who has one keeps it. */
  readonly narrow: () => void;
  /** Grants everybody who waits or comes later, without counting: what the permits protected is gone. */
  readonly open: () => void;
};

/** `first` permits, and up to `most`. */
export type Range = { readonly first: number; readonly most: number; readonly patience: number };

export const makePermits = ({ first, most, patience }: Range): Permits => {
  let well = 0;
  let count = Math.min(first, most);
  let taken = 0;
  /** Answers whether the permit was wanted still. An array, as in `sharedTimersOf`. */
  const waiting: Array<() => boolean> = [];
  const grantWaiting = (): void => {
    while (taken < count) {
      const grant = waiting.shift();
      if (grant === undefined) return;
      if (grant()) taken += 1;
    }
  };
  const held = (): Permit => {
    let isHeld = true;
    taken += 1;
    return {
      granted: null,
      giveUp: () => {
        if (!isHeld) return;
        isHeld = false;
        taken -= 1;
        grantWaiting();
      },
    };
  };
  const queued = (): Permit => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let state: 'waiting' | 'held' | 'gone' = 'waiting';
    waiting.push(() => {
      if (state === 'gone') return false;
      state = 'held';
      resolve();
      return true;
    });
    return {
      granted: promise,
      giveUp: () => {
        if (state === 'held') taken -= 1;
        state = 'gone';
        grantWaiting();
      },
    };
  };
  return {
    take: () => (taken < count ? held() : queued()),
    widen: () => {
      well += 1;
      if (well <= patience) return;
      count = Math.min(count + 1, most);
      grantWaiting();
    },
    narrow: () => {
      well = 0;
      count = Math.min(first, count);
    },
    open: () => {
      count = Number.POSITIVE_INFINITY;
      grantWaiting();
    },
  };
};
