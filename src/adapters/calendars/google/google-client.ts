import { createRequire } from 'node:module';
import * as E from 'fp-ts/lib/Either.js';
import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/index.js';
import type { Clock } from '../../../application/ports/clock-and-ids.ts';
import { abandonable } from '../../clock/time-limit.ts';
import { type CallFailure, callFailure, NO_TOKEN, toTokenFailure, toCallFailure } from './failure-mapping.ts';

/** A user's consent (OAuth 2.0 web or desktop client) with the refresh token that it gave. */
export type OAuthCredentials = {
  readonly type: 'oauth';
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
};

/** A service account's key. `subject`: the user it acts for, where the domain's administrator delegated that. */
export type ServiceAccountCredentials = {
  readonly type: 'service-account';
  readonly clientEmail: string;
  readonly privateKey: string;
  readonly subject?: string;
};

/**
 * `calendarId`: ours. `googleCalendarId`: `primary` or Google's id of the calendar. `hostTimeZone`: IANA zone for
 * all-day events when Google does not name the calendar's own. `rootUrl` and `tokenUrl` replace Google's addresses.
 * `timeLimitMs` bounds one call of the port, token requests included.
 */
export type GoogleCalendarConfig = {
  readonly calendarId: string;
  readonly googleCalendarId: string;
  readonly hostTimeZone: string;
  readonly credentials: OAuthCredentials | ServiceAccountCredentials;
  readonly rootUrl?: string;
  readonly tokenUrl?: string;
  readonly timeLimitMs?: number;
};

export const DEFAULT_TIME_LIMIT_MS = 10_000;

/** https://developers.google.com/workspace/calendar/api/auth: all that is needed to read and write events and busy times. */
const SCOPES: ReadonlyArray<string> = [
  'https://www.googleapis.com/auth/calendar.events',
  'https://www.googleapis.com/auth/calendar.freebusy',
];

/**
 * Loaded at the first call, and only the calendar's part: the whole library costs seconds and over 100 MB, this part
 * about 0.1 s and 30 MB. The runtime keeps the module, so later calls cost nothing.
 */
export const loadGoogle = () => import('googleapis/build/src/apis/calendar/index.js');

const CALENDAR_PART = 'googleapis/build/src/apis/calendar/index.js';

/** Optional: packages of Holdfast come without it, since it is five times as large as all the rest. */
export const GOOGLE_LIBRARY = 'googleapis@188.0.0';

/** Whether the library is installed; it is not loaded for that. */
export const hasGoogleLibrary = (): boolean =>
  E.isRight(E.tryCatch(() => createRequire(import.meta.url).resolve(CALENDAR_PART), E.toError));

type GoogleLibrary = Awaited<ReturnType<typeof loadGoogle>>;
type GoogleApi = calendar_v3.Calendar;
export type GoogleEvent = calendar_v3.Schema$Event;
export type GoogleEventTime = calendar_v3.Schema$EventDateTime;

/** A token this near to its end is renewed before it is used. Google's tokens live an hour. */
const RENEW_BEFORE_MS = 60_000;

/** `token`: a valid access token, kept until it is about to end. `refuse`: Google did not take it, fetch another. */
type TokenSource = {
  readonly token: (signal: AbortSignal) => Promise<E.Either<CallFailure, string>>;
  readonly refuse: (token: string) => void;
};

const clientFor = ({ auth }: GoogleLibrary, config: GoogleCalendarConfig) => {
  const { credentials, tokenUrl } = config;
  const common = {
    eagerRefreshThresholdMillis: RENEW_BEFORE_MS,
    transporterOptions: { timeout: config.timeLimitMs ?? DEFAULT_TIME_LIMIT_MS },
  };
  const client =
    credentials.type === 'oauth'
      ? new auth.OAuth2({ ...common, clientId: credentials.clientId, clientSecret: credentials.clientSecret })
      : new auth.JWT({
          ...common,
          email: credentials.clientEmail,
          key: credentials.privateKey,
          scopes: [...SCOPES],
          ...(credentials.subject === undefined ? {} : { subject: credentials.subject }),
        });
  // The library tries token requests again by itself and cannot be told another address for service accounts.
  client.transporter.interceptors.request.add({
    resolved: async (request) => ({
      ...request,
      ...(tokenUrl === undefined ? {} : { url: new URL(tokenUrl) }),
      retry: false,
      redirect: 'manual' as const,
      retryConfig: { retry: 0 },
    }),
  });
  return client;
};

