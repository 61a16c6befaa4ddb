import { parentPort, workerData } from 'node:worker_threads';
import { makeKeptCalendars } from './kept-calendars.ts';
import { warmUp } from './warm-up.ts';
import { PROGRESS, type ReadingJob, type ThreadMessage } from './reading-job.ts';
import { isObject } from '../../../../domain/unknown.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs in a worker thread');

const given: unknown = workerData;
const shared = isObject(given) ? given.progress : null;
if (!(shared instanceof SharedArrayBuffer)) throw new Error('the thread was given no place for its progress');
const progress = new Float64Array(shared);

const say = (message: ThreadMessage): void => port.postMessage(message);

/** Processor time of this thread, in milliseconds: a busy machine makes no object slow. */
const clockMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

const read = makeKeptCalendars(
  {
    begin: (versions) => {
      progress.fill(0);
      say({ type: 'begun', versions });
    },
    at: (index) => {
      progress[PROGRESS.current] = index;
    },
    took: (index, ms) => {
      if (ms <= (progress[PROGRESS.longestMs] ?? 0)) return;
      progress[PROGRESS.longest] = index;
      progress[PROGRESS.longestMs] = ms;
    },
  },
  clockMs,
);

port.on('message', (job: ReadingJob) => say({ type: 'done', result: read(job) }));
warmUp();
say({ type: 'ready' });
