import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { EventResource, StandInCalendar } from './calendar-state.ts';
import type { Channels } from './channels.ts';
import type { Operation } from './fault-plan.ts';
import type { Answer } from './google-answers.ts';
import * as answers from './google-answers.ts';
import { freeBusy, get, list } from './read-events.ts';
import type { Bearer, TokenEndpoint } from './token-endpoint.ts';
import { change, insert, remove } from './write-events.ts';

/** One request as the stand-in saw it. The body is text as it came. */
export type Received = {
  readonly operation: Operation;
  readonly method: string;
  readonly calendarId: string;
  readonly eventId: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
};

const EVENTS = /^\/calendar\/v3\/calendars\/([^/]+)\/events(?:\/([^/]+))?$/;

const ON_COLLECTION: Readonly<Record<string, Operation>> = { GET: 'list', POST: 'insert' };
const ON_EVENT: Readonly<Record<string, Operation>> = { GET: 'get', PATCH: 'patch', PUT: 'update', DELETE: 'delete' };

/** Which operation this is, or undefined: https://developers.google.com/workspace/calendar/api/v3/reference */
export const route = (
  method: string,
  path: string,
): Pick<Received, 'operation' | 'calendarId' | 'eventId'> | undefined => {
  if (method === 'POST' && path === '/token') return { operation: 'token', calendarId: '', eventId: '' };
  if (method === 'POST' && path === '/calendar/v3/freeBusy')
    return { operation: 'freebusy', calendarId: '', eventId: '' };
  if (method === 'POST' && path === '/calendar/v3/channels/stop')
    return { operation: 'stop', calendarId: '', eventId: '' };
  const [, calendarId, eventId] = EVENTS.exec(path) ?? [];
  if (calendarId === undefined) return undefined;
  const isWatch = method === 'POST' && eventId === 'watch';
  const operation = isWatch ? 'watch' : (eventId === undefined ? ON_COLLECTION : ON_EVENT)[method];
  const ids = { calendarId: decodeURIComponent(calendarId), eventId: decodeURIComponent(eventId ?? '') };
  return operation === undefined ? undefined : { operation, ...ids };
};

export type World = {
  readonly tokens: TokenEndpoint;
  readonly calendarOf: (googleCalendarId: string) => StandInCalendar | undefined;
  readonly largestPage: number;
  readonly channels: Channels;
};

const freeBusyCodec = t.type({ timeMin: t.string, timeMax: t.string, items: t.array(t.type({ id: t.string })) });

const askFreeBusy = ({ calendarOf }: World, body: string): Answer => {
  const decoded = freeBusyCodec.decode(JSON.parse(body));
  return E.isRight(decoded) ? freeBusy(calendarOf, decoded.right) : answers.refusal(400, 'required', 'Required');
};

const onCalendar = (world: World, calendar: StandInCalendar, bearer: Bearer, received: Received): Answer => {
  const { operation, eventId, query, headers, body } = received;
  const write = { calendar, query, bearer, ifMatch: headers['if-match'] };
  // The body is what Google's own client library made of an event resource; the rules check the fields that they use.
  const event = (): EventResource => JSON.parse(body);
  switch (operation) {
    case 'insert':
      return insert(write, event());
    case 'patch':
    case 'update':
      return change(write, eventId, event(), operation);
    case 'delete':
      return remove(write, eventId);
    case 'watch':
      return world.channels.open(calendar.id, body);
    case 'get':
      return get(calendar, eventId);
    default:
      return list(calendar, query, world.largestPage);
  }
};

/** Does what was asked, without faults. */
export const serve = (world: World, received: Received): Answer => {
  if (received.operation === 'token') return world.tokens.handle(new URLSearchParams(received.body));
  const bearer = world.tokens.bearer(received.headers.authorization);
  if (bearer === undefined) return answers.invalidCredentials;
  if (received.operation === 'freebusy') return askFreeBusy(world, received.body);
  if (received.operation === 'stop') return world.channels.stop(received.body);
  const calendar = world.calendarOf(received.calendarId);
  return calendar === undefined ? answers.notFound : onCalendar(world, calendar, bearer, received);
};
