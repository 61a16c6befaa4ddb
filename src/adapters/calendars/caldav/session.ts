import { isLeft } from 'fp-ts/lib/Either.js';
import { type CalendarFailure, isRetryable } from '../../../domain/calendar/calendar-failure.ts';
import { type DavAnswer, calendarFailed, failureIn, headerOf, isFromDavServer, isPage, refusal } from './failures.ts';
import { childrenOf, type DavResource, hasChild, isAt, isSamePlace, readMultistatus } from './multistatus.ts';
import { type DavRequest, type Send } from './dav-client.ts';

/** What one call of the port works with, wherever it asks. */
export type Session = { readonly send: Send; readonly nowMs: () => number };

/**
 * A session at one calendar. `collection`: its URL, with a slash at the end. `sight`: when it was last known to be there,
 * epoch ms; kept from call to call.
 */
export type AtCalendar = Session & { readonly collection: URL; readonly sight: { lastMs: number | null } };

/** A calendar that was there so many milliseconds ago and is answered 404 is taken for away, not for deleted. */
const SIGHT_LASTS_MS = 3_600_000;

const isAtCalendar = (session: Session | AtCalendar): session is AtCalendar => 'sight' in session;

const wasThereLately = (session: Session | AtCalendar): boolean =>
  isAtCalendar(session) &&
  session.sight.lastMs !== null &&
  Math.abs(session.nowMs() - session.sight.lastMs) < SIGHT_LASTS_MS;

/** The calendar has just shown that it is there. */
export const sighted = (at: AtCalendar): void => {
  at.sight.lastMs = at.nowMs();
};

const NAMESPACES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"';
const XML_TYPE = { 'content-type': 'application/xml; charset=utf-8' };

