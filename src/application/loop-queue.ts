import type { RecordedEvent } from '../domain/log/envelope.ts';
import { toEpochMs } from '../domain/time/time.ts';
import type { Clock } from './ports/clock-and-ids.ts';

/** Milliseconds until a queue that gives way looks again whether it still has to. */
const LOOK_AGAIN_MS = 4;

/** Milliseconds between two tasks that begin on a loop that has no moment to spare, though what they give way to goes on. */
export const PACE_MS = 50;

/** Of the loop's time: with less in use since the last task began, there is time to spare. */
const IN_USE = 0.8;

/**
 * Milliseconds from when it came up for which a task gives way at most: under lasting load each still has its turn, and what
 * has waited for so long before it asks gives way no more.
 */
export const GIVES_WAY_MS = 2_000;

type Waiting = { readonly until: number; readonly begin: () => void };

/** `waitedMs`: how long the task has been due. */
export type LoopQueue = (waitedMs?: number) => Promise<void>;

/**
 * Lets one task begin in each turn of the event loop, in the order in which they ask. For work of some milliseconds that
 * nobody waits for in the next moment, such as a month of slots or the text of a mail: what else is to be done, bookings
 * first of all, gets its share between any two. While `isBusy`, the next task waits besides, for `GIVES_WAY_MS` at most; those
 * that have waited so long go on in the time that the loop has to spare, and one each `PACE_MS` when it has none.
 */
export const makeLoopQueue = (isBusy: () => boolean = () => false): LoopQueue => {
  const waiting: Array<Waiting> = [];
  let last = { at: Number.NEGATIVE_INFINITY, loop: performance.eventLoopUtilization() };
  const isDue = ({ until }: Waiting, now: number): boolean => {
    if (now < until) return false;
    return now - last.at >= PACE_MS || performance.eventLoopUtilization(last.loop).utilization < IN_USE;
  };
  const next = (): void => {
    const [first] = waiting;
    const now = performance.now();
    if (first !== undefined && isBusy() && !isDue(first, now)) {
      setTimeout(next, LOOK_AGAIN_MS);
      return;
    }
    last = { at: now, loop: performance.eventLoopUtilization() };
    waiting.shift();
    first?.begin();
    if (waiting.length > 0) setImmediate(next);
  };
  return (waitedMs = 0) =>
    new Promise((begin) => {
      waiting.push({ until: performance.now() + GIVES_WAY_MS - waitedMs, begin });
      if (waiting.length === 1) setImmediate(next);
    });
};

type Turning = { readonly turn: LoopQueue; readonly clock: Pick<Clock, 'now'> };

/** Before what an event leads to and nobody waits for: gives way to answers for as long as the event is young. */
export const turnFor = ({ turn, clock }: Turning, { occurredAt }: Pick<RecordedEvent, 'occurredAt'>): Promise<void> =>
  turn(Math.max(0, clock.now() - toEpochMs(occurredAt)));

/** Counts what callers wait for. `during`: as long as the work goes on. */
export type InHand = {
  readonly during: <A>(work: () => Promise<A>) => Promise<A>;
  readonly some: () => boolean;
};

/** Milliseconds: whoever asks one thing after the other is not done yet when an answer goes out. */
const LINGERS_MS = 20;

/** Requests that change something, from when they are understood until `LINGERS_MS` after their answer is known. */
export const makeInHand = (now: () => number = () => performance.now()): InHand => {
  let count = 0;
  let endedAt = Number.NEGATIVE_INFINITY;
  return {
    during: async (work) => {
      count += 1;
      try {
        return await work();
      } finally {
        count -= 1;
        endedAt = now();
      }
    },
    some: () => count > 0 || now() - endedAt < LINGERS_MS,
  };
};

/** Does `work` for each, at most so many at the same time, in their order. */
export const eachOf = async <A>(
  all: ReadonlyArray<A>,
  atOnce: number,
  work: (one: A) => Promise<void>,
): Promise<void> => {
  const queue = [...all];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, worker));
};
