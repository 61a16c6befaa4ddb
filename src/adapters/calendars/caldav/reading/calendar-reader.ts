import {
  type ReadingJob,
  type ReadingResult,
  type RefusedReading,
  CPU_LIMITS,
  type CpuLimits,
  type JobOutcome,
  runIn,
  type Running,
  start,
} from './run-job.ts';

type Task = { readonly job: ReadingJob; readonly signal: AbortSignal; readonly settle: (outcome: JobOutcome) => void };

/**
 * A thread that parses answers one after the other. `onLost`: called when the thread, and all that it kept, is gone.
 */
type ReadingThread = {
  readonly run: (job: ReadingJob, signal: AbortSignal) => Promise<JobOutcome>;
  readonly close: () => Promise<void>;
};

/** The thread starts with the first job. One that has ended is started again by the next job. */
const makeReadingThread = (onLost: () => void, limits: CpuLimits = CPU_LIMITS): ReadingThread => {
  const queue: Task[] = [];
  let running: Running | null = null;
  let working = false;
  let closed = false;

  const one = async ({ job, signal }: Task): Promise<JobOutcome> => {
    if (signal.aborted || closed) return { type: 'cancelled' };
    try {
      running ??= await start();
    } catch {
      return { type: 'lost', reason: 'the reading thread cannot be started' };
    }
    const outcome = await runIn(running, job, limits);
    if (outcome.type === 'overrun' || outcome.type === 'lost') {
      running = null;
      onLost();
    }
    return outcome;
  };
  const work = async (): Promise<void> => {
    if (working) return;
    working = true;
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) task.settle(await one(task));
    working = false;
  };

  return {
    run: (job, signal) =>
      new Promise((resolve) => {
        const cancelled = (): void => resolve({ type: 'cancelled' });
        signal.addEventListener('abort', cancelled, { once: true });
        queue.push({
          job,
          signal,
          settle: (outcome) => {
            signal.removeEventListener('abort', cancelled);
            resolve(outcome);
          },
        });
        // It settles each task, and never throws.
        work().catch(() => undefined);
      }),
    close: async () => {
      closed = true;
      const { worker } = running ?? {};
      running = null;
      await worker?.terminate();
    },
  };
};

/** Milliseconds for which a calendar that blocked the thread is read in a separate one. */
const APART_MS = 3_600_000;
/** Tries at one answer: each knows one slow object more, and is less patient with the others. */
const OBJECT_LIMITS_MS = [250, 50, 20, 10, 5, 2] as const;
/** Slow objects that are remembered for a calendar. */
const MAX_SLOW = 1_000;

export type ReadingTask = Omit<ReadingJob, 'tooSlow' | 'objectLimitMs'>;

/**
 * Reads the answers of all CalDAV calendars off the event loop. One calendar cannot hold up another for longer than the
 * limit of one answer: one that overran it is read in a thread apart, together with others that did, for an hour, and the
 * object at fault is remembered until it changes.
 */
export type CalendarReader = {
  readonly read: (
    task: ReadingTask,
    signal: AbortSignal,
  ) => Promise<ReadingResult | RefusedReading | { readonly type: 'cancelled' }>;
  /** Changes whenever what was kept of this calendar is lost, with the thread that kept it. */
  readonly generation: (calendar: string) => number;
  readonly close: () => Promise<void>;
};

type Lane = { generation: number; readonly thread: ReadingThread };

export const makeCalendarReader = (limits: CpuLimits = CPU_LIMITS): CalendarReader => {
  let generations = 0;
  const lane = (): Lane => {
    const made = {
      generation: (generations += 1),
      thread: makeReadingThread(() => (made.generation = generations += 1), limits),
    };
    return made;
  };
  const ordinary = lane();
  const apart = lane();
  const apartUntil = new Map<string, number>();
  const slow = new Map<string, Set<string>>();

  const laneOf = (calendar: string) => {
    if ((apartUntil.get(calendar) ?? 0) > performance.now()) return apart;
    apartUntil.delete(calendar);
    return ordinary;
  };
  const remember = (calendar: string, versions: ReadonlyArray<string>): void => {
    if (versions.length === 0) return;
    const known = slow.get(calendar) ?? new Set<string>();
    for (const version of versions) known.add(version);
    for (const oldest of known) {
      if (known.size <= MAX_SLOW) break;
      known.delete(oldest);
    }
    slow.set(calendar, known);
  };

  return {
    generation: (calendar) => laneOf(calendar).generation,
    read: async (task, signal) => {
      const { calendar } = task;
      for (const objectLimitMs of OBJECT_LIMITS_MS) {
        const { thread } = laneOf(calendar);
        const outcome = await thread.run({ ...task, objectLimitMs, tooSlow: [...(slow.get(calendar) ?? [])] }, signal);
        switch (outcome.type) {
          case 'cancelled':
            return outcome;
          case 'lost':
            apartUntil.set(calendar, performance.now() + APART_MS);
            return { type: 'refused', reason: outcome.reason };
          case 'overrun':
            apartUntil.set(calendar, performance.now() + APART_MS);
            remember(calendar, outcome.blamed);
            break;
          case 'done':
            if (outcome.result.type === 'read') remember(calendar, outcome.result.tooSlow);
            return outcome.result;
        }
      }
      return { type: 'refused', reason: 'its events take too long to work out' };
    },
    close: async () => {
      await Promise.all([ordinary.thread.close(), apart.thread.close()]);
    },
  };
};
