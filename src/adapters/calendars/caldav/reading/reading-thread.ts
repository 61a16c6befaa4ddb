import type { ReadingJob } from './reading-job.ts';
import { CPU_LIMITS, type CpuLimits, type JobOutcome, runIn, type Running, start } from './run-job.ts';

type Task = { readonly job: ReadingJob; readonly signal: AbortSignal; readonly settle: (outcome: JobOutcome) => void };

/** A thread that reads answers one after the other. `onLost`: all that it kept is gone. */
export type ReadingThread = {
  readonly run: (job: ReadingJob, signal: AbortSignal) => Promise<JobOutcome>;
  readonly close: () => Promise<void>;
};

/** Nothing is started before the first job. A thread that ended is started again with the next one. */
export const makeReadingThread = (onLost: () => void, limits: CpuLimits = CPU_LIMITS): ReadingThread => {
  const queue: Task[] = [];
  let running: Running | null = null;
  let working = false;
  let closed = false;

  const one = async ({ job, signal }: Task): Promise<JobOutcome> => {
    if (signal.aborted || closed) return { type: 'called-off' };
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
        const calledOff = (): void => resolve({ type: 'called-off' });
        signal.addEventListener('abort', calledOff, { once: true });
        queue.push({
          job,
          signal,
          settle: (outcome) => {
            signal.removeEventListener('abort', calledOff);
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
