import { hash } from 'node:crypto';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Interval } from '../../../../domain/time/interval.ts';
import { type CompiledObject, compileObject } from '../../../icalendar/compile-object.ts';
import { busyOfObject } from '../../../icalendar/read-busy.ts';
import { type DavResource, readMultistatus, textOf } from '../multistatus.ts';
import { type ObjectDoubt, type ReadingJob, type ReadingResult, TOO_SLOW } from './reading-job.ts';

/** Objects that are kept, of all calendars together; the one that was not used for longest goes first. */
const MAX_KEPT_OBJECTS = 20_000;

type Kept = { readonly version: string; readonly hostTimeZone: string; readonly compiled: CompiledObject };

/** Told before the objects are gone through, and at each of them. */
export type Watch = {
  readonly begin: (versions: ReadonlyArray<string>) => void;
  readonly at: (index: number) => void;
  /** Milliseconds that the object took. */
  readonly took: (index: number, ms: number) => void;
};

const etagOf = ({ properties }: DavResource): string | null => {
  const etag = textOf(properties.getetag)?.trim();
  return etag === undefined || etag === '' ? null : etag;
};

type Listed = { readonly href: string; readonly version: string | null; readonly text: string | null };

/** What the object is now: its ETag, or where the server tells none a digest of it. */
const listed = (resource: DavResource): Listed => {
  const text = textOf(resource.properties['calendar-data']);
  const etag = etagOf(resource);
  const mark = etag ?? (text === null ? null : hash('sha1', text));
  return { href: resource.href, version: mark === null ? null : `${resource.href} ${mark}`, text };
};

const pathOf = (href: string): string => {
  try {
    return decodeURIComponent(new URL(href, 'http://host').pathname);
  } catch {
    return href;
  }
};

/** A server behind a gateway may name its objects without the gateway's prefix, or with one more. */
const isInside = (href: string, collection: string): boolean => {
  const path = pathOf(href);
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const at = pathOf(collection);
  return folder === at || (folder.length > 1 && path !== folder && (at.endsWith(folder) || folder.endsWith(at)));
};

type Sorted = { readonly objects: ReadonlyArray<Listed>; readonly doubts: ReadonlyArray<ObjectDoubt> } | string;

/** RFC 4791, 7.8.1 and 7.9: 507 says that the answer is cut, 404 that there is no such object any more. */
const sortOut = (resources: ReadonlyArray<DavResource>, collection: string): Sorted => {
  const doubts: ObjectDoubt[] = [];
  const objects: Listed[] = [];
  for (const resource of resources) {
    const { status, href } = resource;
    const isCollection = pathOf(href) === pathOf(collection);
    if (status === 507 || (isCollection && status !== 200)) return `the server answered ${status} for a part of it`;
    if (!isCollection && !isInside(href, collection)) return 'the answer is about something else';
    const object = listed(resource);
    if (status === 404 || status === 410 || (isCollection && object.text === null)) continue;
    if (status === 200) objects.push(object);
    else doubts.push({ href, version: null, reason: `the server answered ${status} for it`, blocked: null });
  }
  return { objects, doubts };
};

/** Reads answers one after the other, and keeps what it has read of each object for as long as its version is the same. */
export const createAnswerReader = (watch: Watch, clockMs: () => number) => {
  const kept = new Map<string, Kept>();

  const compiledOf = (job: ReadingJob, object: Listed): CompiledObject | null => {
    const key = `${job.calendar} ${object.href}`;
    const known = kept.get(key);
    kept.delete(key);
    if (known !== undefined && known.version === object.version && known.hostTimeZone === job.hostTimeZone) {
      kept.set(key, known);
      return known.compiled;
    }
    if (object.text === null || object.version === null) return null;
    const compiled = compileObject(object.text, job.hostTimeZone);
    kept.set(key, { version: object.version, hostTimeZone: job.hostTimeZone, compiled });
    for (const oldest of kept.keys()) {
      if (kept.size <= MAX_KEPT_OBJECTS) break;
      kept.delete(oldest);
    }
    return compiled;
  };

  return (job: ReadingJob): ReadingResult => {
    const resources = readMultistatus(job.body);
    if (isLeft(resources)) return { type: 'refused', reason: resources.left };
    const sorted = sortOut(resources.right, job.collection);
    if (typeof sorted === 'string') return { type: 'refused', reason: sorted };
    const { objects } = sorted;
    const skipped = new Set(job.tooSlow);
    const except = new Set(job.except);
    const busy: Interval[] = [];
    const doubts: ObjectDoubt[] = [...sorted.doubts];
    const answered = new Set(resources.right.map(({ href }) => pathOf(href)));
    const missing = job.expected.filter((href) => !answered.has(pathOf(href)));
    const tooSlow: string[] = [];
    watch.begin(objects.map(({ href, version }) => version ?? href));
    objects.forEach((object, index) => {
      const { href } = object;
      const version = object.version ?? href;
      watch.at(index);
      if (skipped.has(version)) {
        doubts.push({ href, version, reason: TOO_SLOW, blocked: null });
        return;
      }
      const startedMs = clockMs();
      const compiled = compiledOf(job, object);
      if (compiled === null) {
        missing.push(href);
        return;
      }
      const reading = busyOfObject(compiled, job.window, except);
      const tookMs = clockMs() - startedMs;
      watch.took(index, tookMs);
      if (tookMs > job.objectLimitMs) tooSlow.push(version);
      for (const time of reading.busy) busy.push(time);
      for (const doubt of reading.doubts) doubts.push({ ...doubt, href, version });
    });
    return { type: 'read', objects: resources.right.length, busy, doubts, missing, tooSlow };
  };
};
