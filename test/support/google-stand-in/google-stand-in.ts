import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { createCalendar, finishRooms, type StandInCalendar } from './calendar-state.ts';
import { answerInstead } from '../holding-proxy.ts';
import { type Channels, makeChannels } from './channels.ts';
import { createFaultPlan, type Fault, type FaultPlan, type Operation } from './fault-plan.ts';
import { type Answer, oauthRefusal, refusal } from './google-answers.ts';
import { selectFields } from './partial-response.ts';
import { type Received, route, serve, type World } from './routes.ts';
import { createTokenEndpoint, type Grants, type TokenEndpoint } from './token-endpoint.ts';

/** A stand-in for Google: its rules are taken from Google's reference pages, named beside each; it is not Google. */
export type GoogleStandIn = {
  readonly rootUrl: string;
  readonly tokenUrl: string;
  readonly faults: FaultPlan;
  readonly tokens: Pick<TokenEndpoint, 'revokeGrant' | 'expireTokens'>;
  /** The host's calendar, also known as `primary`. */
  readonly primary: StandInCalendar;
  /** Another calendar of the same account; taken out again, it is not seen any more. */
  readonly addCalendar: (id: string) => StandInCalendar;
  readonly removeCalendar: (id: string) => void;
  readonly received: (operation?: Operation) => ReadonlyArray<Received>;
  /** Ends once `count` requests of this operation have come in. */
  readonly whenReceived: (operation: Operation, count: number) => Promise<void>;
  readonly channels: Channels;
  readonly finishRooms: () => void;
  /** Takes the calendar out of the account's sight, as when its sharing ends. */
  readonly hideCalendar: () => void;
  readonly close: () => Promise<void>;
};

const PRIMARY_ID = 'host@stand-in.example';

const send = (response: ServerResponse, answer: Answer, query: URLSearchParams): void => {
  const body = answer.status === 200 ? selectFields(answer.body, query.get('fields')) : answer.body;
  const headers = { server: 'google-stand-in', 'content-type': 'application/json; charset=UTF-8', ...answer.headers };
  response.writeHead(answer.status, headers).end(body === undefined ? undefined : JSON.stringify(body));
};

const withoutId = (answer: Answer): Answer => ({ ...answer, body: { ...Object(answer.body), id: undefined } });

/** The answer under a fault; undefined: none, the connection stays open or is cut. */
const underFault = (fault: Fault | undefined, act: () => Answer, response: ServerResponse): Answer | undefined => {
  switch (fault?.kind) {
    case undefined:
      return act();
    case 'refuse':
      return refusal(fault.status, fault.reason, `stand-in: ${fault.reason}`, fault.headers);
    case 'refuse-token':
      return oauthRefusal(fault.status, fault.error);
    case 'answer':
      return { status: 200, body: fault.body };
    case 'answer-without-id':
      return withoutId(act());
    case 'commit-and-drop':
      act();
      response.destroy();
      return undefined;
    case 'drop':
      response.destroy();
      return undefined;
    case 'in-between':
      answerInstead(response, fault.answer);
      return undefined;
    case 'stall':
      return undefined;
  }
};

const read = async (request: IncomingMessage): Promise<Received | undefined> => {
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://stand-in');
  const method = request.method ?? '';
  const target = route(method, pathname);
  const body = await text(request);
  const { authorization, 'if-match': ifMatch } = request.headers;
  return target && { ...target, method, query, body, headers: { authorization, 'if-match': ifMatch } };
};

/** `largestPage`: no listing answers with more events at a time. */
export const startGoogleStandIn = async (
  grants: Grants,
  { timeZone = 'Europe/Berlin', largestPage = 2500 } = {},
): Promise<GoogleStandIn> => {
  const faults = createFaultPlan();
  const tokens = createTokenEndpoint(grants);
  const primary = createCalendar(timeZone, PRIMARY_ID);
  const others = new Map<string, StandInCalendar>();
  const channels = makeChannels();
  const requests: Array<Received> = [];
  const arrivals = new EventTarget();
  let hidden = false;
  const world: World = {
    tokens,
    largestPage,
    channels,
    calendarOf: (id) => {
      if (hidden) return undefined;
      return id === 'primary' || id === PRIMARY_ID ? primary : others.get(id);
    },
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const received = await read(request);
    if (received === undefined)
      return send(response, refusal(404, 'notFound', 'no such method'), new URLSearchParams());
    requests.push(received);
    const answer = underFault(faults.take(received.operation), () => serve(world, received), response);
    if (answer !== undefined) send(response, answer, received.query);
    arrivals.dispatchEvent(new Event('arrival'));
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) send(response, refusal(500, 'standInFault', String(error)), new URLSearchParams());
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in has no port');
  const rootUrl = `http://127.0.0.1:${address.port}/`;
  const received = (operation?: Operation) =>
    operation === undefined ? requests : requests.filter((request) => request.operation === operation);

  return {
    rootUrl,
    tokenUrl: `${rootUrl}token`,
    faults,
    tokens,
    primary,
    channels,
    addCalendar: (id) => {
      const made = createCalendar(timeZone, id);
      others.set(id, made);
      return made;
    },
    removeCalendar: (id) => void others.delete(id),
    received,
    whenReceived: async (operation, count) => {
      while (received(operation).length < count) await once(arrivals, 'arrival');
    },
    finishRooms: () => finishRooms(primary),
    hideCalendar: () => {
      hidden = true;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
