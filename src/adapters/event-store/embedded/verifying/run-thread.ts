import { Worker } from 'node:worker_threads';
import type { VerifiedStreams, VerifyJob, VerifyMessage } from './verify-job.ts';

const START = new URL('../../../threads/start-worker.js', import.meta.url);
/** An event is garbage as soon as it is judged: the larger the room for new objects, the less often it is cleaned up. */
const YOUNG_MB = 48;

/** Told of what a thread says while it is at work. */
export type Heard = { readonly ends: (ends: string) => void; readonly verified: (part: VerifiedStreams) => void };

/**
 * One thread to its end: rows of the table that it has counted. Null: a thread found something irregular. Rejects with whatever
 * ends it before it is done.
 */
export const runThread = (
  job: VerifyJob,
  entry: URL,
  heard: Heard,
  started: (worker: Worker) => void,
): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(START, {
      name: 'verifying',
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
      workerData: { entry: entry.href, job },
    });
    started(worker);
    worker.on('message', (message: VerifyMessage) => {
      switch (message.type) {
        case 'ends':
          return heard.ends(message.ends);
        case 'verified':
          return heard.verified(message.verified);
        case 'done':
          return resolve(message.rows);
        case 'irregular':
          return resolve(null);
      }
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('it ended before it was done')));
  });
