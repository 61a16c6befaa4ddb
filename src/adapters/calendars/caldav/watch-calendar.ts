import { isLeft } from 'fp-ts/lib/Either.js';
import type { CalendarChanges, OwnEvent } from '../../../application/ports/calendar.ts';
import { decodedPath } from '../../../application/watching/touched-events.ts';
import { mailboxKey } from '../../../domain/mail/mail-address.ts';
import { toEpochMs } from '../../../domain/time/time.ts';
import type { Seen } from '../../../domain/booking/watch-commands.ts';
import { mailOfUri, readEventTimes } from '../../icalendar/read-times.ts';
import { calendarFailed, failureIn, statusIn } from './failures.ts';
import { locate } from './locate-event.ts';
import { type DavResource, hasChild, hrefsOf, isAt, isInside, propertyText } from './multistatus.ts';
import { type AtCalendar, propfind, query, sighted, xmlBody } from './session.ts';

/** Marks before our tokens: where they are from. */
const SYNC = 'sync ';
const CTAG = 'ctag ';
/** A ctag that was not there the last time: some servers count in seconds, and one more change of that second leaves it as it is. */
const NEW_CTAG = 'new ctag ';

const textOf = (itself: DavResource, name: string): string | null => {
  const text = propertyText(itself.properties[name])?.trim() ?? '';
  return text === '' ? null : text;
};

/** How the collection stands now: its sync-token (RFC 6578, 4), else its ctag; null where it has neither. */
const standing = async (at: AtCalendar): Promise<string | null> => {
  const properties = '<D:resourcetype/><D:sync-token/><CS:getctag xmlns:CS="http://calendarserver.org/ns/"/>';
  const resources = await propfind(at, at.collection, '0', properties, 'asking what has changed');
  const itself = resources.find((resource) => isAt(resource, at.collection));
  if (itself?.status !== 200 || !hasChild(itself.properties.resourcetype, 'calendar'))
    throw calendarFailed({ kind: 'provider-error', message: 'what lies at the configured URL is no calendar now' });
  sighted(at);
  const token = textOf(itself, 'sync-token');
  if (token !== null) return SYNC + token;
  const ctag = textOf(itself, 'getctag');
  return ctag === null ? null : CTAG + ctag;
};

const escaped = (text: string): string => text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);

/** RFC 6578, 3.2: what was changed or removed since the token. */
const changedSince = async (at: AtCalendar, token: string): Promise<ReadonlyArray<string>> => {
  const body = xmlBody(
    'D:sync-collection',
    `<D:sync-token>${escaped(token)}</D:sync-token><D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop>`,
  );
  const request = { method: 'REPORT', url: at.collection, depth: '0', body } as const;
  const resources = await query(at, request, 'asking what has changed');
  return resources.flatMap(({ href }) => URL.parse(href, at.collection)?.pathname ?? []);
};

/**
 * Statuses that say nothing of the token: asked again later with the same. Any other refusal may mean that the server does not
 * know it any more (403 by RFC 6578, Xandikos answers 500), or has no such report: then all is looked at.
 */
const NOT_OF_THE_TOKEN: ReadonlyArray<number> = [401, 407, 408, 429, 502, 503, 504];

/** Believed from the second time on: that is a round later, when its second is over. */
const changesByCtag = (ctag: string, token: string | null): CalendarChanges => {
  if (token === CTAG + ctag) return { token, touched: [] };
  return { token: (token === NEW_CTAG + ctag ? CTAG : NEW_CTAG) + ctag, touched: 'unknown' };
};

/**
 * What may have changed since `token`. How the calendar stands is asked before what has changed, so that a change in between
 * is told twice rather than never.
 */
export const davChanges = async (at: AtCalendar, token: string | null): Promise<CalendarChanges> => {
  const now = await standing(at);
  if (now === null) return { token: null, touched: 'unknown' };
  if (now.startsWith(CTAG)) return changesByCtag(now.slice(CTAG.length), token);
  if (now === token) return { token: now, touched: [] };
  if (token === null || !token.startsWith(SYNC)) return { token: now, touched: 'unknown' };
  try {
    return { token: now, touched: await changedSince(at, token.slice(SYNC.length)) };
  } catch (error) {
    const status = statusIn(error) ?? null;
    if (failureIn(error) === undefined || status === null || NOT_OF_THE_TOKEN.includes(status)) throw error;
    return { token: now, touched: 'unknown' };
  }
};

