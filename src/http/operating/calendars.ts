import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { adviceOn } from '../../application/calendars/advice.ts';
import type { TriedCalendar } from '../../application/ports/calendar.ts';
import type { CalendarReport } from '../../application/ports/read-models.ts';
import { hostIdOf } from '../access/caller.ts';
import { object, nullable, optional } from '../../domain/decoding/codec.ts';
import { oneOf } from '../../domain/decoding/values.ts';
import { type Caller, type EndpointHandler, type QueryHandler, success, withQuery } from '../transport/endpoint.ts';
import { decodeBody, parameter } from '../decoding/decode.ts';
import { apiError } from '../errors/api-error.ts';
import { fromCalendarHealth } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';

type Deps = Pick<
  HttpDeps,
  'calendarHealth' | 'leftOvers' | 'configuredCalendars' | 'triedCalendar' | 'watchedAt' | 'hosts' | 'clock'
>;

/** A calendar that is configured and of which the log knows nothing yet. */
const unheardOf = (calendarId: string): CalendarReport => ({
  calendarId,
  place: null,
  lastSuccessAt: null,
  lastFailure: null,
  failuresInRow: 0,
  outage: null,
  held: { count: 0, uids: [] },
  missing: { count: 0, uids: [] },
  elsewhere: { count: 0, uids: [] },
  removals: { count: 0, first: [], acknowledged: { count: 0, uids: [] } },
  unreadable: { objects: [], more: 0 },
});

/** What was tried last, what came, and what to do. */
const presentTry = (tried: TriedCalendar | null) => {
  if (tried === null) return null;
  const { at, tookMs, failure } = tried.last;
  return failure === null
    ? { at, tookMs, tried: 'read', outcome: 'ok', failure: null }
    : {
        at,
        tookMs,
        tried: 'read',
        outcome: 'failed',
        failure: { kind: failure.kind, message: failure.message, ...adviceOn(failure) },
      };
};

const presentCalendar = (
  report: CalendarReport,
  configured: { readonly label: string; readonly provider: string } | undefined,
  hostIds: ReadonlyArray<string>,
  tried: TriedCalendar | null,
  watchedAt: string | null,
) => ({
  id: report.calendarId,
  label: configured?.label ?? report.calendarId,
  kind: configured?.provider ?? report.place?.provider ?? null,
  configured: configured !== undefined,
  hosts: hostIds,
  address: report.place?.address ?? null,
  addressSince: report.place?.since ?? null,
  lastSuccessAt: report.lastSuccessAt,
  lastFailure: report.lastFailure,
  failuresInRow: report.failuresInRow,
  lastTry: presentTry(tried),
  lastWatchedAt: watchedAt,
  outage: report.outage,
  bookings: { held: report.held, missing: report.missing, atOldAddress: report.elsewhere },
  removals: report.removals,
  unreadable: report.unreadable,
});

/** The calendars that the caller may see, by id: a key of one host sees the calendars of that host, and its bookings. */
const calendarsFor = (deps: Deps) => async (caller: Caller) => {
  const hostId = hostIdOf(caller);
  const found = await deps.calendarHealth(deps.clock.now(), hostId)();
  if (E.isLeft(found)) return E.left(fromCalendarHealth(found.left));
  const { configuredCalendars: configured } = deps;
  const hostsOf = (id: string) => deps.hosts.filter((host) => host.calendarIds.includes(id)).map((host) => host.id);
  const known = new Map(found.right.map((report) => [report.calendarId, report]));
  const ids = [...new Set([...configured.keys(), ...known.keys()])].sort();
  return E.right(
    ids
      .filter((id) => hostId === null || hostsOf(id).includes(hostId))
      .map((id) =>
        presentCalendar(
          known.get(id) ?? unheardOf(id),
          configured.get(id),
          hostsOf(id).filter((one) => hostId === null || one === hostId),
          deps.triedCalendar(id),
          deps.watchedAt(id),
        ),
      ),
  );
};

/** `GET /v2/holdfast/calendars`: how each calendar stands, those that are not configured any more too. */
export const getCalendars =
  (deps: Deps): EndpointHandler =>
  async ({ caller }) =>
    pipe(await calendarsFor(deps)(caller), E.map(success));

/** `GET /v2/holdfast/calendars/{id}`: one of them. Another host's calendar is not there. */
export const getCalendar =
  (deps: Deps): EndpointHandler =>
  async ({ caller, params }) => {
    const found = await calendarsFor(deps)(caller);
    if (E.isLeft(found)) return found;
    const calendar = found.right.find(({ id }) => id === params.id);
    return calendar === undefined
      ? E.left(apiError('calendar_not_found', 'There is no calendar with this id.'))
      : E.right(success(calendar));
  };

const decodeLook = decodeBody(object({ how: optional(oneOf(['accept', 'restore'])) }));

const notWatched = apiError(
  'calendar_not_found',
  'There is no calendar with this id, or this server does not watch it.',
);

/**
 * `POST /v2/holdfast/calendars/{id}/look`: all of our events there are looked at now, twice, and what people did to them is
 * settled. `how` decides where watching was stopped, and goes on with it: `accept` by the calendar's policy, `restore` by
 * writing all of them again. Answers when that is in the log, after half a minute or so.
 */
export const postLook =
  (deps: Pick<HttpDeps, 'lookAtCalendar'>): EndpointHandler =>
  async ({ body, params }) => {
    const wanted = decodeLook(body);
    if (E.isLeft(wanted)) return wanted;
    const looked = await deps.lookAtCalendar(params.id ?? '', wanted.right.how);
    return looked === null ? E.left(notWatched) : E.right(success(looked));
  };

/** Where calendar providers tell of changes. */
export const PUSH_PATH = '/calendars/push';

const noChannel = apiError('push_channel_not_found', 'There is no such channel, or its token is another one.');

/**
 * `POST /calendars/push`: Google tells that something in a calendar was changed, by the headers alone
 * (https://developers.google.com/workspace/calendar/api/guides/push, "Understand the notification message format"). The
 * calendar is asked soon; nothing that is said here is believed. One answer for no channel and a wrong token.
 */
export const postPush =
  ({ pushed }: Pick<HttpDeps, 'pushed'>): EndpointHandler =>
  async ({ header }) => {
    const channelId = header('x-goog-channel-id') ?? '';
    const token = header('x-goog-channel-token') ?? '';
    const state = header('x-goog-resource-state') ?? '';
    return pushed({ channelId, token, state }) ? E.right(success({ noted: true })) : E.left(noChannel);
  };

/** `GET /v2/holdfast/unconfigured`: hosts, event types and calendars that bookings need and the configuration has no more. */
export const getUnconfigured =
  (deps: Deps): EndpointHandler =>
  async () => {
    const found = await deps.leftOvers(deps.clock.now())();
    return E.isLeft(found) ? E.left(fromCalendarHealth(found.left)) : E.right(success(found.right));
  };

const noFeed = apiError('calendar_feed_not_found', 'There is no calendar feed at this address.');

/** `GET /calendars/{feedName}.ics?token=`: one answer for no feed and a wrong token, so that names cannot be tried out. */
export const getCalendarFeed = (deps: Pick<HttpDeps, 'calendarFeed'>): QueryHandler =>
  withQuery(object({ token: nullable(parameter) }), async ({ params }, { token }) => {
    const text = token === null ? null : await deps.calendarFeed(params.feedName ?? '', token);
    return text === null
      ? E.left(noFeed)
      : E.right({
          type: 'text',
          mediaType: 'text/calendar; charset=utf-8',
          text,
          headers: { 'Cache-Control': 'private, no-cache' },
        });
  });
