import * as E from 'fp-ts/lib/Either.js';
import type { MarkedEvent } from '../../../application/ports/calendar.ts';
import { type Interval, toInstant } from '../../../domain/time/time.ts';
import { EVENT_FIELDS, GOOGLE_BOOKING_MARK, isDeleted, markOf, startOf } from './event-mapping.ts';
import { notGoogles } from './event-requests.ts';
import { type CallFailure, callFailure } from './failure-mapping.ts';
import type { GoogleAnswer, Google, GoogleEvent } from './google-client.ts';

/** What a listing says that it is: https://developers.google.com/workspace/calendar/api/v3/reference/events/list (kind) */
const LISTING = 'calendar#events';

/** The parameters of a listing that ours use (same page), and the fields of an event that are answered. */
type Listing = {
  readonly fields: string;
  readonly maxResults: number;
  readonly showDeleted: boolean;
  readonly privateExtendedProperty?: string[];
  readonly timeMin?: string;
  readonly timeMax?: string;
  readonly syncToken?: string;
};
type Page = {
  readonly items: ReadonlyArray<GoogleEvent>;
  readonly nextPage: string | null;
  readonly nextSync: string | null;
};

/** One page. A 404 of Google's means that the calendar itself cannot be seen. */
const listPage = async (
  { call, config }: Google,
  { fields, ...listing }: Listing,
  pageToken: string | null,
  signal: AbortSignal,
): GoogleAnswer<Page> => {
  const answer = await call(
    {
      operation: 'list',
      write: false,
      send: (api, options) =>
        api.events.list(
          {
            calendarId: config.googleCalendarId,
            ...listing,
            fields: `kind,nextPageToken,nextSyncToken,items(${fields})`,
            ...(pageToken === null ? {} : { pageToken }),
          },
          options,
        ),
    },
    signal,
  );
  if (E.isLeft(answer)) return answer;
  const { kind, items, nextPageToken, nextSyncToken } = answer.right;
  if (kind !== LISTING) return E.left(notGoogles('list'));
  return E.right({ items: items ?? [], nextPage: nextPageToken ?? null, nextSync: nextSyncToken ?? null });
};

/** Pages of a listing: one may be empty and yet name another. Half a listing is none. */
const MAX_PAGES = 20;

const listAll = async (
  google: Google,
  listing: Listing,
  signal: AbortSignal,
): GoogleAnswer<ReadonlyArray<GoogleEvent>> => {
  const found: GoogleEvent[] = [];
  let nextPage: string | null = null;
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const page: E.Either<CallFailure, Page> = await listPage(google, listing, nextPage, signal);
    if (E.isLeft(page)) return page;
    found.push(...page.right.items);
    nextPage = page.right.nextPage;
    if (nextPage === null) return E.right(found);
  }
  return E.left(callFailure('provider-error', `Google Calendar, list: more than ${MAX_PAGES} pages`));
};

/** More events of one booking than this do not exist: one per generation. */
const MARKED_PAGE = 50;

/** Live events that carry the booking's mark. */
export const listMarked = (
  google: Google,
  bookingUid: string,
  signal: AbortSignal,
): GoogleAnswer<ReadonlyArray<GoogleEvent>> =>
  listAll(
    google,
    {
      privateExtendedProperty: [`${GOOGLE_BOOKING_MARK}=${bookingUid}`],
      showDeleted: false,
      maxResults: MARKED_PAGE,
      fields: EVENT_FIELDS,
    },
    signal,
  );

/** The largest page that Google gives. */
const PAGE_SIZE = 2500;

/**
 * Events in `window` that carry a mark of ours, whatever it says. Google filters by a property and its value, and each booking
 * has another value: so all events of that time are listed, with the few fields that are looked at.
 */
export const listMarkedBetween = async (
  google: Google,
  window: Interval,
  signal: AbortSignal,
): GoogleAnswer<ReadonlyArray<MarkedEvent>> => {
  const times = { timeMin: toInstant(window.start), timeMax: toInstant(window.end) };
  const fields = 'id,status,start,extendedProperties/private';
  const listing = { ...times, showDeleted: false, maxResults: PAGE_SIZE, fields };
  const listed = await listAll(google, listing, signal);
  if (E.isLeft(listed)) return listed;
  return E.right(
    listed.right.flatMap((event): ReadonlyArray<MarkedEvent> => {
      const bookingUid = markOf(event);
      if (bookingUid === undefined || isDeleted(event)) return [];
      return [{ bookingUid, href: event.id ?? '', start: startOf(event).start ?? null }];
    }),
  );
};

/** Where a listing of changes goes on, in Google's words. `sync` null: all events are listed, for the token at the end. */
export type Cursor = { readonly sync: string | null; readonly page: string | null };

/**
 * One page of what was changed or deleted since a sync token. No filter goes together with one, deleted events always come, and
 * the first listing has to have the same parameters: https://developers.google.com/workspace/calendar/api/guides/sync
 */
export const listChanges = async (
  google: Google,
  { sync, page }: Cursor,
  signal: AbortSignal,
): GoogleAnswer<Pick<Page, 'nextPage' | 'nextSync'> & { readonly ids: ReadonlyArray<string> }> => {
  const listing = { showDeleted: true, maxResults: PAGE_SIZE, fields: 'id' };
  const listed = await listPage(google, sync === null ? listing : { ...listing, syncToken: sync }, page, signal);
  if (E.isLeft(listed)) return listed;
  const { items, nextPage, nextSync } = listed.right;
  return E.right({ nextPage, nextSync, ids: items.flatMap(({ id }) => id ?? []) });
};
