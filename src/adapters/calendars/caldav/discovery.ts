import { calendarFailed, failureIn, statusIn } from './failures.ts';
import { childrenOf, type DavResource, hasChild, hrefsOf, propertyText } from './multistatus.ts';
import { propfind, type Session } from './session.ts';

const notFound = (message: string): Error => calendarFailed({ kind: 'calendar-not-found', message });

/** URLs that the server names may be at another origin, and the credentials are for the configured origin only. */
const atSameOrigin = (href: string, base: URL): URL => {
  const url = URL.parse(href, base);
  if (url?.origin === base.origin) return url;
  throw calendarFailed({
    kind: 'invalid-request',
    message: `the calendar lies at ${url?.origin ?? 'no valid URL'}, where the credentials are not sent: configure its URL there`,
  });
};

/** RFC 4791, 6.2.1: there may be several homes. Null: the property is not there. */
const hrefsIn = (resources: ReadonlyArray<DavResource>, property: string): ReadonlyArray<string> | null => {
  const hrefs = resources.flatMap(({ properties }) => hrefsOf(properties[property]));
  return hrefs.length === 0 ? null : hrefs;
};

const WHERE = '<D:current-user-principal/><C:calendar-home-set/>';
const WHAT = '<D:displayname/><D:resourcetype/><C:supported-calendar-component-set/>';

/** Statuses that do not tell whether the server speaks WebDAV. */
const SAYS_NOTHING: ReadonlyArray<number> = [401, 403, 407, 408, 423, 425, 429];

/**
 * Whether to try another URL: this one is missing or does not speak WebDAV. Refused credentials and a failing server
 * are no reason to go on.
 */
const mayLieElsewhere = (error: unknown): boolean => {
  const status = statusIn(error);
  if (status === null) return failureIn(error)?.kind === 'calendar-not-found';
  return status < 500 && status !== 207 && !SAYS_NOTHING.includes(status);
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

type Homes = { readonly base: URL; readonly hrefs: ReadonlyArray<string> };

const homesOf = async (session: Session, url: URL): Promise<Homes | null> => {
  const found = await propfind(session, url, '0', WHERE, LOOKING);
  const own = hrefsIn(found, 'calendar-home-set');
  if (own !== null) return { base: url, hrefs: own };
  const [principal] = hrefsIn(found, 'current-user-principal') ?? [];
  if (principal === undefined) return null;
  const base = atSameOrigin(principal, url);
  const hrefs = hrefsIn(await propfind(session, base, '0', WHERE, LOOKING), 'calendar-home-set');
  return hrefs === null ? null : { base, hrefs };
};

const homesFrom = async (session: Session, url: URL): Promise<Homes> => {
  const homes = await homesOf(session, await afterRedirects(session, url));
  if (homes === null) throw notFound('the server names no place for the calendars of this user');
  return homes;
};

/** The first URL need not speak WebDAV at all; then the well-known URL is tried. */
const findHomes = async (session: Session, url: URL): Promise<Homes> => {
  const wellKnown = new URL('/.well-known/caldav', url);
  try {
    return await homesFrom(session, url);
  } catch (error) {
    if (url.pathname === wellKnown.pathname || !mayLieElsewhere(error)) throw error;
    return homesFrom(session, wellKnown);
  }
};

/** RFC 4791, 5.2.3: where a calendar names its components, VEVENT must be among them. */
const takesEvents = (property: unknown): boolean => {
  const components = childrenOf(property, 'comp');
  return components.length === 0 || components.some((component) => propertyText(component, '@name') === 'VEVENT');
};

/** A name can be encoded in several ways (`ö`, `o` and a diaeresis), so names are compared in Unicode's NFC. */
const sameName = (a: string, b: string): boolean => a.normalize('NFC').trim() === b.normalize('NFC').trim();

const isNamed =
  (name: string) =>
  ({ properties }: DavResource): boolean =>
    hasChild(properties.resourcetype, 'calendar') &&
    sameName(propertyText(properties.displayname) ?? '', name) &&
    takesEvents(properties['supported-calendar-component-set']);

/**
 * Finds the URL of the calendar with this display name: from the user's principal (RFC 5397) to the calendar homes (RFC
 * 4791, 6.2.1) to their calendars. `url`: the server's or the principal's. A home at another origin is not read; it is
 * the failure where no other home has the calendar.
 */
export const discoverCalendar = async (session: Session, url: URL, name: string): Promise<URL> => {
  const { base, hrefs } = await findHomes(session, url);
  const named = new Map<string, URL>();
  const notLookedInto: Error[] = [];
  for (const href of hrefs) {
    try {
      const home = atSameOrigin(href, base);
      const listed = await propfind(session, home, '1', WHAT, 'listing the calendars');
      const urls = listed.filter(isNamed(name)).map((calendar) => withSlash(atSameOrigin(calendar.href, home)));
      for (const found of urls) named.set(found.href, found);
    } catch (error) {
      if (!(error instanceof Error) || failureIn(error) === undefined) throw error;
      notLookedInto.push(error);
    }
  }
  const [calendar] = named.values();
  if (named.size > 1) throw notFound(`${named.size} calendars have the name "${name}": configure the URL of one`);
  if (calendar !== undefined) return calendar;
  const [why = notFound(`no calendar has the name "${name}"`)] = notLookedInto;
  throw why;
};

/** A collection's URL ends in a slash; without it, names would be resolved beside it. */
export const withSlash = (url: URL): URL => (url.pathname.endsWith('/') ? url : new URL(`${url.pathname}/`, url));
