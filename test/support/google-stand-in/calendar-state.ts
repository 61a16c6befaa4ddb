import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/index.js';
import { type Interval, overlaps, toEpochMs } from '../../../src/domain/time/time.ts';

export type EventResource = calendar_v3.Schema$Event;

/** `pending`: rooms are made later, by `finishRooms`. `unsupported`: this calendar cannot have Meet rooms. */
export type MeetMode = 'ready' | 'pending' | 'unsupported';

export type StandInCalendar = {
  /** Its address, also where it is asked for as `primary`. */
  readonly id: string;
  readonly timeZone: string;
  /** By id. Deleted events stay, with the status `cancelled`. */
  readonly events: Map<string, EventResource>;
  meet: MeetMode;
  /** When set, busy times are refused with this reason. */
  unreadable: string | undefined;
  /** Counts changes: the etag of an event is the number of its last one. */
  changes: number;
  /** Sync tokens of before this change are not known any more. */
  oldestToken: number;
};

export const createCalendar = (timeZone: string, id: string): StandInCalendar => ({
  id,
  timeZone,
  events: new Map(),
  meet: 'ready',
  unreadable: undefined,
  changes: 0,
  oldestToken: 0,
});

/** Stores a new version of the event: every change gives a new etag. */
export const put = (calendar: StandInCalendar, event: EventResource): EventResource => {
  calendar.changes += 1;
  const stored = { ...event, etag: `"${calendar.changes}"` };
  calendar.events.set(String(event.id), stored);
  return stored;
};

/** The number of the event's last change. */
export const changeOf = ({ etag }: EventResource): number => Number(etag?.replaceAll('"', '') ?? 0);

/** From now on all sync tokens that were given out are answered with 410. */
export const expireSyncTokens = (calendar: StandInCalendar): void => {
  calendar.changes += 1;
  calendar.oldestToken = calendar.changes;
};

/**
 * What a person's move to another calendar does: "moves an event to another calendar, i.e. changes an event's organizer"
 * (https://developers.google.com/workspace/calendar/api/v3/reference/events/move). The calendar that it was in shows it as
 * cancelled.
 */
export const moveTo = (from: StandInCalendar, to: StandInCalendar, eventId: string): void => {
  const event = from.events.get(eventId);
  if (event === undefined) throw new Error(`the calendar has no event ${eventId}`);
  put(from, { ...event, status: 'cancelled' });
  put(to, { ...event, organizer: { email: to.id, self: true } });
};

const endpoint = (time: calendar_v3.Schema$EventDateTime | undefined, timeZone: string): number =>
  typeof time?.date === 'string'
    ? Temporal.PlainDate.from(time.date).toZonedDateTime(timeZone).epochMilliseconds
    : toEpochMs(String(time?.dateTime));

export const intervalOfEvent = (event: EventResource, timeZone: string): Interval => ({
  start: endpoint(event.start, timeZone),
  end: endpoint(event.end, timeZone),
});

export const touches = (event: EventResource, window: Interval, timeZone: string): boolean =>
  overlaps(intervalOfEvent(event, timeZone), window);

const roomOf = (requestId: string): EventResource => {
  const url = `https://meet.google.com/stand-in-${requestId}`;
  return {
    hangoutLink: url,
    conferenceData: {
      createRequest: { requestId, status: { statusCode: 'success' } },
      entryPoints: [{ entryPointType: 'video', uri: url }],
    },
  };
};

/** https://developers.google.com/workspace/calendar/api/guides/create-events#conferencing: made asynchronously. */
export const withRoom = (event: EventResource, requestId: string, meet: MeetMode): EventResource =>
  meet === 'pending'
    ? { ...event, conferenceData: { createRequest: { requestId, status: { statusCode: 'pending' } } } }
    : { ...event, ...roomOf(requestId) };

export const finishRooms = (calendar: StandInCalendar): void => {
  for (const event of [...calendar.events.values()]) {
    const request = event.conferenceData?.createRequest;
    if (request?.status?.statusCode === 'pending') put(calendar, { ...event, ...roomOf(String(request.requestId)) });
  }
};
