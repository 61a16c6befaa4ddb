import type { Interval } from '../../../../domain/time/time.ts';
import { objectsIn, pathOf, KeptObject } from './kept-object.ts';
import { type ObjectDoubt, type ReadingJob, type ReadingResult, type RefusedReading, TOO_SLOW } from './run-job.ts';

/** Objects of one calendar, and of all together, that are kept. A calendar with more cannot be read. */
const MAX_OBJECTS = 25_000;
const MAX_OBJECTS_IN_ALL = 100_000;

/** Objects by path. */
type Calendar = { readonly hostTimeZone: string; objects: Map<string, KeptObject>; isListed: boolean };

/** Told before objects are gone through, at each of them, and how many milliseconds it took. */
export type Watch = {
  readonly begin: (versions: ReadonlyArray<string>) => void;
  readonly at: (index: number) => void;
  readonly took: (index: number, ms: number) => void;
};

const NOTHING: ReadingResult = { type: 'read', busy: [], doubts: [], missing: [], gone: [], tooSlow: [] };
const LEFT_OUT = 'the server left out its data';

/** Takes over which objects there are; what is kept of others, and of other versions, goes. */
const takeListing = (calendar: Calendar, body: string, collection: string): ReadingResult | RefusedReading => {
  const listed = objectsIn(body, collection);
  if (typeof listed === 'string') return { type: 'refused', reason: listed };
  if (listed.objects.length > MAX_OBJECTS)
    return { type: 'refused', reason: `it holds more than ${MAX_OBJECTS} objects` };
  const objects = new Map<string, KeptObject>();
  const missing: string[] = [];
  for (const { href, etag, problem } of listed.objects) {
    const path = pathOf(href);
    const object = calendar.objects.get(path) ?? new KeptObject(href, etag);
    object.list(etag, problem);
    objects.set(path, object);
    if (!object.isFresh && problem === null) missing.push(href);
  }
  calendar.objects = objects;
  calendar.isListed = true;
  return { ...NOTHING, missing };
};

type Timed = { readonly versions: ReadonlyArray<string>; readonly run: (index: number) => void };

