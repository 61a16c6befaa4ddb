import { randomBytes } from 'node:crypto';
import { type EventResource, put, type StandInCalendar, withRoom } from './calendar-state.ts';
import type { Answer } from './google-answers.ts';
import * as answers from './google-answers.ts';
import type { Bearer } from './token-endpoint.ts';

export type Write = {
  readonly calendar: StandInCalendar;
  readonly query: URLSearchParams;
  readonly bearer: Bearer;
  readonly ifMatch: string | undefined;
};

const EVENT_ID = /^[a-v0-9]{5,1024}$/;
const SEND_UPDATES = ['all', 'externalOnly', 'none'];

/** Rules that insert, patch and update share: https://developers.google.com/workspace/calendar/api/v3/reference/events */
const objection = ({ calendar, query, bearer }: Write, event: EventResource): Answer | undefined => {
  if (!SEND_UPDATES.includes(query.get('sendUpdates') ?? 'none')) {
    return answers.refusal(400, 'invalidParameter', 'Invalid value for sendUpdates');
  }
  if (bearer === 'service-account' && (event.attendees?.length ?? 0) > 0) return answers.noInvitations;
  const wantsRoom = query.get('conferenceDataVersion') === '1' && event.conferenceData?.createRequest !== undefined;
  if (wantsRoom && (bearer === 'service-account' || calendar.meet === 'unsupported')) return answers.invalidConference;
  return undefined;
};

const decorated = ({ calendar, query }: Write, event: EventResource, before: EventResource): EventResource => {
  const { conferenceData, ...rest } = event;
  const requestId = query.get('conferenceDataVersion') === '1' ? conferenceData?.createRequest?.requestId : undefined;
  const known = before.conferenceData?.createRequest?.requestId;
  const kept = before.conferenceData === undefined ? rest : { ...rest, conferenceData: before.conferenceData };
  // "If an ID provided is the same as for the previous request, the request is ignored."
  return typeof requestId === 'string' && requestId !== known ? withRoom(kept, requestId, calendar.meet) : kept;
};

/** https://developers.google.com/workspace/calendar/api/v3/reference/events/insert; a deleted event still holds its id. */
export const insert = (write: Write, event: EventResource): Answer => {
  const refused = objection(write, event);
  if (refused !== undefined) return refused;
  if (typeof event.id === 'string' && (!EVENT_ID.test(event.id) || event.iCalUID !== undefined))
    return answers.invalidId;
  if (event.start === undefined || event.end === undefined)
    return answers.refusal(400, 'required', 'Missing end time.');
  const id = event.id ?? randomBytes(13).toString('hex');
  if (write.calendar.events.has(id)) return answers.duplicate;
  const fresh: EventResource = {
    ...event,
    id,
    // "Optional. `confirmed` is the default status."
    status: event.status ?? 'confirmed',
    iCalUID: event.iCalUID ?? `${id}@google.com`,
    // "Whether the organizer corresponds to the calendar on which this copy of the event appears."
    organizer: { email: write.calendar.id, self: true },
    sequence: 0,
  };
  return answers.ok(put(write.calendar, decorated(write, fresh, {})));
};

/** Patch semantics: objects are merged, arrays replaced. https://developers.google.com/workspace/calendar/api/guides/performance#patch */
const merge = (before: EventResource, change: EventResource): EventResource => ({
  ...before,
  ...change,
  extendedProperties: {
    ...before.extendedProperties,
    ...change.extendedProperties,
    private: { ...before.extendedProperties?.private, ...change.extendedProperties?.private },
  },
});

/**
 * https://developers.google.com/workspace/calendar/api/v3/reference/events/patch and .../update. A deleted event
 * answers 403 (https://github.com/googleapis/google-api-ruby-client/issues/1811). `If-Match`:
 * https://developers.google.com/workspace/calendar/api/guides/version-resources
 */
export const change = (write: Write, eventId: string, event: EventResource, mode: 'patch' | 'update'): Answer => {
  const before = write.calendar.events.get(eventId);
  if (before === undefined) return answers.notFound;
  if (before.status === 'cancelled') return answers.refusal(403, 'forbidden', 'Forbidden');
  if (write.ifMatch !== undefined && write.ifMatch !== before.etag) return answers.preconditionFailed;
  const refused = objection(write, event);
  if (refused !== undefined) return refused;
  if ((event.sequence ?? Number.MAX_SAFE_INTEGER) < (before.sequence ?? 0)) {
    return answers.refusal(400, 'invalid', 'Invalid sequence value.');
  }
  const base =
    mode === 'patch' ? before : { id: before.id ?? null, iCalUID: before.iCalUID ?? null, status: 'confirmed' };
  const changed = { ...merge(base, event), sequence: (before.sequence ?? 0) + 1 };
  return answers.ok(put(write.calendar, decorated(write, changed, before)));
};

/** https://developers.google.com/workspace/calendar/api/v3/reference/events/delete */
export const remove = ({ calendar }: Write, eventId: string): Answer => {
  const before = calendar.events.get(eventId);
  if (before === undefined) return answers.notFound;
  if (before.status === 'cancelled') return answers.alreadyDeleted;
  // "On the organizer's calendar, cancelled events continue to expose event details."
  put(calendar, { ...before, status: 'cancelled' });
  return { status: 204 };
};