export const xmlBody = (element: string, content: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><${element} ${NAMESPACES}>${content}</${element}>`;

const propfindBody = (properties: string): string => xmlBody('D:propfind', `<D:prop>${properties}</D:prop>`);

/** Some servers answer OPTIONS with 404 where nothing is: then the collections above are asked, so many. */
const ASKED_ABOVE = ['.', '..'];

/** What a look on the side says. One that fails says nothing; null then. */
const onTheSide = async <A>(look: () => Promise<A | null>): Promise<A | null> => {
  try {
    return await look();
  } catch (error) {
    if (failureIn(error) === undefined) throw error;
    return null;
  }
};

/** RFC 4918, 10.1: OPTIONS on a WebDAV resource is answered with a DAV header. No box in between has one. */
const isServerThere = async (session: Session, url: URL): Promise<boolean> => {
  const places = new Set([url.href, ...ASKED_ABOVE.map((above) => new URL(above, url).href)]);
  for (const place of places) {
    const answer = await onTheSide(() => session.send({ method: 'OPTIONS', url: new URL(place) }));
    if (answer === null) return false;
    if (headerOf(answer, 'dav') !== undefined) return true;
  }
  return false;
};

const PRIVILEGES = { write: ['all', 'write', 'write-content', 'bind'], read: ['all', 'read'] };

/** RFC 3744, 5.5: whether the calendar itself lets this user do it; null where it does not say. */
const isGranted = async (at: AtCalendar, privilege: 'read' | 'write'): Promise<boolean | null> => {
  const resources = await onTheSide(async () => {
    const headers = { depth: '0', ...XML_TYPE };
    const body = propfindBody('<D:current-user-privilege-set/>');
    const answer = await at.send({ method: 'PROPFIND', url: at.collection, headers, body });
    const read = answer.status === 207 ? readMultistatus(answer.body) : null;
    return read === null || isLeft(read) ? null : read.right;
  });
  const itself = resources?.find((resource) => isAt(resource, at.collection));
  const privileges = childrenOf(itself?.properties['current-user-privilege-set'], 'privilege');
  if (privileges.length === 0) return null;
  return privileges.some((one) => PRIVILEGES[privilege].some((name) => hasChild(one, name)));
};

const isMissing = async (at: AtCalendar): Promise<boolean> => {
  try {
    await ensureCalendar(at);
    return false;
  } catch (error) {
    const failure = failureIn(error);
    if (failure === undefined) throw error;
    return failure.kind === 'calendar-not-found';
  }
};

/**
 * Whether a refusal that would end all tries is the calendar server's own. Firewalls, gateways and login pages answer
 * the same statuses for a while. It is, when the answer carries a sign of WebDAV, or when the server shows at this
 * moment that it is reached; but not against what the calendar itself says, and a web page never by itself.
 */
const isServersOwn = async (
  session: Session | AtCalendar,
  answer: DavAnswer,
  { kind }: CalendarFailure,
  isWrite: boolean,
): Promise<boolean> => {
  if (kind === 'calendar-not-found' && isAtCalendar(session)) {
    if (wasThereLately(session)) return false;
    if (!isSamePlace(answer.url, session.collection)) return isMissing(session);
  }
  if (isFromDavServer(answer)) return true;
  const granted =
    kind === 'forbidden' && isAtCalendar(session) ? await isGranted(session, isWrite ? 'write' : 'read') : null;
  if (granted !== null) return !granted;
  return !isPage(answer) && isServerThere(session, answer.url);
};

const passing = ({ message }: CalendarFailure): CalendarFailure => ({
  kind: 'provider-error',
  message: `${message}; it is not sure that the server itself said so, therefore it is tried again`,
});

/** The failure that an answer stands for, once it is clear who gave it; `what` was to be done, in words for a message. */
export const failureOfAnswer = async (
  session: Session | AtCalendar,
  answer: DavAnswer,
  what: string,
  isWrite = false,
): Promise<Error> => {
  const failure = refusal(answer, { what, isWrite }, session.nowMs());
  const isFinal = !isRetryable(failure.kind) && failure.kind !== 'auth-revoked';
  const believed = !isFinal || (await isServersOwn(session, answer, failure, isWrite));
  return calendarFailed(believed ? failure : passing(failure), answer.status);
};

type Query = Pick<DavRequest, 'url' | 'body'> & { readonly method: 'PROPFIND' | 'REPORT'; readonly depth: '0' | '1' };

/** Sends a query and reads its multistatus; every other answer is a failure. */
export const query = async (
  session: Session | AtCalendar,
  { depth, ...request }: Query,
  what: string,
): Promise<ReadonlyArray<DavResource>> => {
  const answer = await session.send({ ...request, headers: { depth, ...XML_TYPE } });
  if (answer.status !== 207) throw await failureOfAnswer(session, answer, what);
  const resources = readMultistatus(answer.body);
  if (isLeft(resources)) {
    const message = `the answer to ${what} cannot be read: ${resources.left}`;
    throw calendarFailed({ kind: 'provider-error', message }, answer.status);
  }
  return resources.right;
};

/** `properties`: elements with the prefix `D` (WebDAV) or `C` (CalDAV). */
export const propfind = (
  session: Session | AtCalendar,
  url: URL,
  depth: '0' | '1',
  properties: string,
  what: string,
): Promise<ReadonlyArray<DavResource>> =>
  query(session, { method: 'PROPFIND', url, depth, body: propfindBody(properties) }, what);

/**
 * Asks the collection itself (RFC 4791, 4.2): throws unless it answers that it is a calendar. Only under that can an
 * event be said to be gone, or a time to be free: a gateway answers 404 for all, and other collections hold no events.
 */
export const ensureCalendar = async (at: AtCalendar, collection: URL = at.collection): Promise<void> => {
  const resources = await propfind(at, collection, '0', '<D:resourcetype/>', 'asking for the calendar itself');
  // Of what it does not have, Xandikos says so under a URL that is none.
  const isOnlyAbsence = (resource: DavResource): boolean => resources.length === 1 && resource.status === 404;
  const itself = resources.find((resource) => isAt(resource, collection) || isOnlyAbsence(resource));
  if (itself?.status === 200 && hasChild(itself.properties.resourcetype, 'calendar')) {
    if (collection === at.collection) sighted(at);
    return;
  }
  const isMissing = itself === undefined || itself.status === 404 || itself.status === 410;
  const message = isMissing
    ? 'there is no calendar at the configured URL'
    : 'what lies at the configured URL is no calendar';
  const failure: CalendarFailure = {
    kind: 'calendar-not-found',
    message,
    ...(isMissing ? {} : { cause: 'not-a-calendar' }),
  };
  throw calendarFailed(itself === undefined || wasThereLately(at) ? passing(failure) : failure);
};
