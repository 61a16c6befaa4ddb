import * as E from 'fp-ts/lib/Either.js';
import type { CalendarChanges, OwnEvent } from '../../../application/ports/calendar.ts';
import type { Seen } from '../../../domain/booking/watch-commands.ts';
import { toEpochMs, toInstant } from '../../../domain/time/time.ts';
import { epochMsOf, isDeleted, isOurs } from './event-mapping.ts';
import { getEvent } from './event-requests.ts';
import { type CallFailure, callFailure } from './failure-mapping.ts';
import type { GoogleAnswer, Google, GoogleEvent } from './google-client.ts';
import { type Cursor, listChanges } from './list-events.ts';
import { locateOwnEvents } from './locate-own-events.ts';

/** Marks before our tokens: a sync token of Google's, or the page at which a first listing goes on. */
const SYNC = 'sync ';
const PAGE = 'page ';

/** Pages of one call, of 2500 events each. A first listing that has more goes on in the next call. */
const PAGES_A_CALL = 4;

const cursorOf = (token: string | null): Cursor => {
  if (token?.startsWith(SYNC) === true) return { sync: token.slice(SYNC.length), page: null };
  return { sync: null, page: token?.startsWith(PAGE) === true ? token.slice(PAGE.length) : null };
};

/** What Google says of a token that it does not know any more: 410, and 400 for one that it cannot read. */
const TOKEN_IS_OVER: ReadonlyArray<number> = [400, 410];

/**
 * What was changed since `token`: https://developers.google.com/workspace/calendar/api/guides/sync. One request where nothing
 * was. A listing of all comes first, page by page, only for the token at its end: until then, and where the token is over,
 * nothing is known of any event.
 */
export const googleChanges = async (
  google: Google,
  token: string | null,
  signal: AbortSignal,
): GoogleAnswer<CalendarChanges> => {
  let cursor = cursorOf(token);
  let isWhole = cursor.sync !== null;
  const touched: string[] = [];
  for (let pages = 0; pages < PAGES_A_CALL; pages += 1) {
    const listed = await listChanges(google, cursor, signal);
    if (E.isLeft(listed)) {
      const isFresh = cursor.sync === null && cursor.page === null;
      if (isFresh || !TOKEN_IS_OVER.includes(listed.left.status)) return listed;
      cursor = { sync: null, page: null };
      isWhole = false;
      continue;
    }
    const { ids, nextPage, nextSync } = listed.right;
    touched.push(...ids);
    if (nextPage === null)
      return E.right({ token: nextSync === null ? null : SYNC + nextSync, touched: isWhole ? touched : 'unknown' });
    cursor = { ...cursor, page: nextPage };
  }
  // More changes than so many pages: a listing of all is not longer.
  const next = cursor.sync === null && cursor.page !== null ? PAGE + cursor.page : null;
  return E.right({ token: next, touched: 'unknown' });
};

const notCertain = (why: string): CallFailure =>
  callFailure('provider-error', `Google Calendar: the event is there, and ${why}`);

/** Under the id that the log knows; null: not there as ours, and to be looked for everywhere. */
const underKnownId = async (google: Google, own: OwnEvent, signal: AbortSignal): GoogleAnswer<GoogleEvent | null> => {
  if (own.stored === undefined) return E.right(null);
  const found = await getEvent(google, own.stored.providerEventId, signal);
  if (E.isLeft(found)) return found.left.status === 404 || found.left.status === 410 ? E.right(null) : found;
  return E.right(isOurs(found.right, own) && !isDeleted(found.right) ? found.right : null);
};

/** Whoever organizes an event of ours is the calendar that it was made in, unless somebody handed it on. */
const isHandedOn = ({ organizer }: GoogleEvent, { config }: Google, { stored }: OwnEvent): boolean => {
  const email = organizer?.email ?? null;
  if (email === null || organizer?.self === true) return false;
  return email !== config.googleCalendarId && email !== stored?.calendarAddress;
};

/**
 * Our event as Google has it. `missing` is proof (see `locateOwnEvents`): each of our ids was asked for, and the calendar
 * answered. A deleted event stays readable with the status `cancelled`: that is how Google says deleted, also of one that was
 * moved to another calendar (https://developers.google.com/workspace/calendar/api/v3/reference/events, status).
 */
export const lookAtGoogleEvent = async (google: Google, own: OwnEvent, signal: AbortSignal): GoogleAnswer<Seen> => {
  const known = await underKnownId(google, own, signal);
  if (E.isLeft(known)) return known;
  let event = known.right;
  if (event === null) {
    const located = await locateOwnEvents(google, own, signal, { isStrict: true });
    if (E.isLeft(located)) return located;
    const [first] = located.right;
    if (first === undefined) return E.right({ type: 'missing' });
    event = first.event;
  }
  const { start, end } = event;
  const times = E.tryCatch(
    () => ({
      start: toInstant(epochMsOf(start, google.config.hostTimeZone)),
      end: toInstant(epochMsOf(end, google.config.hostTimeZone)),
    }),
    () => notCertain('its times cannot be read'),
  );
  if (E.isLeft(times)) return times;
  const isSame = (a: string, b: string | undefined): boolean => b !== undefined && toEpochMs(a) === toEpochMs(b);
  const isAtItsTime =
    isSame(times.right.start, own.start) && (own.end === undefined || isSame(times.right.end, own.end));
  return E.right(
    isAtItsTime && isHandedOn(event, google, own) ? { type: 'other-organizer' } : { type: 'at', ...times.right },
  );
};