/** Events of one multiget. */
const AT_ONCE = 200;

/**
 * ETags of our events in one request (RFC 4791, 7.9), for servers that have neither token nor ctag. A server that has no such
 * report says nothing of any of them; weak ETags and others are compared as they are.
 */
export const davVersions = async (
  at: AtCalendar,
  ids: ReadonlyArray<string>,
): Promise<ReadonlyArray<string | null>> => {
  const etags = new Map<string, string>();
  const here = ids.filter((id) => isInside(new URL(id, at.collection), at.collection));
  for (let from = 0; from < here.length; from += AT_ONCE) {
    const hrefs = here.slice(from, from + AT_ONCE).map((id) => `<D:href>${escaped(id)}</D:href>`);
    const body = xmlBody('C:calendar-multiget', `<D:prop><D:getetag/></D:prop>${hrefs.join('')}`);
    try {
      const request = { method: 'REPORT', url: at.collection, depth: '0', body } as const;
      for (const { href, status, properties } of await query(at, request, 'asking for versions')) {
        const path = URL.parse(href, at.collection)?.pathname;
        const etag = propertyText(properties.getetag)?.trim() ?? '';
        if (status === 200 && path !== undefined && etag !== '') etags.set(decodedPath(path), etag);
      }
    } catch (error) {
      const status = statusIn(error) ?? null;
      if (failureIn(error) === undefined || status === null || NOT_OF_THE_TOKEN.includes(status)) throw error;
    }
  }
  return ids.map((id) => etags.get(decodedPath(id)) ?? null);
};

const notCertain = (why: string): Error =>
  calendarFailed({ kind: 'provider-error', message: `the event is there, and ${why}` });

const isSameMailbox = (a: string | null, b: string): boolean => a !== null && mailboxKey(a) === mailboxKey(b);

/**
 * Whether it is a mail address of the calendar's own user: servers with scheduling may write that in the place of the
 * ORGANIZER that they are given (RFC 6638, 2.4.1). A server that has no such list knows no other name of its user.
 */
const isOwnAddress = async (at: AtCalendar, email: string): Promise<boolean> => {
  const what = 'asking whose calendar it is';
  const ask = async (url: URL, property: string): Promise<ReadonlyArray<string>> =>
    (await propfind(at, url, '0', `<${property}/>`, what)).flatMap(({ properties }) =>
      hrefsOf(properties[property.slice(2)]),
    );
  try {
    const [principal] = await ask(at.collection, 'D:current-user-principal');
    const url = principal === undefined ? null : URL.parse(principal, at.collection);
    if (url?.origin !== at.collection.origin) return false;
    const own = await ask(url, 'C:calendar-user-address-set');
    return own.some((href) => isSameMailbox(mailOfUri(href), email));
  } catch (error) {
    const status = statusIn(error) ?? null;
    if (failureIn(error) === undefined || status === null || NOT_OF_THE_TOKEN.includes(status)) throw error;
    return false;
  }
};

const isSameTime = (a: string, b: string | undefined): boolean => b !== undefined && toEpochMs(a) === toEpochMs(b);

/** Our event as the calendar has it; see `locate` for when it is missing. */
export const lookAtDavEvent = async (at: AtCalendar, own: OwnEvent, hostTimeZone: string): Promise<Seen> => {
  const found = await locate(at, own);
  if (found === null) return { type: 'missing' };
  if (found.whose !== 'ours') throw notCertain('it is not certain whose it is');
  const times = readEventTimes(found.text, hostTimeZone);
  if (isLeft(times)) throw notCertain(times.left);
  const { start, end, cancelled, organizer } = times.right;
  if (cancelled) return { type: 'cancelled' };
  // A client may leave it out; and a log that does not know what was written says nothing.
  const isHandedOn =
    organizer !== null && own.organizer !== undefined && !isSameMailbox(organizer, own.organizer.email);
  const isAtItsTime = isSameTime(start, own.start) && isSameTime(end, own.end);
  return isHandedOn && isAtItsTime && !(await isOwnAddress(at, organizer))
    ? { type: 'other-organizer' }
    : { type: 'at', start, end };
};
