import * as E from 'fp-ts/lib/Either.js';
import { EVENT_FIELDS, isEvent } from './event-mapping.ts';
import { callFailure } from './failure-mapping.ts';
import type { GoogleAnswer, Google } from './google-client.ts';
import type { GoogleEvent } from './google-client.ts';

/** The conference data of a request are read only when the request says that it knows this version. */
const CONFERENCE_DATA_VERSION = 1;

/** https://developers.google.com/workspace/calendar/api/v3/reference/events/insert */
export const insertEvent = (
  { call, config }: Google,
  event: GoogleEvent,
  signal: AbortSignal,
): GoogleAnswer<GoogleEvent> =>
  call(
    {
      operation: 'insert',
      write: true,
      send: (api, options) =>
        api.events.insert(
          {
            calendarId: config.googleCalendarId,
            sendUpdates: 'none',
            conferenceDataVersion: CONFERENCE_DATA_VERSION,
            fields: EVENT_FIELDS,
            requestBody: event,
          },
          options,
        ),
    },
    signal,
  );

export const notGoogles = (operation: string) =>
  callFailure('provider-error', `Google Calendar, ${operation}: the answer is none of Google's`);

/**
 * https://developers.google.com/workspace/calendar/api/v3/reference/events/get (a deleted event answers as `cancelled`).
 * A success that is not the event that was asked for is a failure.
 */
export const getEvent = async (
  { call, config }: Google,
  eventId: string,
  signal: AbortSignal,
): GoogleAnswer<GoogleEvent> => {
  const answer = await call(
    {
      operation: 'get',
      write: false,
      send: (api, options) =>
        api.events.get({ calendarId: config.googleCalendarId, eventId, fields: EVENT_FIELDS }, options),
    },
    signal,
  );
  if (E.isLeft(answer)) return answer;
  return isEvent(answer.right) && answer.right.id === eventId ? answer : E.left(notGoogles('get'));
};

/** https://developers.google.com/workspace/calendar/api/v3/reference/events/patch; `If-Match`: .../guides/version-resources */
export const patchEvent = (
  { call, config }: Google,
  eventId: string,
  event: GoogleEvent,
  etag: string | undefined,
  signal: AbortSignal,
): GoogleAnswer<GoogleEvent> =>
  call(
    {
      operation: 'patch',
      write: true,
      ...(etag === undefined ? {} : { headers: { 'If-Match': etag } }),
      send: (api, options) =>
        api.events.patch(
          {
            calendarId: config.googleCalendarId,
            eventId,
            sendUpdates: 'none',
            conferenceDataVersion: CONFERENCE_DATA_VERSION,
            fields: EVENT_FIELDS,
            requestBody: event,
          },
          options,
        ),
    },
    signal,
  );

/** https://developers.google.com/workspace/calendar/api/v3/reference/events/delete */
export const deleteEvent = ({ call, config }: Google, eventId: string, signal: AbortSignal): GoogleAnswer<unknown> =>
  call(
    {
      operation: 'delete',
      write: true,
      send: (api, options) =>
        api.events.delete({ calendarId: config.googleCalendarId, eventId, sendUpdates: 'none' }, options),
    },
    signal,
  );
