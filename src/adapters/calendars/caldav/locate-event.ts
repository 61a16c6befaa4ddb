import { isLeft } from 'fp-ts/lib/Either.js';
import { fromNullable, none } from 'fp-ts/lib/Option.js';
import type { OwnEvent, StoredCalendarEvent } from '../../../application/ports/calendar.ts';
import { type ObjectIdentity, readIdentity } from '../../icalendar/read-icalendar.ts';
import { calendarFailed, failureIn, statusIn, headerOf } from './failures.ts';
import { isInside, propertyText } from './multistatus.ts';
import { loggedUrlOf, placesOf, shownUrl, type Whose, whoseIs } from './own-object.ts';
import { type AtCalendar, ensureCalendar, query, failureOfAnswer, sighted, xmlBody } from './session.ts';

/** An object of a calendar and whose it is. `etag`: as the server gave it, weak or strong; null: none. */
export type FoundObject = {
  readonly url: URL;
  readonly etag: string | null;
  readonly whose: Whose;
  readonly identity: ObjectIdentity;
  readonly text: string;
};

export const storedAs = ({
  url,
  etag,
  identity,
}: Pick<FoundObject, 'url' | 'etag'> & { readonly identity?: ObjectIdentity }): StoredCalendarEvent => ({
  providerEventId: url.pathname,
  calendarAddress: shownUrl(new URL('.', url)),
  etag: fromNullable(etag),
  meetingUrl: none,
  ...(identity === undefined || identity.start === null ? {} : { start: identity.start }),
});

export const isGone = (status: number): boolean => status === 404 || status === 410;

const foundIn = (at: AtCalendar, own: OwnEvent, url: URL, etag: string | null, text: string): FoundObject => {
  const identity = readIdentity(text);
  if (isLeft(identity)) {
    const message = `what was answered for the event is no event: ${identity.left}`;
    throw calendarFailed({ kind: 'provider-error', message });
  }
  return { url, etag, text, identity: identity.right, whose: whoseIs(at, url, identity.right, own) };
};

/** Null where the answer says that nothing is there, which alone is no proof. */
export const readAt = async (at: AtCalendar, url: URL, own: OwnEvent): Promise<FoundObject | null> => {
  const headers = { accept: 'text/calendar', 'cache-control': 'no-cache' };
  const answer = await at.send({ method: 'GET', url, headers });
  if (isGone(answer.status)) return null;
  if (answer.status !== 200) throw await failureOfAnswer(at, answer, 'reading the event');
  const found = foundIn(at, own, url, headerOf(answer, 'etag') ?? null, answer.body);
  if (isInside(url, at.collection)) sighted(at);
  return found;
};

/** Whether an object mentions our event; others need not be parsed. Lines may be folded. */
const names = (text: string, { icsUid, bookingUid }: OwnEvent): boolean => {
  const unfolded = text.replace(/\r?\n[ \t]/g, '');
  return unfolded.includes(icsUid) || unfolded.includes(bookingUid);
};

const escaped = (text: string): string => text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);

const uidQuery = ({ icsUid }: OwnEvent): string =>
  xmlBody(
    'C:calendar-query',
    `<D:prop><D:getetag/><C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:prop-filter name="UID"><C:text-match collation="i;octet">${escaped(icsUid)}</C:text-match></C:prop-filter></C:comp-filter></C:comp-filter></C:filter>`,
  );

/**
 * Searches a collection for our UID under any name (RFC 4791, 7.8.6). A server may return more than it was asked for,
 * and resources that are gone (404): only what has our UID or mark counts.
 */
const searchIn = async (at: AtCalendar, collection: URL, own: OwnEvent): Promise<ReadonlyArray<FoundObject>> => {
  const request = { method: 'REPORT', url: collection, depth: '1', body: uidQuery(own) } as const;
  const found: FoundObject[] = [];
  for (const { href, status, properties } of await query(at, request, 'looking for the event by its UID')) {
    if (isGone(status)) continue;
    const text = propertyText(properties['calendar-data']);
    if (text !== null && !names(text, own)) continue;
    const url = URL.parse(href, collection);
    if (status !== 200 || url?.origin !== collection.origin) {
      const message = `the answer to looking for the event by its UID is not whole (${status})`;
      throw calendarFailed({ kind: 'provider-error', message });
    }
    const etag = propertyText(properties.getetag);
    const one = text === null ? await readAt(at, url, own) : foundIn(at, own, url, etag, text);
    if (one !== null && (one.whose === 'ours' || one.identity.uid === own.icsUid)) found.push(one);
  }
  return found;
};

const best = (all: ReadonlyArray<FoundObject>): FoundObject | null =>
  all.find(({ whose }) => whose === 'ours') ?? all.find(({ whose }) => whose === 'doubtful') ?? all[0] ?? null;

/**
 * What a collection holds of our event: at its usual places, otherwise by UID. Null: the collection was asked and holds
 * nothing.
 */
const searchThrough = async (
  at: AtCalendar,
  collection: URL,
  places: ReadonlyArray<URL>,
  own: OwnEvent,
): Promise<FoundObject | null> => {
  const seen: FoundObject[] = [];
  for (const place of places) {
    const found = await readAt(at, place, own);
    if (found?.whose === 'ours') return found;
    if (found !== null) seen.push(found);
  }
  await ensureCalendar(at, collection);
  return best([...(await searchIn(at, collection, own)), ...seen]);
};

const leftBehind = (at: AtCalendar, url: URL, why: string): Error =>
  calendarFailed({
    kind: 'calendar-not-found',
    message: `the event was stored at ${shownUrl(url)}, and the calendar has the address ${shownUrl(at.collection)} now, where the event is not; ${why}`,
  });

/** The address that the calendar had when the event was stored, where that is another than today's. */
const formerUrlOf = (at: AtCalendar, own: OwnEvent): URL | null => {
  const logged = loggedUrlOf(at, own);
  return logged === null || isInside(logged, at.collection) ? null : logged;
};

/**
 * Uses today's credentials, which are for one origin only. `hasMoved`: the event was found at the new address, so that
 * a missing old one means nothing.
 */
const searchFormer = async (
  at: AtCalendar,
  url: URL,
  own: OwnEvent,
  hasMoved: boolean,
): Promise<FoundObject | null> => {
  if (url.origin !== at.collection.origin) {
    if (hasMoved) return null;
    throw leftBehind(at, url, 'it has to be taken out there by hand');
  }
  try {
    return await searchThrough(at, new URL('.', url), [url], own);
  } catch (error) {
    const failure = failureIn(error);
    if (failure === undefined) throw error;
    if (hasMoved && isGone(statusIn(error) ?? 0)) return null;
    throw leftBehind(at, url, `at the old address it could not be looked for: ${failure.message}`);
  }
};

/**
 * Our event, wherever it is: at its usual places, under another name, or at an earlier address of the calendar. Null is
 * proof that it is nowhere: each object was answered 404, and each collection is a calendar without this UID. Throws
 * where that cannot be said. `hasMoved`: an earlier search has found it at today's address.
 */
export const locate = async (at: AtCalendar, own: OwnEvent, hasMoved = false): Promise<FoundObject | null> => {
  const found = await searchThrough(at, at.collection, placesOf(at, own), own);
  const former = found?.whose === 'ours' ? null : formerUrlOf(at, own);
  return former === null ? found : ((await searchFormer(at, former, own, hasMoved)) ?? found);
};
