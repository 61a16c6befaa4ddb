import { XMLParser, XMLValidator } from 'fast-xml-parser';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { isObject } from '../../../domain/unknown.ts';

const responseCodec = t.intersection([
  t.type({ href: t.array(t.string) }),
  t.partial({
    status: t.string,
    propstat: t.array(t.type({ status: t.string, prop: t.unknown })),
  }),
]);

const documentCodec = t.type({ multistatus: t.union([t.string, t.partial({ response: t.array(responseCodec) })]) });

/** One resource of a multistatus answer (RFC 4918, 14.24), its URL as it was sent. */
export type DavResource = {
  readonly href: string;
  /** Of the resource as a whole; 200 where it has only properties. */
  readonly status: number;
  /** The properties that were found, names without prefix. */
  readonly properties: Readonly<Record<string, unknown>>;
};

const LISTS: ReadonlySet<string> = new Set(['response', 'propstat', 'comp', 'href', 'privilege']);

const parser = new XMLParser({
  removeNSPrefix: true,
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  trimValues: false,
  // Numeric character references: servers write a CR of calendar data as one.
  htmlEntities: true,
  ignoreDeclaration: true,
  isArray: (name) => LISTS.has(name),
});

const statusCode = (statusLine: string): number => Number(/^\s*HTTP\/\S+ (\d{3})/.exec(statusLine)?.[1] ?? '0');

const resourceOf = (response: t.TypeOf<typeof responseCodec>): ReadonlyArray<DavResource> => {
  const found = (response.propstat ?? []).filter(({ status }) => statusCode(status) === 200);
  const properties = Object.fromEntries(found.flatMap(({ prop }) => (isObject(prop) ? Object.entries(prop) : [])));
  const status = response.status === undefined ? 200 : statusCode(response.status);
  return response.href.map((href) => ({ href: href.trim(), status, properties }));
};

/**
 * The resources of a multistatus document. Left: why it cannot be read: incomplete, not XML, with a DOCTYPE (whose
 * entities may explode), or another document. The parser alone would accept half a document.
 */
export const readMultistatus = (xml: string): E.Either<string, ReadonlyArray<DavResource>> => {
  if (/<!DOCTYPE/i.test(xml)) return E.left('its XML carries a DOCTYPE');
  if (XMLValidator.validate(xml) !== true) return E.left('its XML is broken');
  // It throws at texts that its own validator takes, and where elements are nested too deep.
  const parsed = E.tryCatch(
    (): unknown => parser.parse(xml),
    () => 'its XML is broken',
  );
  if (E.isLeft(parsed)) return parsed;
  const read = documentCodec.decode(parsed.right);
  if (E.isLeft(read)) return E.left('it is no multistatus');
  const { multistatus } = read.right;
  if (typeof multistatus !== 'string') return E.right((multistatus.response ?? []).flatMap(resourceOf));
  return multistatus.trim() === '' ? E.right([]) : E.left('it is no multistatus');
};

/** The URL texts inside a property such as `current-user-principal` (RFC 5397) or `calendar-home-set`. */
export const hrefsOf = (property: unknown): ReadonlyArray<string> =>
  isObject(property) && Array.isArray(property.href)
    ? property.href.filter((href) => typeof href === 'string').map((href) => href.trim())
    : [];

/** The text of a property, also where it carries attributes, or that of one attribute; null where there is none. */
export const propertyText = (property: unknown, name = '#text'): string | null => {
  const text = isObject(property) ? property[name] : property;
  return typeof text === 'string' ? text : null;
};

export const childrenOf = (property: unknown, name: string): ReadonlyArray<unknown> =>
  isObject(property) && Array.isArray(property[name]) ? property[name] : [];

export const hasChild = (property: unknown, name: string): boolean => isObject(property) && name in property;

const pathOf = ({ pathname }: URL): string => {
  const path = pathname.replace(/\/+$/, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

/** Whether two URLs name one resource, however their paths are escaped and whether they end in a slash. */
export const isSamePlace = (a: URL, b: URL): boolean => a.origin === b.origin && pathOf(a) === pathOf(b);

/** Whether `url` lies in this collection, at any depth. */
export const isInside = (url: URL, collection: URL): boolean =>
  url.origin === collection.origin && pathOf(url).startsWith(`${pathOf(collection)}/`);

/** Whether a resource of an answer is the one at `url`. A proxy may have put a prefix before what the server knows. */
export const isAt = ({ href }: DavResource, url: URL): boolean => {
  const named = URL.parse(href, url);
  if (named === null) return false;
  const path = pathOf(named);
  return pathOf(url) === path || (path !== '' && pathOf(url).endsWith(path));
};
