import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Milliseconds of one look: long enough to see a busy loop, short enough to see that it is over. */
const LOOK_MS = 250;
/** Milliseconds between two measurements; what a timer is late anyway. */
const RESOLUTION_MS = 10;

export type LoopDelay = {
  /** Milliseconds that the event loop was late on average, in the last look or in this one. */
  readonly delayMs: () => number;
  readonly stop: () => void;
};

/** Watches how late the event loop is (node:perf_hooks). It keeps no process alive. */
export const watchLoopDelay = (): LoopDelay => {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let last = 0;
  let looked = { atMs: 0, delayMs: 0 };
  const meanMs = (): number => (histogram.count === 0 ? 0 : Math.max(0, histogram.mean / 1e6 - RESOLUTION_MS));
  const timer = setInterval(() => {
    last = meanMs();
    histogram.reset();
  }, LOOK_MS);
  timer.unref();
  return {
    delayMs: () => {
      // Asked thousands of times a second, and the mean is dear.
      const now = performance.now();
      if (now - looked.atMs >= RESOLUTION_MS) looked = { atMs: now, delayMs: Math.max(last, meanMs()) };
      return looked.delayMs;
    },
    stop: () => {
      clearInterval(timer);
      histogram.disable();
    },
  };
};
