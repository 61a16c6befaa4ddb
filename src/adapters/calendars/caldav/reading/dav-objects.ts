import { isLeft } from 'fp-ts/lib/Either.js';
import { type DavResource, hasChild, readMultistatus, propertyText } from '../multistatus.ts';

/** An object as an answer names it. `etag`, `text`: null where the answer has none. `problem`: why it could not be given. */
export type DavObject = {
  readonly href: string;
  readonly etag: string | null;
  readonly text: string | null;
  readonly problem: string | null;
};

/** `gone`: hrefs that the server says are no objects (any more). */
export type DavObjects = { readonly objects: ReadonlyArray<DavObject>; readonly gone: ReadonlyArray<string> };

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
