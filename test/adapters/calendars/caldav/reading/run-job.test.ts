import { expect, it, onTestFinished, vi } from 'vitest';
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

it('given an answer that comes while the thread is asked for its time, then nobody watches the thread on', async () => {
  const running = await start();
  onTestFinished(async () => void (await running.worker.terminate()));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const asked = Promise.withResolvers<NodeJS.CpuUsage>();
  vi.spyOn(running.worker, 'cpuUsage').mockReturnValueOnce(asked.promise);

  expect(await runIn(running, job, CPU_LIMITS)).toMatchObject({ type: 'done' });
  asked.resolve({ user: 0, system: 0 });
  await asked.promise;
  await new Promise((resolve) => setImmediate(resolve));
  // A watch that went on would end the thread under the next job, which then is never answered.
  expect(vi.getTimerCount()).toBe(0);
}, 20_000);
