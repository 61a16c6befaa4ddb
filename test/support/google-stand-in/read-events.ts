import { toEpochMs, toInstant } from '../../../src/domain/time/time.ts';
import { changeOf, type EventResource, intervalOfEvent, type StandInCalendar, touches } from './calendar-state.ts';
import type { Answer } from './google-answers.ts';
import * as answers from './google-answers.ts';

/** https://developers.google.com/workspace/calendar/api/v3/reference/events/get: a deleted event is `cancelled`. */
export const get = (calendar: StandInCalendar, eventId: string): Answer => {
  const event = calendar.events.get(eventId);
  return event === undefined ? answers.notFound : answers.ok(event);
};

const hasProperty = (event: EventResource, wanted: string): boolean => {
  const [key = '', ...value] = wanted.split('=');
  return event.extendedProperties?.private?.[key] === value.join('=');
};

const withSelfOnly = (event: EventResource): EventResource =>
  event.attendees === undefined ? event : { ...event, attendees: event.attendees.filter(({ self }) => self === true) };

/** What goes with no sync token: "there are several query parameters that cannot be specified together with nextSyncToken". */
const RESTRICTIONS = [
  'iCalUID',
  'orderBy',
  'privateExtendedProperty',
  'q',
  'sharedExtendedProperty',
  'timeMin',
  'timeMax',
  'updatedMin',
];
/** A first listing may be limited in time (the guide says so); with any other of them there is no token at its end. */
const WITHOUT_TOKEN = RESTRICTIONS.filter((name) => name !== 'timeMin' && name !== 'timeMax');

const SYNC_TOKEN = /^stand-in-sync-(\d+)$/;
const PAGE_TOKEN = /^stand-in-page-(\d+)-of-(\d+)$/;

type Listed = { readonly matching: ReadonlyArray<EventResource>; readonly refused?: Answer };

/** https://developers.google.com/workspace/calendar/api/guides/sync: all that was changed since, deleted events too. */
const changedSince = (calendar: StandInCalendar, query: URLSearchParams, token: string): Listed => {
  const refused = (answer: Answer): Listed => ({ matching: [], refused: answer });
  if (RESTRICTIONS.some((name) => query.has(name)) || query.get('showDeleted') === 'false')
    return refused(answers.syncTokenWithRestrictions);
  const [, since] = SYNC_TOKEN.exec(token) ?? [];
  if (since === undefined) return refused(answers.syncTokenIsNone);
  if (Number(since) < calendar.oldestToken) return refused(answers.syncTokenIsOver);
  return { matching: [...calendar.events.values()].filter((event) => changeOf(event) > Number(since)) };
};

/** `timeMin` bounds the end, `timeMax` the start, both exclusive. */
const matchingIn = (calendar: StandInCalendar, query: URLSearchParams): Listed => {
  const window = {
    start: toEpochMs(query.get('timeMin') ?? '1970-01-01T00:00:00Z'),
    end: toEpochMs(query.get('timeMax') ?? '9999-01-01T00:00:00Z'),
  };
  if (window.start >= window.end) return { matching: [], refused: answers.emptyRange };
  const wanted = query.getAll('privateExtendedProperty');
  const matching = [...calendar.events.values()].filter(
    (event) =>
      (event.status === 'cancelled'
        ? query.get('showDeleted') === 'true'
        : touches(event, window, calendar.timeZone)) && wanted.every((property) => hasProperty(event, property)),
  );
  return { matching };
};

/**
 * https://developers.google.com/workspace/calendar/api/v3/reference/events/list. `largestPage` makes several pages of few
 * events. The last page has the sync token, which stands for the moment of the first one.
 */
export const list = (calendar: StandInCalendar, query: URLSearchParams, largestPage: number): Answer => {
  const token = query.get('syncToken');
  const { matching, refused } = token === null ? matchingIn(calendar, query) : changedSince(calendar, query, token);
  if (refused !== undefined) return refused;
  const page = PAGE_TOKEN.exec(query.get('pageToken') ?? '');
  if (query.has('pageToken') && page === null) return answers.pageTokenIsNone;
  const [from, asOf] = [Number(page?.[1] ?? 0), Number(page?.[2] ?? calendar.changes)];
  const size = Math.min(Number(query.get('maxResults') ?? 250), largestPage);
  const items = matching.slice(from, from + size);
  const hasToken = !WITHOUT_TOKEN.some((name) => query.has(name));
  return answers.ok({
    kind: 'calendar#events',
    timeZone: calendar.timeZone,
    items: query.get('maxAttendees') === '1' ? items.map(withSelfOnly) : items,
    ...(from + size < matching.length
      ? { nextPageToken: `stand-in-page-${from + size}-of-${asOf}` }
      : hasToken
        ? { nextSyncToken: `stand-in-sync-${asOf}` }
        : {}),
  });
};

/** Longer ranges are refused. The reference names no number; this is the stand-in's. */
const LONGEST_RANGE_MS = 90 * 24 * 3_600_000;

const isBusy = (event: EventResource): boolean =>
  event.status !== 'cancelled' &&
  event.transparency !== 'transparent' &&
  event.attendees?.some(({ self, responseStatus }) => self === true && responseStatus === 'declined') !== true;

export type FreeBusyRequest = {
  readonly timeMin: string;
  readonly timeMax: string;
  readonly items: ReadonlyArray<{ readonly id: string }>;
};

/** https://developers.google.com/workspace/calendar/api/v3/reference/freebusy/query: one calendar's error comes in a 200. */
export const freeBusy = (calendarOf: (id: string) => StandInCalendar | undefined, request: FreeBusyRequest): Answer => {
  const window = { start: toEpochMs(request.timeMin), end: toEpochMs(request.timeMax) };
  if (window.start >= window.end) return answers.emptyRange;
  if (window.end - window.start > LONGEST_RANGE_MS) return answers.longRange;
  const read = (id: string): unknown => {
    const calendar = calendarOf(id);
    const reason = calendar === undefined ? 'notFound' : calendar.unreadable;
    if (calendar === undefined || reason !== undefined) return { errors: [{ domain: 'global', reason }], busy: [] };
    const events = [...calendar.events.values()].filter(
      (event) => isBusy(event) && touches(event, window, calendar.timeZone),
    );
    const busy = events.map((event) => intervalOfEvent(event, calendar.timeZone));
    return { busy: busy.map(({ start, end }) => ({ start: toInstant(start), end: toInstant(end) })) };
  };
  return answers.ok({
    kind: 'calendar#freeBusy',
    timeMin: request.timeMin,
    timeMax: request.timeMax,
    calendars: Object.fromEntries(request.items.map(({ id }) => [id, read(id)])),
  });
};