const startingPoint = ({ credentials }: GoogleCalendarConfig) =>
  credentials.type === 'oauth'
    ? { refresh_token: credentials.refreshToken }
    : // What the library itself starts a service account with: a token that ended long ago.
      { refresh_token: 'jwt-placeholder', expiry_date: 1 };

const isEmpty = ({ credentials }: GoogleCalendarConfig): boolean =>
  credentials.type === 'oauth'
    ? credentials.refreshToken === '' || credentials.clientId === ''
    : credentials.privateKey === '' || credentials.clientEmail === '';

/**
 * Access tokens by refresh grant (RFC 6749 section 6) or signed assertion (RFC 7523). A token request is shared by all
 * calls that wait for it: it has its own time limit, and a call that is aborted only stops waiting.
 */
const makeTokenSource = (google: GoogleLibrary, config: GoogleCalendarConfig, clock: Clock): TokenSource => {
  const client = clientFor(google, config);
  client.setCredentials(startingPoint(config));
  return {
    token: async (signal) => {
      if (isEmpty(config)) return E.left(callFailure('no-credential', 'Google Calendar: the credential is empty'));
      try {
        const { token } = await abandonable(client.getAccessToken(), signal);
        return typeof token === 'string' && token !== '' ? E.right(token) : E.left(NO_TOKEN);
      } catch (error) {
        return E.left(toTokenFailure(error, clock.now()));
      }
    },
    refuse: (token) => {
      // Another call may have fetched a fresh one meanwhile: that one stays.
      if (client.credentials.access_token === token) client.setCredentials(startingPoint(config));
    },
  };
};

/** Per-call options of the client library; its own retries stay off: the saga retries, with everybody watching. */
type CallOptions = {
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
  readonly retry: false;
  /** A redirect is an answer: the token goes to no other place, and a login page is none of Google's. */
  readonly redirect: 'manual';
};

type GoogleRequest<A> = {
  readonly operation: string;
  readonly write: boolean;
  readonly headers?: Record<string, string>;
  readonly send: (api: GoogleApi, options: CallOptions) => Promise<{ readonly data: A }>;
};

export type GoogleAnswer<A> = Promise<E.Either<CallFailure, A>>;

/** One authorised request to the Calendar API, ended by `signal`. Never rejects. */
type GoogleClient = <A>(request: GoogleRequest<A>, signal: AbortSignal) => GoogleAnswer<A>;

/** What every operation of one Google calendar needs. */
export type Google = { readonly call: GoogleClient; readonly config: GoogleCalendarConfig };

const connect = async (config: GoogleCalendarConfig, clock: Clock) => {
  const google = await loadGoogle();
  const options = config.rootUrl === undefined ? {} : { rootUrl: config.rootUrl };
  return {
    api: new google.calendar_v3.Calendar(options),
    tokens: makeTokenSource(google, config, clock),
  };
};

const once = <A>(make: () => Promise<A>): (() => Promise<A>) => {
  let made: Promise<A> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

/** A 401 means that nothing was done: the token is fetched anew and the request sent once more. */
export const makeGoogleClient = (config: GoogleCalendarConfig, clock: Clock): GoogleClient => {
  const connection = once(() => connect(config, clock));

  const send = async <A>(request: GoogleRequest<A>, token: string, signal: AbortSignal): GoogleAnswer<A> => {
    if (signal.aborted) return E.left(callFailure('network', `Google Calendar, ${request.operation}: not sent`));
    const { api } = await connection();
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    try {
      return E.right((await request.send(api, { headers, signal, retry: false, redirect: 'manual' })).data);
    } catch (error) {
      return E.left(toCallFailure(error, { ...request, nowMs: clock.now() }));
    }
  };

  return async (request, signal) => {
    const { tokens } = await connection();
    const token = await tokens.token(signal);
    if (E.isLeft(token)) return token;
    const answer = await send(request, token.right, signal);
    if (E.isRight(answer) || answer.left.status !== 401) return answer;
    tokens.refuse(token.right);
    const fresh = await tokens.token(signal);
    return E.isLeft(fresh) ? fresh : send(request, fresh.right, signal);
  };
};
