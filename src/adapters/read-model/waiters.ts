import type { Clock } from '../../application/ports/clock-and-ids.ts';

/** Those who wait for a position of the log. */
export type Waiters = {
  /** True once `reached` was told the position; false after `ms` milliseconds or when `signal` aborts. */
  readonly wait: (position: number, ms: number, signal: AbortSignal) => Promise<boolean>;
  readonly reached: (position: number) => void;
  /** Nothing more will come: everybody who waits gets false. */
  readonly giveUp: () => void;
};

type Waiter = { readonly position: number; readonly settle: (reached: boolean) => void };

export const makeWaiters = (clock: Clock): Waiters => {
  const waiting = new Set<Waiter>();
  return {
    wait: (position, ms, signal) =>
      new Promise((resolve) => {
        const settle = (reached: boolean): void => {
          waiting.delete(waiter);
          callOff();
          signal.removeEventListener('abort', abort);
          resolve(reached);
        };
        const abort = (): void => settle(false);
        const waiter = { position, settle };
        const callOff = clock.at(clock.now() + ms, () => settle(false));
        waiting.add(waiter);
        if (signal.aborted) settle(false);
        else signal.addEventListener('abort', abort);
      }),
    reached: (position) => {
      for (const waiter of waiting) if (waiter.position <= position) waiter.settle(true);
    },
    giveUp: () => {
      for (const waiter of waiting) waiter.settle(false);
    },
  };
};
