import { Worker } from 'node:worker_threads';
import type { Interval } from '../../../../domain/time/time.ts';
import { isObject } from '../../../../domain/unknown.ts';

/**
 * One step of reading a calendar; it crosses the border of the thread. `listing`: every object of the collection with its
 * ETag. `data`: the objects that were asked for by name. `object`: one that was asked for alone; `text` null: it is not
 * there, or `problem` says why it was not given. `busy`: what all that are kept take of a window.
 */
type Step =
  | { readonly type: 'listing'; readonly body: string }
  | { readonly type: 'data'; readonly body: string; readonly expected: ReadonlyArray<string> }
  | {
      readonly type: 'object';
      readonly href: string;
      readonly etag: string | null;
      readonly text: string | null;
      readonly problem: string | null;
    }
  | { readonly type: 'busy'; readonly window: Interval; readonly except: ReadonlyArray<string> };

export type ReadingJob = {
  /** Whose objects these are: what was read of them is kept. */
  readonly calendar: string;
  /** IANA zone of floating times and of dates. */
  readonly hostTimeZone: string;
  /** Path of the collection that was asked. */
  readonly collection: string;
  readonly step: Step;
  /** Versions of objects that are known to take too long. */
  readonly tooSlow: ReadonlyArray<string>;
  /** Milliseconds after which one object counts as too slow, once it is done. */
  readonly objectLimitMs: number;
};

/** Something of the calendar that could not be read. `blocked`: null where nobody knows when it is. */
export type ObjectDoubt = {
  readonly href: string;
  /** Null where nobody can tell whether it is still the same object. */
  readonly version: string | null;
  readonly reason: string;
  readonly blocked: ReadonlyArray<Interval> | null;
};

export type ReadingResult = {
  readonly type: 'read';
  readonly busy: ReadonlyArray<Interval>;
  readonly doubts: ReadonlyArray<ObjectDoubt>;
  /** Objects whose data is needed: what is kept is of another version, or nothing is. */
  readonly missing: ReadonlyArray<string>;
  /** Objects that were just listed and that an answer then calls absent: not believed before they are asked for alone. */
  readonly gone: ReadonlyArray<string>;
  /** Versions that took longer than `objectLimitMs`. */
  readonly tooSlow: ReadonlyArray<string>;
};

/** The answer as a whole says nothing that can be believed. */
export type RefusedReading = { readonly type: 'refused'; readonly reason: string };

/** What the thread says: that it is up, what it is about to read, and how it ended. */
export type ThreadMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'begun'; readonly versions: ReadonlyArray<string> }
  | { readonly type: 'done'; readonly result: ReadingResult | RefusedReading };

/**
 * Numbers that the thread shares while it reads, since nothing else can be asked of it once it is caught in a loop: which
 * object it is at, which one took longest so far, and how many milliseconds that took.
 */
export const PROGRESS = { current: 0, longest: 1, longestMs: 2, bytes: 24 } as const;

export const TOO_SLOW = 'its recurrence takes too long to work out';

/** Processor time, in milliseconds, that an answer may take: for taking it apart, and then for its objects. */
export type CpuLimits = { readonly answerMs: number; readonly objectsMs: number; readonly perObjectMs: number };

/** An ordinary object takes less than a tenth of `perObjectMs`; no sum of ordinary ones comes near. */
export const CPU_LIMITS: CpuLimits = { answerMs: 5_000, objectsMs: 300, perObjectMs: 1 };

/** `blamed`: versions of the objects that took the time. `lost`: the thread ended by itself. */
export type JobOutcome =
  | { readonly type: 'done'; readonly result: ReadingResult | RefusedReading }
  | { readonly type: 'overrun'; readonly blamed: ReadonlyArray<string> }
  | { readonly type: 'lost'; readonly reason: string }
  | { readonly type: 'cancelled' };

const POLL_MS = 25;
/** Memory of the thread; an object that takes more ends the thread, not the process. */
const MAX_HEAP_MB = 384;

const START = new URL('../../../threads/start-worker.js', import.meta.url);
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
    let isOver = false;

    const end = (outcome: JobOutcome): void => {
      isOver = true;
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
      // The answer came meanwhile: from here on the thread's time, and whom it hears, are those of the next job.
      if (isOver) return;
      usedBefore ??= used;
      const limitMs = versions === null ? limits.answerMs : limits.objectsMs + versions.length * limits.perObjectMs;
      if (used - usedBefore > limitMs) return overrun();
      timer = setTimeout(again, POLL_MS);
    };
    // A thread that ended says so by its own event.
    const again = (): void => void poll().catch(() => undefined);

    // It may have ended while nobody waited for it; such a thread has no number any more.
    if (worker.threadId === -1) return end({ type: 'lost', reason: 'the reading thread ended' });
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
