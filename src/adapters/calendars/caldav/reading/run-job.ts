import { Worker } from 'node:worker_threads';
import {
  PROGRESS,
  type ReadingJob,
  type ReadingResult,
  type RefusedReading,
  type ThreadMessage,
} from './reading-job.ts';
import { isObject } from '../../../../domain/unknown.ts';

/** Processor time, in milliseconds, that an answer may take: for taking it apart, and then for its objects. */
export type CpuLimits = { readonly answerMs: number; readonly objectsMs: number; readonly perObjectMs: number };

/** An ordinary object takes less than a tenth of `perObjectMs`; no sum of ordinary ones comes near. */
export const CPU_LIMITS: CpuLimits = { answerMs: 5_000, objectsMs: 300, perObjectMs: 1 };

/** `blamed`: versions of the objects that took the time. `lost`: the thread ended by itself. */
export type JobOutcome =
  | { readonly type: 'done'; readonly result: ReadingResult | RefusedReading }
  | { readonly type: 'overrun'; readonly blamed: ReadonlyArray<string> }
  | { readonly type: 'lost'; readonly reason: string }
  | { readonly type: 'called-off' };

const POLL_MS = 25;
/** Memory of the thread; an object that takes more ends the thread, not the process. */
const MAX_HEAP_MB = 384;

const START = new URL('../../../../../bin/start-worker.js', import.meta.url);
const ENTRY = new URL('./reading-worker.ts', import.meta.url);

type Heard = ThreadMessage | { readonly type: 'failed' } | { readonly type: 'ended' };

/** `hear`: whoever waits for the thread just now. Its own listeners stay: without them Node delivers no message. */
export type Running = { readonly worker: Worker; readonly progress: Float64Array; hear: (heard: Heard) => void };

const isMessage = (value: unknown): value is ThreadMessage => isObject(value) && 'type' in value;

const cpuMs = async (worker: Worker): Promise<number> => {
  const { user, system } = await worker.cpuUsage();
  return (user + system) / 1_000;
};

/** Starts the thread, and answers once its libraries are loaded. */
export const start = (): Promise<Running> =>
  new Promise((resolve, reject) => {
    const shared = new SharedArrayBuffer(PROGRESS.bytes);
    const worker = new Worker(START, {
      name: 'reading calendars',
      workerData: { entry: ENTRY.href, progress: shared },
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    const running: Running = {
      worker,
      progress: new Float64Array(shared),
      hear: (heard) => {
        if (heard.type !== 'ready') return reject(new Error('the thread cannot be started'));
        // It waits for work, and keeps no process alive by that.
        worker.unref();
        resolve(running);
      },
    };
    worker.on('message', (message: unknown) => {
      if (isMessage(message)) running.hear(message);
    });
    worker.on('error', () => running.hear({ type: 'failed' }));
    worker.on('exit', () => running.hear({ type: 'ended' }));
  });

/** Runs one job, and ends the thread where it takes more processor time than it may. */
export const runIn = (running: Running, job: ReadingJob, limits: CpuLimits): Promise<JobOutcome> =>
  new Promise((resolve) => {
    const { worker, progress } = running;
    let versions: ReadonlyArray<string> | null = null;
    let usedBefore: number | null = null;
    let timer: NodeJS.Timeout | undefined;

    const end = (outcome: JobOutcome): void => {
      clearTimeout(timer);
      running.hear = () => undefined;
      worker.unref();
      resolve(outcome);
    };
    const blamed = (): ReadonlyArray<string> => {
      if (versions === null) return [];
      const indices = [progress[PROGRESS.current]];
      // Where many are slow, the slowest so far goes as well.
      if ((progress[PROGRESS.longestMs] ?? 0) > limits.objectsMs / 4) indices.push(progress[PROGRESS.longest]);
      return indices.flatMap((index) => versions?.[index ?? -1] ?? []);
    };
    const overrun = (): void => {
      const outcome: JobOutcome =
        versions === null
          ? { type: 'lost', reason: 'its answer takes too long to read' }
          : { type: 'overrun', blamed: blamed() };
      running.hear = () => undefined;
      worker.terminate().then(
        () => end(outcome),
        () => end(outcome),
      );
    };
    const poll = async (): Promise<void> => {
      const used = await cpuMs(worker);
      usedBefore ??= used;
      const limitMs = versions === null ? limits.answerMs : limits.objectsMs + versions.length * limits.perObjectMs;
      if (used - usedBefore > limitMs) return overrun();
      timer = setTimeout(again, POLL_MS);
    };
    // A thread that ended says so by its own event.
    const again = (): void => void poll().catch(() => undefined);

    worker.ref();
    running.hear = (heard) => {
      switch (heard.type) {
        case 'begun':
          versions = heard.versions;
          usedBefore = null;
          break;
        case 'done':
          return end({ type: 'done', result: heard.result });
        // Out of memory: whatever is at hand just then took it.
        case 'failed':
          return end(
            versions === null ? { type: 'lost', reason: 'it cannot be read' } : { type: 'overrun', blamed: blamed() },
          );
        case 'ended':
          return end({ type: 'lost', reason: 'the reading thread ended' });
        case 'ready':
          break;
      }
    };
    worker.postMessage(job);
    again();
  });
