/**
 * `granted`: settles once the caller has the permit; null: it has it already. `release`: leaves the queue, or gives the
 * permit back.
 */
export type Permit = { readonly granted: Promise<void> | null; readonly release: () => void };

/** Permits, granted in the order of asking. */
export type Permits = {
  readonly acquire: () => Permit;
  /** Counts a success. After `patience` successes in a row there is one more permit for each, up to `most`. */
  readonly widen: () => void;
  /** Counts a failure: back to the first number of permits; whoever has one keeps it. */
  readonly narrow: () => void;
  /** Grants all, now and later, without counting: the client that the permits protected is closed. */
  readonly open: () => void;
};

/** `first` permits, and up to `most`. */
export type Range = { readonly first: number; readonly most: number; readonly patience: number };

export const makePermits = ({ first, most, patience }: Range): Permits => {
  let well = 0;
  let count = Math.min(first, most);
  let taken = 0;
  /** Each answers whether the permit is still wanted. An array, for the reason given at `sharedTimersOf`. */
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
      release: () => {
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
      release: () => {
        if (state === 'held') taken -= 1;
        state = 'gone';
        grantWaiting();
      },
    };
  };
  return {
    acquire: () => (taken < count ? held() : queued()),
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
