import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { CalendarFailure, FailureKind } from '../../../domain/calendar/calendar-failure.ts';
import { connectionCause } from '../../network/connection-causes.ts';
import { retryAfterMs } from '../../network/retry-after.ts';
import { isObject } from '../../../domain/unknown.ts';

/** A failure with the HTTP status it came from (0: no answer), for the adapter's own decisions. */
export type CallFailure = { readonly failure: CalendarFailure; readonly status: number };

/** What was being done. `write`: whether Google may have acted although no answer came. */
export type Attempt = { readonly operation: string; readonly write: boolean; readonly nowMs: number };

export const callFailure = (kind: FailureKind, message: string, status = 0): CallFailure => ({
  failure: { kind, message },
  status,
});

const errorCodec = t.partial({
  code: t.unknown,
  response: t.partial({ status: t.number, data: t.unknown, headers: t.unknown }),
});
/** What every error of Google's APIs has; a page or the JSON of a gateway has not. */
const googleErrorCodec = t.type({
  error: t.intersection([
    t.type({ code: t.number }),
    t.partial({
      status: t.string,
      errors: t.array(t.partial({ reason: t.string })),
      details: t.array(t.partial({ reason: t.string })),
    }),
  ]),
});
const oauthErrorCodec = t.type({ error: t.string });

/** Only Google's short reason words are ever repeated: its free texts may quote what was sent. */
const word = (text: string | undefined): string => (text !== undefined && /^[A-Za-z_]{1,64}$/.test(text) ? text : '');

/**
 * Google's words for why, the most exact first: `reason` of the error (https://developers.google.com/workspace/calendar/api/guides/errors),
 * of its ErrorInfo, and `status` (https://google.aip.dev/193). Null: the body is none of Google's.
 */
const reasonsIn = (data: unknown): ReadonlyArray<string> | null => {
  const decoded = googleErrorCodec.decode(data);
  if (E.isLeft(decoded)) return null;
  const { errors = [], details = [], status } = decoded.right.error;
  return [...[...errors, ...details].map(({ reason }) => word(reason)), word(status)].filter((each) => each !== '');
};

/** Nothing can have reached Google: no name, no listener. */
const NEVER_SENT: ReadonlyArray<unknown> = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];

const QUOTA_REASONS = [
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'quotaExceeded',
  'dailyLimitExceeded',
  'calendarLimitExceeded',
  'concurrentLimitExceeded',
  'RATE_LIMIT_EXCEEDED',
  'RESOURCE_EXHAUSTED',
];

/** Passing by their meaning: RFC 9110 (408, 412), RFC 4918 (423), RFC 8470 (425). */
const PASSING: ReadonlyArray<number> = [408, 412, 423, 425];

/** Statuses by which nothing was done: not implemented, not available, a network that wants a login. */
const NOT_DONE: ReadonlyArray<number> = [501, 503, 505, 511];

const kindOfStatus = (status: number, reasons: ReadonlyArray<string>, write: boolean): FailureKind => {
  const isQuota = reasons.some((reason) => QUOTA_REASONS.includes(reason));
  if (status === 429 || (status === 403 && isQuota)) return 'rate-limited';
  if (status === 401) return 'auth-expired';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'calendar-not-found';
  if (status === 409) return 'already-exists';
  if (status >= 400 && status < 500 && !PASSING.includes(status)) return 'invalid-request';
  const isUnclear = status < 300 || status >= 500;
  return write && isUnclear && !NOT_DONE.includes(status) ? 'outcome-unknown' : 'provider-error';
};

const ADVICE: Partial<Record<FailureKind, string>> = {
  'auth-expired': 'Google does not accept the access token, also not a fresh one; connect the calendar again',
  'auth-revoked': 'Google refuses the stored credential; connect the calendar again',
  forbidden: 'the account may not do this in this calendar; check its sharing and its scopes',
  'calendar-not-found': 'Google does not know the calendar or the event, or the account may not see it',
};

const REASON_ADVICE: Readonly<Record<string, string>> = {
  accessNotConfigured: "the Google Calendar API is not enabled in the credential's project",
  SERVICE_DISABLED: "the Google Calendar API is not enabled in the credential's project",
  insufficientPermissions: 'the consent lacks a scope: connect the calendar again, with all that is asked for',
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: 'the consent lacks a scope: connect the calendar again, with all that is asked for',
};

type Answered = { readonly kind: FailureKind; readonly status: number; readonly reasons: ReadonlyArray<string> };

const adviceOn = ({ kind, reasons }: Answered): string | undefined =>
  reasons.flatMap((reason) => REASON_ADVICE[reason] ?? [])[0] ?? ADVICE[kind];

const answered = (what: Answered, attempt: Attempt, wait: number | undefined): CallFailure => {
  const { kind, status, reasons } = what;
  const summary = ['Google Calendar, ', attempt.operation, ': ', [status, ...reasons.slice(0, 1)].join(' ')].join('');
  const advice = adviceOn(what);
  const message = advice === undefined ? summary : `${summary} (${advice})`;
  return { failure: { kind, message, ...(wait === undefined ? {} : { retryAfterMs: wait }) }, status };
};

