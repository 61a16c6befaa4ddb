import { expect, it } from 'vitest';
import {
  CPU_LIMITS,
  type ReadingJob,
  runIn,
  start,
} from '../../../../../src/adapters/calendars/caldav/reading/run-job.ts';

const window = { start: 0, end: 1 };
const job: ReadingJob = {
  calendar: 'work',
  hostTimeZone: 'UTC',
  collection: '/cal/',
  step: { type: 'busy', window, except: [] },
  tooSlow: [],
  objectLimitMs: 250,
};

it('given a thread that ended while nobody waited for it, when a job comes, then the job is lost at once', async () => {
  const running = await start();
  expect(await runIn(running, job, CPU_LIMITS)).toMatchObject({ type: 'done' });
  await running.worker.terminate();
  expect(await runIn(running, job, CPU_LIMITS)).toEqual({ type: 'lost', reason: 'the reading thread ended' });
}, 20_000);
