import { calendarFailed, failureIn } from './calendar-failed.ts';
import { childrenOf, type DavResource, hasChild, hrefsOf, textOf } from './multistatus.ts';
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

/** Not there, or no WebDAV there. A refusal of the credentials and a server that fails are no reason to go on looking. */
const mayLieElsewhere = (error: unknown): boolean => {
  const kind = failureIn(error)?.kind;
  return kind === 'calendar-not-found' || kind === 'invalid-request';
};

/** Redirects that are followed from the first URL. */
const MAX_REDIRECTS = 3;

/** RFC 6764, 5: the well-known URL redirects to the real one. Followed at the same origin only, for this first step only. */
const afterRedirects = async (session: Session, first: URL): Promise<URL> => {
  let url = first;
  for (let count = 0; count < MAX_REDIRECTS; count += 1) {
    const { status, headers } = await session.send({ method: 'PROPFIND', url, headers: { depth: '0' } });
    if (status < 300 || status >= 400 || typeof headers.location !== 'string') return url;
    url = atSameOrigin(headers.location, url);
  }
  return url;
};

const LOOKING = 'looking for the calendars';

const homeOf = async (session: Session, url: URL): Promise<URL | null> => {
  const found = await propfind(session, url, '0', WHERE, LOOKING);
  const home = hrefIn(found, 'calendar-home-set', url);
  const principal = hrefIn(found, 'current-user-principal', url);
  if (home !== null || principal === null) return home;
  return hrefIn(await propfind(session, principal, '0', WHERE, LOOKING), 'calendar-home-set', principal);
};

const homeFrom = async (session: Session, url: URL): Promise<URL> => {
  const home = await homeOf(session, await afterRedirects(session, url));
  if (home === null) throw notFound('the server names no place for the calendars of this user');
  return home;
};

/** Of a server's first page little is sure: it need not speak WebDAV at all, and then the well-known URL does. */
const findHome = async (session: Session, url: URL): Promise<URL> => {
  const wellKnown = new URL('/.well-known/caldav', url);
  try {
    return await homeFrom(session, url);
  } catch (error) {
    if (url.pathname === wellKnown.pathname || !mayLieElsewhere(error)) throw error;
    return homeFrom(session, wellKnown);
  }
};

/** RFC 4791, 5.2.3: where a calendar names its components, VEVENT must be among them. */
const takesEvents = (property: unknown): boolean => {
  const components = childrenOf(property, 'comp');
  return components.length === 0 || components.some((component) => textOf(component, '@name') === 'VEVENT');
};

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
  const home = await findHome(session, url);
  const listed = await propfind(session, home, '1', WHAT, 'listing the calendars');
  const named = listed.filter(isNamed(name));
  const [calendar] = named;
  if (calendar === undefined) throw notFound(`no calendar has the name "${name}"`);
  if (named.length > 1) throw notFound(`${named.length} calendars have the name "${name}": configure the URL of one`);
  return withSlash(atSameOrigin(calendar.href, home));
};

/** A collection's URL ends in a slash, or else names would be resolved beside it. */
export const withSlash = (url: URL): URL => (url.pathname.endsWith('/') ? url : new URL(`${url.pathname}/`, url));
