import { parentPort, workerData } from 'node:worker_threads';
import { isObject } from '../../../../domain/unknown.ts';
import { compileObject } from '../../../icalendar/compile-object.ts';
import { busyOfObject } from '../../../icalendar/read-icalendar.ts';
import { makeKeptCalendars } from './kept-calendars.ts';
import { PROGRESS, type ReadingJob, type ThreadMessage } from './run-job.ts';

const SAMPLE = [
  'BEGIN:VCALENDAR',
  'BEGIN:VTIMEZONE',
  'TZID:Sample',
  'BEGIN:STANDARD',
  'DTSTART:16010101T030000',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
  'END:STANDARD',
  'BEGIN:DAYLIGHT',
  'DTSTART:16010101T020000',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
  'BEGIN:VEVENT',
  'UID:sample',
  'DTSTART;TZID=Sample:20200106T090000',
  'DTEND;TZID=Sample:20200106T100000',
  'RRULE:FREQ=WEEKLY;BYDAY=MO',
  'END:VEVENT',
  'END:VCALENDAR',
].join('\n');

const ROUNDS = 120;
const WEEK_MS = 7 * 24 * 3_600_000;

/** Reads a sample, so that the code is compiled when the first calendar comes. */
export const warmUp = (): void => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = Temporal.Instant.from('2026-01-05T00:00Z').epochMilliseconds + round * WEEK_MS;
    busyOfObject(compileObject(SAMPLE, 'UTC'), { start, end: start + WEEK_MS }, new Set());
  }
};

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
