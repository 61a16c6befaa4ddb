/**
 * P21: the processor time of reading an ordinary manager's calendar (60 weekly series since 2017 in Outlook's zone, 3,000
 * single events): for a week and for a month, cold and unchanged since. What is measured is what the reading thread does
 * with the objects; the XML around them, and the start of the thread, are told apart. Each round is a process of its own.
 * Prints a table and one line of JSON. `--quick`: fewer rounds.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { objectsIn, KeptObject } from '../src/adapters/calendars/caldav/reading/kept-object.ts';
import { warmUp } from '../src/adapters/calendars/caldav/reading/reading-worker.ts';
import { managerCalendar } from './support/manager-calendar.ts';

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, days: { type: 'string', default: '' } },
});
const ROUNDS = values.quick ? 3 : 11;
const DAY_MS = 24 * 3_600_000;
const GOALS = { week: 50, month: 150 };
/** Of the cold reading, when nothing has changed since. */
const GOAL_AGAIN = 0.1;

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};
const timed = (run: () => void): number => {
  const before = cpuMs();
  run();
  return cpuMs() - before;
};

type Round = { readonly cold: number; readonly again: number; readonly xml: number };

/** In a process of its own, warmed up as the thread is. */
const round = (days: number): Round => {
  const texts = managerCalendar();
  const start = Temporal.Instant.from('2026-11-30T00:00Z').epochMilliseconds;
  const window = { start, end: start + days * DAY_MS };
  warmUp();
  const objects = texts.map((_, index) => new KeptObject(`/cal/${index}.ics`, `"${index}"`));
  const none = new Set<string>();
  let taken = 0;
  const readAll = (): void => {
    taken = objects.reduce((sum, one) => sum + (one.read(window, none, '', 'Europe/Oslo')?.busy.length ?? 0), 0);
  };
  const cold = timed(() => {
    objects.forEach((one, index) => one.take(texts[index] ?? '', `"${index}"`, 'Europe/Oslo'));
    readAll();
  });
  if (taken < days * 8) throw new Error(`only ${taken} busy times were found`);
  const again = timed(readAll);
  const xml = `<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">${texts
    .map(
      (text, index) =>
        `<d:response><d:href>/cal/${index}.ics</d:href><d:propstat><d:prop><c:calendar-data>${text}</c:calendar-data></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`,
    )
    .join('')}</d:multistatus>`;
  return { cold, again, xml: timed(() => objectsIn(xml, '/cal/')) };
};

const median = (numbers: ReadonlyArray<number>): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
const inOwnProcess = (days: number): Round => {
  const self = fileURLToPath(import.meta.url);
  const { stdout, status, stderr } = spawnSync(process.execPath, [self, `--days=${days}`], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Round;
};

/** Wall time until the thread is ready, its libraries loaded and warm. */
const threadStartMs = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const before = performance.now();
    const url = (path: string): URL => new URL(path, import.meta.url);
    const worker = new Worker(url('../src/adapters/threads/start-worker.js'), {
      workerData: {
        entry: url('../src/adapters/calendars/caldav/reading/reading-worker.ts').href,
        progress: new SharedArrayBuffer(24),
      },
      execArgv: [],
    });
    worker.once('error', reject);
    worker.once('message', () => {
      const took = performance.now() - before;
      worker.terminate().then(() => resolve(took), reject);
    });
  });

if (values.days !== '') console.log(JSON.stringify(round(Number(values.days))));
else {
  const results = Object.entries({ week: 7, month: 30 }).map(([name, days]) => {
    const rounds = Array.from({ length: ROUNDS }, () => inOwnProcess(days));
    const cold = median(rounds.map((one) => one.cold));
    const again = median(rounds.map((one) => one.again));
    const goal = GOALS[name === 'week' ? 'week' : 'month'];
    const reached = cold <= goal && again <= cold * GOAL_AGAIN;
    return { id: 'P21', name, cold, again, xml: median(rounds.map((one) => one.xml)), goal, reached };
  });
  const started = [await threadStartMs(), await threadStartMs(), await threadStartMs()];
  for (const { name, cold, again, xml, goal } of results) {
    console.log(
      `P21 ${name}: cold ${cold.toFixed(1)} ms (goal ${goal}), unchanged ${again.toFixed(1)} ms; XML of all, once: ${xml.toFixed(0)} ms`,
    );
  }
  console.log(`thread ready after ${median(started).toFixed(0)} ms`);
  console.log(JSON.stringify({ bench: 'reading', results, threadStartMs: median(started) }));
  process.exitCode = results.every(({ reached }) => reached) ? 0 : 1;
}
