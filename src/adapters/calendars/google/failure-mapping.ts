import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { CalendarFailure, FailureKind } from '../../../domain/calendar/calendar-failure.ts';
import { retryAfterMs } from '../../network/retry-after.ts';

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
const reasonsCodec = t.type({ error: t.type({ errors: t.array(t.partial({ reason: t.string })) }) });
const oauthErrorCodec = t.type({ error: t.string });

/** Only Google's short reason word is ever repeated: its free texts may quote what was sent. */
const word = (text: string | undefined): string => (text !== undefined && /^[A-Za-z_]{1,64}$/.test(text) ? text : '');

/** The `reason` of the error body: https://developers.google.com/workspace/calendar/api/guides/errors */
const reasonOf = (data: unknown): string => {
  const decoded = reasonsCodec.decode(data);
  return E.isRight(decoded) ? word(decoded.right.error.errors[0]?.reason) : '';
};

/** Nothing can have reached Google: no name, no listener. */
const NEVER_SENT: ReadonlyArray<unknown> = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];

const QUOTA_REASONS = [
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'quotaExceeded',
  'dailyLimitExceeded',
  'calendarLimitExceeded',
];

const kindOfStatus = (status: number, reason: string): FailureKind => {
  if (status === 429 || (status === 403 && QUOTA_REASONS.includes(reason))) return 'rate-limited';
  if (status === 401) return 'auth-expired';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'calendar-not-found';
  if (status === 409) return 'already-exists';
  return status >= 400 && status < 500 && status !== 408 && status !== 412 ? 'invalid-request' : 'provider-error';
};

const ADVICE: Partial<Record<FailureKind, string>> = {
  'auth-expired': 'Google does not accept the access token, also not a fresh one; connect the calendar again',
  'auth-revoked': 'Google refuses the stored credential; connect the calendar again',
  forbidden: 'the account may not do this in this calendar; check its sharing and its scopes',
  'calendar-not-found': 'Google does not know the calendar or the event, or the account may not see it',
};

const answered = (kind: FailureKind, status: number, reason: string, attempt: Attempt, wait?: number): CallFailure => {
  const what = `Google Calendar, ${attempt.operation}: ${status}${reason === '' ? '' : ` ${reason}`}`;
  const advice = ADVICE[kind];
  const message = advice === undefined ? what : `${what} (${advice})`;
  return { failure: { kind, message, ...(wait === undefined ? {} : { retryAfterMs: wait }) }, status };
};

/** No wait longer than this is believed: one hour. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** The client library brings a `Headers` of its own, not the runtime's. */
const headerOf = (headers: unknown, name: string): string | undefined => {
  const readable = typeof headers === 'object' && headers !== null && 'get' in headers;
  const value: unknown =
    readable && typeof headers.get === 'function' ? Reflect.apply(headers.get, headers, [name]) : undefined;
  return typeof value === 'string' ? value : undefined;
};

const waitOf = (kind: FailureKind, headers: unknown, nowMs: number): number | undefined =>
  kind === 'rate-limited' ? retryAfterMs(headerOf(headers, 'retry-after'), nowMs, MAX_RETRY_AFTER_MS) : undefined;

const unanswered = (code: unknown, { operation, write }: Attempt): CallFailure => {
  if (write && !NEVER_SENT.includes(code)) {
    return callFailure('outcome-unknown', `Google Calendar, ${operation}: no answer came; it may have happened`);
  }
  const name = typeof code === 'string' ? word(code) : '';
  return callFailure('network', `Google Calendar, ${operation}: not reached${name === '' ? '' : ` (${name})`}`);
};

/** What the client library threw for a call of the Calendar API, in our words. Never repeats what was sent. */
export const toCallFailure = (error: unknown, attempt: Attempt): CallFailure => {
  const decoded = errorCodec.decode(error);
  const { code, response } = E.isRight(decoded) ? decoded.right : {};
  if (response?.status === undefined) return unanswered(code, attempt);
  const reason = reasonOf(response.data);
  const kind = kindOfStatus(response.status, reason);
  return answered(kind, response.status, reason, attempt, waitOf(kind, response.headers, attempt.nowMs));
};

export const NO_TOKEN = callFailure('provider-error', 'Google Calendar, token: the answer holds no access token');

/**
 * The same for the token endpoint. Its 4xx answers say that the grant or the client is refused, for good: RFC 6749
 * section 5.2; https://developers.google.com/identity/protocols/oauth2/web-server (errors of refreshing).
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
  const oauth = oauthErrorCodec.decode(response.data);
  const reason = E.isRight(oauth) ? word(oauth.right.error) : '';
  const { status } = response;
  const refused = status >= 400 && status < 500 && status !== 429 && status !== 408 && reason !== '';
  const kind = refused ? 'auth-revoked' : kindOfStatus(status, reason);
  return answered(kind, status, reason, attempt, waitOf(kind, response.headers, nowMs));
};
