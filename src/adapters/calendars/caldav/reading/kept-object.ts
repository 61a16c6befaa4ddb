import { isLeft } from 'fp-ts/lib/Either.js';
import { hash } from 'node:crypto';
import { type Interval, overlaps } from '../../../../domain/time/time.ts';
import { type CompiledObject, compileObject } from '../../../icalendar/compile-object.ts';
import { dayBounds } from '../../../icalendar/named-days.ts';
import { busyOfObject, type ObjectReading } from '../../../icalendar/read-icalendar.ts';
import { type DavResource, hasChild, readMultistatus, propertyText } from '../multistatus.ts';
import { TOO_SLOW } from './run-job.ts';

/** An object as an answer names it. `etag`, `text`: null where the answer has none. `problem`: why it could not be given. */
type DavObject = {
  readonly href: string;
  readonly etag: string | null;
  readonly text: string | null;
  readonly problem: string | null;
};

/** `gone`: hrefs that the server says are no objects (any more). */
type DavObjects = { readonly objects: ReadonlyArray<DavObject>; readonly gone: ReadonlyArray<string> };

/** However a path is escaped and by whatever host it is named. */
export const pathOf = (href: string): string => {
  try {
    return decodeURIComponent(new URL(href, 'http://host').pathname);
  } catch {
    return href;
  }
};

/** A server behind a gateway may name its objects without the gateway's prefix, or with one more. */
const isInside = (href: string, collection: string): boolean => {
  const path = pathOf(href);
  const folder = path.slice(0, path.lastIndexOf('/', path.length - 2) + 1);
  const at = pathOf(collection);
  return folder === at || (folder.length > 1 && (at.endsWith(folder) || folder.endsWith(at)));
};

const isSame = (href: string, collection: string): boolean => {
  const path = pathOf(href).replace(/\/*$/, '/');
  return path === pathOf(collection) || (path.length > 1 && pathOf(collection).endsWith(path));
};

const etagOf = ({ properties }: DavResource): string | null => {
  const etag = propertyText(properties.getetag)?.trim();
  return etag === undefined || etag === '' ? null : etag;
};

/**
 * The objects of a multistatus. A string is why the answer as a whole says nothing: it is no multistatus, it is of another
 * collection, or it is cut: RFC 4791, 7.8.1 says that by 507. A 404 inside is no object.
 */
export const objectsIn = (body: string, collection: string): DavObjects | string => {
  const resources = readMultistatus(body);
  if (isLeft(resources)) return resources.left;
  const objects: DavObject[] = [];
  const gone: string[] = [];
  for (const resource of resources.right) {
    const { status, href, properties } = resource;
    const isCollection = isSame(href, collection);
    if (status === 507 || (isCollection && status !== 200)) return `the server answered ${status} for a part of it`;
    if (!isCollection && !isInside(href, collection)) return 'the answer is about something else';
    const text = propertyText(properties['calendar-data']);
    if (isCollection && text === null) continue;
    // A collection inside of the calendar is no object of it (RFC 4791, 4.2).
    if (text === null && hasChild(properties.resourcetype, 'collection')) continue;
    if (status === 404 || status === 410) gone.push(href);
    else {
      const problem = status === 200 ? null : `the server answered ${status} for it`;
      objects.push({ href, etag: etagOf(resource), text, problem });
    }
  }
  return { objects, gone };
};

/** What the server gave, read as far as it was needed. `bounds`: outside of them it takes no time. */
type Content = {
  readonly digest: string | null;
  text: string | null;
  readonly bounds: Interval | null;
  compiled: CompiledObject | null;
  last: { readonly key: string; readonly reading: ObjectReading } | null;
};

const NONE: ObjectReading = { busy: [], doubts: [] };

/**
 * One object of a calendar. It is fresh when what is kept is what the last listing named; only then it says anything.
 * `problem`: why the server did not give it, or why it is not read.
 */
export class KeptObject {
  readonly href: string;
  etag: string | null;
  problem: string | null = null;
  isFresh = false;
  #content: Content | null = null;

  constructor(href: string, etag: string | null) {
    this.href = href;
    this.etag = etag;
  }

  /** Href and state: the ETag, or where the server tells none a digest of the text. */
  get version(): string {
    return `${this.href} ${this.etag ?? this.#content?.digest ?? ''}`;
  }

  /** Whether it is the same object until its version changes; what a server did not give this time it may give next time. */
  get isSteady(): boolean {
    const isMarked = this.etag !== null || (this.#content?.digest ?? null) !== null;
    return isMarked && (this.problem === null || this.problem === TOO_SLOW);
  }

  /** The listing names it with this ETag. */
  list(etag: string | null, problem: string | null): void {
    this.isFresh = this.isFresh && this.isSteady && etag !== null && etag === this.etag && problem === null;
    if (!this.isFresh) this.problem = problem;
    this.etag = etag;
  }

  take(text: string, etag: string | null, hostTimeZone: string): void {
    this.etag = etag ?? this.etag;
    this.problem = null;
    this.isFresh = true;
    // Without an ETag all is loaded every time: what is the same text is not read again.
    const digest = this.etag === null ? hash('sha1', text) : null;
    if (digest !== null && digest === this.#content?.digest) return;
    const bounds = dayBounds(text);
    const compiled = bounds === null ? compileObject(text, hostTimeZone) : null;
    this.#content = { digest, text: bounds === null ? null : text, bounds, compiled, last: null };
  }

  fail(problem: string, etag: string | null): void {
    this.etag = etag ?? this.etag;
    this.problem = problem;
    this.isFresh = true;
    this.#content = null;
  }

  /** Null where its data is needed first. `exceptKey`: stands for `except`. */
  read(window: Interval, except: ReadonlySet<string>, exceptKey: string, hostTimeZone: string): ObjectReading | null {
    const content = this.#content;
    if (content === null || !this.isFresh) return null;
    if (content.bounds !== null && !overlaps(content.bounds, window)) return NONE;
    const key = `${window.start} ${window.end} ${exceptKey}`;
    if (content.last?.key === key) return content.last.reading;
    content.compiled ??= compileObject(content.text ?? '', hostTimeZone);
    content.text = null;
    const reading = busyOfObject(content.compiled, window, except);
    content.last = { key, reading };
    return reading;
  }
}
