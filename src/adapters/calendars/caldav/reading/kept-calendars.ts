import { hash } from 'node:crypto';
import type { Interval } from '../../../../domain/time/interval.ts';
import { type CompiledObject, compileObject } from '../../../icalendar/compile-object.ts';
import { busyOfObject } from '../../../icalendar/read-busy.ts';
import { objectsIn, pathOf } from './dav-objects.ts';
import { type ObjectDoubt, type ReadingJob, type ReadingResult, type Refused, TOO_SLOW } from './reading-job.ts';

/** Objects of one calendar, and of all together, that are kept. A calendar with more cannot be read. */
const MAX_OBJECTS = 25_000;
const MAX_OBJECTS_IN_ALL = 100_000;

/** What is known of an object. `etag`: of the listing. `digest`: of the text that was read. */
type Kept = {
  readonly href: string;
  etag: string | null;
  digest: string | null;
  compiled: CompiledObject | null;
  /** Why the server did not give it, until it is listed again. */
  problem: string | null;
};

/** Objects by path. */
type Calendar = { readonly hostTimeZone: string; objects: Map<string, Kept>; isListed: boolean };

/** Told before objects are gone through, at each of them, and how many milliseconds it took. */
export type Watch = {
  readonly begin: (versions: ReadonlyArray<string>) => void;
  readonly at: (index: number) => void;
  readonly took: (index: number, ms: number) => void;
};

const NOTHING: ReadingResult = { type: 'read', busy: [], doubts: [], missing: [], tooSlow: [] };
const LEFT_OUT = 'the server left out its data';

const versionOf = (href: string, mark: string | null): string => `${href} ${mark ?? ''}`;

/** Takes over which objects there are; what is kept of others, and of other versions, goes. */
const takeListing = (calendar: Calendar, body: string, collection: string): ReadingResult | Refused => {
  const listed = objectsIn(body, collection);
  if (typeof listed === 'string') return { type: 'refused', reason: listed };
  if (listed.objects.length > MAX_OBJECTS)
    return { type: 'refused', reason: `it holds more than ${MAX_OBJECTS} objects` };
  const objects = new Map<string, Kept>();
  const missing: string[] = [];
  for (const { href, etag, problem } of listed.objects) {
    const path = pathOf(href);
    const known = calendar.objects.get(path);
    const isSame = known !== undefined && etag !== null && known.etag === etag && known.compiled !== null;
    objects.set(
      path,
      isSame
        ? known
        : {
            href,
            etag,
            digest: known?.digest ?? null,
            compiled: known?.compiled ?? null,
            problem,
          },
    );
    if (!isSame && problem === null) missing.push(href);
  }
  calendar.objects = objects;
  calendar.isListed = true;
  return { ...NOTHING, missing };
};

type Timed = { readonly versions: ReadonlyArray<string>; readonly run: (index: number) => void };

/** Keeps all calendars' objects as they were read, and reads what is new of them. */
export const createKeptCalendars = (watch: Watch, clockMs: () => number) => {
  const calendars = new Map<string, Calendar>();

  const calendarOf = ({ calendar, hostTimeZone }: ReadingJob): Calendar => {
    const known = calendars.get(calendar);
    const used =
      known?.hostTimeZone === hostTimeZone
        ? known
        : { hostTimeZone, objects: new Map<string, Kept>(), isListed: false };
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
    versions.forEach((version, index) => {
      if (skipped.has(version)) return skip(index);
      watch.at(index);
      const startedMs = clockMs();
      run(index);
      const tookMs = clockMs() - startedMs;
      watch.took(index, tookMs);
      if (tookMs > objectLimitMs) slow.push(version);
    });
    return slow;
  };

  const takeData = (job: ReadingJob, calendar: Calendar, body: string, expected: ReadonlyArray<string>) => {
    const given = objectsIn(body, job.collection);
    if (typeof given === 'string') return { type: 'refused', reason: given } as const;
    const wanted = new Set(expected.map(pathOf));
    for (const href of given.gone) if (wanted.delete(pathOf(href))) calendar.objects.delete(pathOf(href));
    const objects = given.objects.flatMap((object) => {
      const kept = calendar.objects.get(pathOf(object.href));
      return kept === undefined ? [] : [{ kept, object }];
    });
    const versions = objects.map(({ kept, object }) => versionOf(kept.href, object.etag ?? kept.etag));
    const slow = timed(
      job,
      {
        versions,
        run: (index) => {
          const { kept, object } = objects[index] ?? {};
          if (kept === undefined || object === undefined || object.text === null) return;
          wanted.delete(pathOf(object.href));
          const digest = hash('sha1', object.text);
          if (kept.digest !== digest || kept.compiled === null) {
            kept.compiled = compileObject(object.text, job.hostTimeZone);
          }
          Object.assign(kept, { etag: object.etag ?? kept.etag, digest, problem: null });
        },
      },
      (index) => {
        const { kept, object } = objects[index] ?? {};
        if (kept === undefined || object === undefined) return;
        wanted.delete(pathOf(object.href));
        Object.assign(kept, { etag: object.etag ?? kept.etag, compiled: null, problem: TOO_SLOW });
      },
    );
    for (const { kept, object } of objects) if (object.problem !== null) kept.problem = object.problem;
    for (const path of wanted) {
      const kept = calendar.objects.get(path);
      if (kept !== undefined) Object.assign(kept, { compiled: null, problem: kept.problem ?? LEFT_OUT });
    }
    return { ...NOTHING, tooSlow: slow };
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
    const versions = objects.map(({ href, etag, digest }) => versionOf(href, etag ?? digest));
    const doubt = (index: number, reason: string, blocked: ObjectDoubt['blocked'] = null): void => {
      const { href = '', etag = null, digest = null, problem = null } = objects[index] ?? {};
      const isSteady = (etag ?? digest) !== null && (problem === null || problem === TOO_SLOW);
      doubts.push({ href, version: isSteady ? (versions[index] ?? null) : null, reason, blocked });
    };
    const run = (index: number): void => {
      const kept = objects[index];
      if (kept === undefined) return;
      if (kept.problem !== null) return doubt(index, kept.problem);
      if (kept.compiled === null) return void missing.push(kept.href);
      const reading = busyOfObject(kept.compiled, window, except);
      for (const time of reading.busy) busy.push(time);
      for (const { reason, blocked } of reading.doubts) doubt(index, reason, blocked);
    };
    const slow = timed(job, { versions, run }, (index) => doubt(index, TOO_SLOW));
    return { type: 'read', busy, doubts, missing, tooSlow: slow };
  };

  return (job: ReadingJob): ReadingResult | Refused => {
    const calendar = calendarOf(job);
    const { step } = job;
    switch (step.type) {
      case 'listing':
        return takeListing(calendar, step.body, job.collection);
      case 'data':
        return takeData(job, calendar, step.body, step.expected);
      case 'busy':
        // What was kept went with a thread, or to make room: an empty calendar is not the same.
        if (!calendar.isListed) return { ...NOTHING, missing: [job.collection] };
        return busyOf(job, calendar, step.window, new Set(step.except));
    }
  };
};
