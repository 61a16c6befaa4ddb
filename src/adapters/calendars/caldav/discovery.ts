import { calendarFailed } from './calendar-failed.ts';
import { type DavResource, hasChild, hrefsOf, textOf } from './multistatus.ts';
import { propfind, type Session } from './session.ts';

const notFound = (message: string): Error => calendarFailed({ kind: 'calendar-not-found', message });

/** What the server names may lie elsewhere, and the credentials are for the configured origin only. */
const atSameOrigin = (href: string, base: URL): URL => {
  const url = URL.parse(href, base);
  if (url?.origin === base.origin) return url;
  throw calendarFailed({
    kind: 'invalid-request',
    message: `the calendar lies at ${url?.origin ?? 'no valid URL'}, where the credentials are not sent: configure its URL there`,
  });
};

const hrefIn = (resources: ReadonlyArray<DavResource>, property: string, base: URL): URL | null => {
  const [href] = resources.flatMap(({ properties }) => hrefsOf(properties[property]));
  return href === undefined ? null : atSameOrigin(href, base);
};

const WHERE = '<D:current-user-principal/><C:calendar-home-set/>';
const WHAT = '<D:displayname/><D:resourcetype/><C:supported-calendar-component-set/>';

/** RFC 6764, 5: a redirect from the well-known URL is followed, once and to the same origin. */
const wellKnown = async (session: Session, url: URL): Promise<URL> => {
  const start = new URL('/.well-known/caldav', url);
  const answer = await session.send({ method: 'PROPFIND', url: start, headers: { depth: '0' } });
  const { location } = answer.headers;
  return answer.status >= 300 && answer.status < 400 && typeof location === 'string'
    ? atSameOrigin(location, start)
    : start;
};

const homeOf = async (session: Session, url: URL): Promise<URL | null> => {
  const found = await propfind(session, url, '0', WHERE, 'looking for the calendars');
  const home = hrefIn(found, 'calendar-home-set', url);
  const principal = hrefIn(found, 'current-user-principal', url);
  if (home !== null || principal === null) return home;
  return hrefIn(
    await propfind(session, principal, '0', WHERE, 'looking for the calendars'),
    'calendar-home-set',
    principal,
  );
};

/** RFC 4791, 5.2.3: where a calendar names its components, VEVENT must be among them. */
const takesEvents = (property: unknown): boolean =>
  !hasChild(property, 'comp') || JSON.stringify(property).includes('"VEVENT"');

const isNamed =
  (name: string) =>
  ({ properties }: DavResource): boolean =>
    hasChild(properties.resourcetype, 'calendar') &&
    textOf(properties.displayname)?.trim() === name.trim() &&
    takesEvents(properties['supported-calendar-component-set']);

/**
 * The URL of the calendar with this display name: from the user's principal (RFC 5397) to the calendar home
 * (RFC 4791, 6.2.1) to its calendars. `url` is the server's or the principal's.
 */
export const discoverCalendar = async (session: Session, url: URL, name: string): Promise<URL> => {
  const home = (await homeOf(session, url)) ?? (await homeOf(session, await wellKnown(session, url)));
  if (home === null) throw notFound('the server names no place for the calendars of this user');
  const listed = await propfind(session, home, '1', WHAT, 'listing the calendars');
  const named = listed.filter(isNamed(name));
  const [calendar] = named;
  if (calendar === undefined) throw notFound(`no calendar has the name "${name}"`);
  if (named.length > 1) throw notFound(`${named.length} calendars have the name "${name}": configure the URL of one`);
  return withSlash(atSameOrigin(calendar.href, home));
};

/** A collection's URL ends in a slash, or else names would be resolved beside it. */
export const withSlash = (url: URL): URL => (url.pathname.endsWith('/') ? url : new URL(`${url.pathname}/`, url));