/** Keeps all calendars' objects as they were read, and reads what is new of them. */
export const makeKeptCalendars = (watch: Watch, clockMs: () => number) => {
  const calendars = new Map<string, Calendar>();

  const calendarOf = ({ calendar, hostTimeZone }: ReadingJob): Calendar => {
    const known = calendars.get(calendar);
    const used =
      known?.hostTimeZone === hostTimeZone
        ? known
        : { hostTimeZone, objects: new Map<string, KeptObject>(), isListed: false };
    // The one that was not used for longest goes first.
    calendars.delete(calendar);
    calendars.set(calendar, used);
    let total = [...calendars.values()].reduce((sum, { objects }) => sum + objects.size, 0);
    for (const [name, { objects }] of calendars) {
      if (total <= MAX_OBJECTS_IN_ALL || name === calendar) break;
      total -= objects.size;
      calendars.delete(name);
    }
    return used;
  };

  /** Goes through objects one by one, so that one that takes too long can be told. */
  const timed = ({ objectLimitMs, tooSlow }: ReadingJob, { versions, run }: Timed, skip: (index: number) => void) => {
    const skipped = new Set(tooSlow);
    const slow: string[] = [];
    watch.begin(versions);
    let beforeMs = clockMs();
    versions.forEach((version, index) => {
      if (skipped.has(version)) return skip(index);
      watch.at(index);
      run(index);
      const nowMs = clockMs();
      watch.took(index, nowMs - beforeMs);
      if (nowMs - beforeMs > objectLimitMs) slow.push(version);
      beforeMs = nowMs;
    });
    return slow;
  };

  const takeData = (job: ReadingJob, calendar: Calendar, body: string, expected: ReadonlyArray<string>) => {
    const given = objectsIn(body, job.collection);
    if (typeof given === 'string') return { type: 'refused', reason: given } as const;
    const wanted = new Set(expected.map(pathOf));
    const gone = given.gone.filter((href) => wanted.delete(pathOf(href)));
    const objects = given.objects.flatMap((object) => {
      const kept = calendar.objects.get(pathOf(object.href));
      return kept === undefined ? [] : [{ kept, object }];
    });
    const mark = (index: number): string => objects[index]?.object.etag ?? objects[index]?.kept.etag ?? '';
    const run = (index: number): void => {
      const { kept, object } = objects[index] ?? {};
      if (kept === undefined || object === undefined) return;
      if (object.text === null && object.problem === null) return;
      wanted.delete(pathOf(object.href));
      if (object.text === null) kept.fail(object.problem ?? LEFT_OUT, null);
      else kept.take(object.text, object.etag, job.hostTimeZone);
    };
    const skip = (index: number): void => {
      const { kept, object } = objects[index] ?? {};
      if (kept === undefined || object === undefined) return;
      wanted.delete(pathOf(object.href));
      kept.fail(TOO_SLOW, object.etag);
    };
    const versions = objects.map(({ kept }, index) => `${kept.href} ${mark(index)}`);
    const slow = timed(job, { versions, run }, skip);
    for (const path of wanted) calendar.objects.get(path)?.fail(LEFT_OUT, null);
    return { ...NOTHING, gone, tooSlow: slow };
  };

  const takeObject = (
    job: ReadingJob,
    calendar: Calendar,
    { href, etag, text, problem }: Extract<ReadingJob['step'], { readonly type: 'object' }>,
  ): ReadingResult => {
    const kept = calendar.objects.get(pathOf(href));
    if (kept === undefined) return NOTHING;
    if (problem !== null) kept.fail(problem, etag);
    else if (text === null) calendar.objects.delete(pathOf(href));
    else {
      const run = (): void => kept.take(text, etag, job.hostTimeZone);
      const versions = [`${kept.href} ${etag ?? kept.etag ?? ''}`];
      return { ...NOTHING, tooSlow: timed(job, { versions, run }, () => kept.fail(TOO_SLOW, etag)) };
    }
    return NOTHING;
  };

  const busyOf = (
    job: ReadingJob,
    calendar: Calendar,
    window: Interval,
    except: ReadonlySet<string>,
  ): ReadingResult => {
    const objects = [...calendar.objects.values()];
    const busy: Interval[] = [];
    const doubts: ObjectDoubt[] = [];
    const missing: string[] = [];
    const exceptKey = [...except].join(' ');
    const doubt = (index: number, reason: string, blocked: ObjectDoubt['blocked'] = null): void => {
      const object = objects[index];
      if (object === undefined) return;
      doubts.push({ href: object.href, version: object.isSteady ? object.version : null, reason, blocked });
    };
    const run = (index: number): void => {
      const object = objects[index];
      if (object === undefined) return;
      if (object.problem !== null) return doubt(index, object.problem);
      const reading = object.read(window, except, exceptKey, job.hostTimeZone);
      if (reading === null) return void missing.push(object.href);
      for (const time of reading.busy) busy.push(time);
      for (const { reason, blocked } of reading.doubts) doubt(index, reason, blocked);
    };
    const versions = objects.map(({ version }) => version);
    const slow = timed(job, { versions, run }, (index) => doubt(index, TOO_SLOW));
    return { ...NOTHING, busy, doubts, missing, tooSlow: slow };
  };

  return (job: ReadingJob): ReadingResult | RefusedReading => {
    const calendar = calendarOf(job);
    const { step } = job;
    switch (step.type) {
      case 'listing':
        return takeListing(calendar, step.body, job.collection);
      case 'data':
        return takeData(job, calendar, step.body, step.expected);
      case 'object':
        return takeObject(job, calendar, step);
      case 'busy':
        // What was kept went with a thread, or to make room: an empty calendar is not the same.
        if (!calendar.isListed) return { ...NOTHING, missing: [job.collection] };
        return busyOf(job, calendar, step.window, new Set(step.except));
    }
  };
};
