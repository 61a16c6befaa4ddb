import type { Clock } from '../../../application/ports/clock.ts';

export type StopSignal = {
  readonly stopped: () => boolean;
  readonly stop: () => void;
  readonly onStop: (callback: () => void) => () => void;
  /** Milliseconds by the clock; shorter when it is stopped. */
  readonly pause: (ms: number) => Promise<void>;
};

export const makeStopSignal = (clock: Clock): StopSignal => {
  let stopped = false;
  const callbacks = new Set<() => void>();
  const onStop = (callback: () => void): (() => void) => {
    callbacks.add(callback);
    return () => callbacks.delete(callback);
  };
  return {
    stopped: () => stopped,
    stop: () => {
      stopped = true;
      for (const callback of [...callbacks]) callback();
    },
    onStop,
    pause: async (ms) => {
      if (stopped) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const callOff = clock.at(clock.now() + ms, resolve);
      const forget = onStop(resolve);
      await promise;
      callOff();
      forget();
    },
  };
};
