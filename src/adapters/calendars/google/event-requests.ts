import type { Google } from './adapter-context.ts';
import { BOOKING_MARK, EVENT_FIELDS } from './event-mapping.ts';
import type { Answer } from './google-client.ts';
import type { GoogleEvent } from './google-library.ts';

/** The conference data of a request are read only when the request says that it knows this version. */
const CONFERENCE_DATA_VERSION = 1;

/** More events of one booking than this do not exist: one per generation. */
const MARKED_PAGE = 50;

/** https://developers.google.com/workspace/calendar/api/v3/reference/events/insert */
export const insertEvent = ({ call, config }: Google, event: GoogleEvent, signal: AbortSignal): Answer<GoogleEvent> =>
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

/** https://developers.google.com/workspace/calendar/api/v3/reference/events/get (a deleted event answers as `cancelled`) */
export const getEvent = ({ call, config }: Google, eventId: string, signal: AbortSignal): Answer<GoogleEvent> =>
  call(
    {
      operation: 'get',
      write: false,
      send: (api, options) =>
        api.events.get({ calendarId: config.googleCalendarId, eventId, fields: EVENT_FIELDS }, options),
    },
    signal,
  );

/** https://developers.google.com/workspace/calendar/api/v3/reference/events/patch; `If-Match`: .../guides/version-resources */
export const patchEvent = (
  { call, config }: Google,
  eventId: string,
  event: GoogleEvent,
  etag: string | undefined,
  signal: AbortSignal,
): Answer<GoogleEvent> =>
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
export const deleteEvent = ({ call, config }: Google, eventId: string, signal: AbortSignal): Answer<unknown> =>
  call(
    {
      operation: 'delete',
      write: true,
      send: (api, options) =>
        api.events.delete({ calendarId: config.googleCalendarId, eventId, sendUpdates: 'none' }, options),
    },
    signal,
  );

/** Live events that carry the booking's mark. A 404 means that the calendar itself cannot be seen. */
export const listMarked = async (
  { call, config }: Google,
  bookingUid: string,
  signal: AbortSignal,
): Answer<ReadonlyArray<GoogleEvent>> =>
  call(
    {
      operation: 'list',
      write: false,
      send: async (api, options) => {
        const { data } = await api.events.list(
          {
            calendarId: config.googleCalendarId,
            privateExtendedProperty: [`${BOOKING_MARK}=${bookingUid}`],
            showDeleted: false,
            maxResults: MARKED_PAGE,
            fields: `items(${EVENT_FIELDS})`,
          },
          options,
        );
        return { data: data.items ?? [] };
      },
    },
    signal,
  );
