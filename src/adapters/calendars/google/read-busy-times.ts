import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { OwnEvent } from '../../../application/ports/calendar.ts';
import { type Interval, toEpochMs, toInstant } from '../../../domain/time/time.ts';
import { isObject } from '../../../domain/unknown.ts';
import { epochMsOf, isDeleted, markOf } from './event-mapping.ts';
import { type CallFailure, callFailure } from './failure-mapping.ts';
import type { GoogleAnswer, Google, GoogleEvent } from './google-client.ts';
import { MAX_GENERATIONS, ownEventId } from './locate-own-events.ts';

/** Google refuses ranges that are too long (`timeRangeTooLong`) without naming its limit; 60 days are well inside it. */
const MAX_RANGE_MS = 60 * 24 * 3_600_000;

const calendarCodec = t.intersection([
  t.type({ busy: t.array(t.type({ start: t.string, end: t.string })) }),
  t.partial({ errors: t.array(t.partial({ reason: t.string })) }),
]);
const answerCodec = t.type({ calendars: t.record(t.string, t.unknown) });
const errorsCodec = t.type({ errors: t.array(t.partial({ reason: t.string })) });

const unreadable = (why: string) => callFailure('provider-error', `Google Calendar, freebusy: ${why}`);

/** An error beside one calendar comes inside a 200: https://developers.google.com/workspace/calendar/api/v3/reference/freebusy/query */
const readCalendar = (calendar: unknown): E.Either<CallFailure, ReadonlyArray<Interval>> => {
  const failed = errorsCodec.decode(calendar);
  if (E.isRight(failed) && failed.right.errors.length > 0) {
    return failed.right.errors.some(({ reason }) => reason === 'notFound')
      ? E.left(callFailure('calendar-not-found', 'Google Calendar, freebusy: the calendar cannot be seen', 200))
      : E.left(unreadable('the calendar could not be read'));
  }
  const decoded = calendarCodec.decode(calendar);
  if (E.isLeft(decoded)) return E.left(unreadable('the answer does not say when the calendar is busy'));
  return E.tryCatch(
    () => decoded.right.busy.map(({ start, end }) => ({ start: toEpochMs(start), end: toEpochMs(end) })),
    () => unreadable('the answer holds a time that is none'),
  );
};

const readAnswer = (data: unknown, googleCalendarId: string): E.Either<CallFailure, ReadonlyArray<Interval>> => {
  const decoded = answerCodec.decode(data);
  if (E.isLeft(decoded)) return E.left(unreadable('the answer names no calendars'));
  const { calendars } = decoded.right;
  const only = Object.values(calendars);
  // `primary` is an alias: the one calendar that was asked for may come back under its real id.
  const calendar =
    calendars[googleCalendarId] ?? (googleCalendarId === 'primary' && only.length === 1 ? only[0] : undefined);
  return calendar === undefined ? E.left(unreadable('the calendar is missing in the answer')) : readCalendar(calendar);
};

/** Busy times as Google computes them, asked range by range. A calendar with an error, or missing, is unreadable. */
const busyByFreeBusy = async (
  { call, config }: Google,
  window: Interval,
  signal: AbortSignal,
): GoogleAnswer<ReadonlyArray<Interval>> => {
  const busy: Array<Interval> = [];
  for (let start = window.start; start < window.end; start += MAX_RANGE_MS) {
    const range = { timeMin: toInstant(start), timeMax: toInstant(Math.min(window.end, start + MAX_RANGE_MS)) };
    const requestBody = { ...range, items: [{ id: config.googleCalendarId }] };
    const answer = await call(
      { operation: 'freebusy', write: false, send: (api, options) => api.freebusy.query({ requestBody }, options) },
      signal,
    );
    if (E.isLeft(answer)) return answer;
    const read = readAnswer(answer.right, config.googleCalendarId);
    if (E.isLeft(read)) return read;
    busy.push(...read.right);
  }
  return E.right(busy);
};

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

/** An answer of another form than Google promises ends as one that cannot be read, wherever the other form is found. */
const intervalsOf = (
  events: ReadonlyArray<GoogleEvent>,
  counts: (event: GoogleEvent) => boolean,
  timeZone: string,
): E.Either<CallFailure, ReadonlyArray<Interval>> =>
  E.tryCatch(
    () =>
      events
        .filter(counts)
        .map(({ start, end }) => ({ start: epochMsOf(start, timeZone), end: epochMsOf(end, timeZone) })),
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
const busyByListing = async (
  google: Google,
  window: Interval,
  except: ReadonlyArray<OwnEvent>,
  signal: AbortSignal,
): GoogleAnswer<ReadonlyArray<Interval>> => {
  const isExcepted = exclusion(except, google.config.calendarId);
  const busy: Array<Interval> = [];
  let pageToken: string | undefined;
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const answer = await page(google, window, pageToken, signal);
    if (E.isLeft(answer)) return answer;
    // The library's types say what Google promises. Its answers are what there was on the wire, `null` too.
    const listed: unknown = answer.right;
    if (!isObject(listed) || !Array.isArray(answer.right.items)) {
      return E.left(callFailure('provider-error', 'Google Calendar, list: the answer holds no list of events'));
    }
    const counts = (event: GoogleEvent) => blocks(event) && !isExcepted(event);
    const read = intervalsOf(answer.right.items, counts, answer.right.timeZone ?? google.config.hostTimeZone);
    if (E.isLeft(read)) return read;
    busy.push(...read.right);
    pageToken = answer.right.nextPageToken ?? undefined;
    if (pageToken === undefined) return E.right(busy);
  }
  return E.left(callFailure('provider-error', `Google Calendar, list: more than ${MAX_PAGES} pages of events`));
};

/** Busy times that touch `window`; an own event that must not count makes the longer way necessary. */
export const readGoogleBusyTimes = (
  google: Google,
  window: Interval,
  except: ReadonlyArray<OwnEvent>,
  signal: AbortSignal,
): GoogleAnswer<ReadonlyArray<Interval>> =>
  except.length === 0 ? busyByFreeBusy(google, window, signal) : busyByListing(google, window, except, signal);