/** A status that is not Google's own says nothing of calendars, events and rights: 0, and tried again. */
const notGoogles = (status: number, attempt: Attempt, wait: number | undefined): CallFailure => {
  const isUnclear = attempt.write && (status < 300 || (status >= 500 && !NOT_DONE.includes(status)));
  const kind = isUnclear ? 'outcome-unknown' : status === 429 ? 'rate-limited' : 'provider-error';
  const message = `Google Calendar, ${attempt.operation}: ${status}, but not in Google's words: something in between answered`;
  return { failure: { kind, message, ...(wait === undefined ? {} : { retryAfterMs: wait }) }, status: 0 };
};

/** No wait longer than this is believed: one hour. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** The client library brings a `Headers` of its own, not the runtime's. */
const headerOf = (headers: unknown, name: string): string | undefined => {
  const readable = isObject(headers) && 'get' in headers;
  const value: unknown =
    readable && typeof headers.get === 'function' ? Reflect.apply(headers.get, headers, [name]) : undefined;
  return typeof value === 'string' ? value : undefined;
};

const waitOf = (headers: unknown, nowMs: number): number | undefined =>
  retryAfterMs(headerOf(headers, 'retry-after'), nowMs, MAX_RETRY_AFTER_MS);

const unanswered = (code: unknown, { operation, write }: Attempt): CallFailure => {
  if (write && !NEVER_SENT.includes(code)) {
    return callFailure('outcome-unknown', `Google Calendar, ${operation}: no answer came; it may have happened`);
  }
  const name = typeof code === 'string' ? word(code) : '';
  const cause = connectionCause(name);
  const message = `Google Calendar, ${operation}: not reached${name === '' ? '' : ` (${name})`}`;
  return { failure: { kind: 'network', message, ...(cause === null ? {} : { cause }) }, status: 0 };
};

/** What the client library threw for a call of the Calendar API, in our words. Never repeats what was sent. */
export const toCallFailure = (error: unknown, attempt: Attempt): CallFailure => {
  const decoded = errorCodec.decode(error);
  const { code, response } = E.isRight(decoded) ? decoded.right : {};
  if (response?.status === undefined) return unanswered(code, attempt);
  const { status } = response;
  const wait = waitOf(response.headers, attempt.nowMs);
  const reasons = reasonsIn(response.data);
  if (reasons === null) return notGoogles(status, attempt, wait);
  const kind = status === 503 && wait !== undefined ? 'rate-limited' : kindOfStatus(status, reasons, attempt.write);
  return answered({ kind, status, reasons }, attempt, wait);
};

export const NO_TOKEN = callFailure('provider-error', 'Google Calendar, token: the answer holds no access token');

/** Words of an OAuth server that will think differently later (RFC 6749, 4.1.2.1; RFC 8628, 3.5; seen at Google). */
const PASSING_OAUTH = [
  'temporarily_unavailable',
  'slow_down',
  'server_error',
  'internal_failure',
  'backend_error',
  'authorization_pending',
];
const QUOTA_OAUTH = ['rate_limit_exceeded', 'quota_exceeded'];

const kindOfOAuth = (status: number, reason: string): FailureKind => {
  if (status === 429 || QUOTA_OAUTH.includes(reason)) return 'rate-limited';
  const isRefusal = status >= 400 && status < 500 && !PASSING.includes(status) && !PASSING_OAUTH.includes(reason);
  return isRefusal ? 'auth-revoked' : 'provider-error';
};

/**
 * The same for the token endpoint. Its 4xx answers in OAuth's words say that the grant or the client is refused, for
 * good, but for those words that say "later": RFC 6749 section 5.2;
 * https://developers.google.com/identity/protocols/oauth2/web-server (errors of refreshing). What is not in OAuth's
 * words comes from something in between.
 */
export const toTokenFailure = (error: unknown, nowMs: number): CallFailure => {
  const attempt: Attempt = { operation: 'token', write: false, nowMs };
  const decoded = errorCodec.decode(error);
  const { code, response } = E.isRight(decoded) ? decoded.right : {};
  if (typeof code === 'string' && code.startsWith('ERR_OSSL')) {
    return callFailure('auth-revoked', "Google Calendar, token: the service account's private key cannot be read");
  }
  // Every failure of a connection has a code; without one it is the library that found no token in the answer.
  if (response?.status === undefined && code === undefined) return NO_TOKEN;
  if (response?.status === undefined) return unanswered(code, attempt);
  const { status } = response;
  const wait = waitOf(response.headers, nowMs);
  const oauth = oauthErrorCodec.decode(response.data);
  const reason = E.isRight(oauth) ? word(oauth.right.error) : '';
  if (reason === '') return notGoogles(status, attempt, wait);
  const kind = status === 503 && wait !== undefined ? 'rate-limited' : kindOfOAuth(status, reason);
  return answered({ kind, status, reasons: [reason] }, attempt, wait);
};
