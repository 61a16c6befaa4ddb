import * as E from 'fp-ts/lib/Either.js';
import type { OwnEvent } from '../../../application/ports/calendar.ts';
import { type Interval, toEpochMs, toInstant } from '../../../domain/time/interval.ts';
import type { Google } from './adapter-context.ts';
import { isDeleted, markOf } from './event-mapping.ts';
import { type CallFailure, callFailure } from './failure-mapping.ts';
import type { Answer } from './google-client.ts';
import type { GoogleEvent, GoogleEventTime } from './google-library.ts';
import { MAX_GENERATIONS, ownEventId } from './own-event-id.ts';

/** The largest page that Google gives. */
const PAGE_SIZE = 2500;
/** A window with more events than this many pages counts as unreadable: half a listing is never read as free. */
export const MAX_PAGES = 20;

const FIELDS =
  'nextPageToken,timeZone,items(id,status,transparency,start,end,attendees(self,responseStatus),extendedProperties/private)';

const isSelfDeclined = ({ attendees }: GoogleEvent): boolean =>
  attendees?.some(({ self, responseStatus }) => self === true && responseStatus === 'declined') ?? false;

const blocks = (event: GoogleEvent): boolean =>
  !isDeleted(event) && event.transparency !== 'transparent' && !isSelfDeclined(event);

/** A whole day begins and ends at midnight in the calendar's zone. Throws RangeError when it is no time. */
const epochMsOf = (time: GoogleEventTime | undefined, timeZone: string): number =>
  typeof time?.date === 'string'
    ? Temporal.PlainDate.from(time.date).toZonedDateTime(timeZone).epochMilliseconds
    : toEpochMs(time?.dateTime ?? '');

const intervalsOf = (
  events: ReadonlyArray<GoogleEvent>,
  timeZone: string,
): E.Either<CallFailure, ReadonlyArray<Interval>> =>
  E.tryCatch(
    () => events.map(({ start, end }) => ({ start: epochMsOf(start, timeZone), end: epochMsOf(end, timeZone) })),
    () => callFailure('provider-error', 'Google Calendar, list: an event without a readable time'),
  );

const exclusion = (except: ReadonlyArray<OwnEvent>, calendarId: string) => {
  const uids = new Set(except.map(({ bookingUid }) => bookingUid));
  const generations = Array.from({ length: MAX_GENERATIONS }, (_, generation) => generation);
  const ids = new Set(except.flatMap((own) => generations.map((number) => ownEventId(own, calendarId, number))));
  return (event: GoogleEvent): boolean => ids.has(event.id ?? '') || uids.has(markOf(event) ?? '');
};

const page = ({ call, config }: Google, window: Interval, pageToken: string | undefined, signal: AbortSignal) =>
  call(
    {
      operation: 'list',
      write: false,
      send: (api, options) =>
        api.events.list(
          {
            calendarId: config.googleCalendarId,
            singleEvents: true,
            showDeleted: false,
            timeMin: toInstant(window.start),
            timeMax: toInstant(window.end),
            maxResults: PAGE_SIZE,
            maxAttendees: 1,
            fields: FIELDS,
            ...(pageToken === undefined ? {} : { pageToken }),
          },
          options,
        ),
    },
    signal,
  );

/**
 * Busy times from the events themselves, needed where some of our own must not count. Free are: deleted, transparent,
 * declined by this calendar's owner. https://developers.google.com/workspace/calendar/api/v3/reference/events/list
 */
export const busyByListing = async (
  google: Google,
  window: Interval,
  except: ReadonlyArray<OwnEvent>,
  signal: AbortSignal,
): Answer<ReadonlyArray<Interval>> => {
  const isExcepted = exclusion(except, google.config.calendarId);
  const busy: Array<Interval> = [];
  let pageToken: string | undefined;
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const answer = await page(google, window, pageToken, signal);
    if (E.isLeft(answer)) return answer;
    if (!Array.isArray(answer.right.items)) {
      return E.left(callFailure('provider-error', 'Google Calendar, list: the answer holds no list of events'));
    }
    const counted = answer.right.items.filter((event) => blocks(event) && !isExcepted(event));
    const read = intervalsOf(counted, answer.right.timeZone ?? google.config.hostTimeZone);
    if (E.isLeft(read)) return read;
    busy.push(...read.right);
    pageToken = answer.right.nextPageToken ?? undefined;
    if (pageToken === undefined) return E.right(busy);
  }
  return E.left(callFailure('provider-error', `Google Calendar, list: more than ${MAX_PAGES} pages of events`));
};
