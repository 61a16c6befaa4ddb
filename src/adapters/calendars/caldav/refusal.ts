import type { CalendarFailure } from '../../../domain/calendar/calendar-failure.ts';
import { retryAfterMs } from '../../network/retry-after.ts';
import type { DavAnswer } from './dav-client.ts';

/** Longest wait that a server may ask for, in milliseconds. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** What was to be done, in words for a message, and whether it changes the calendar. */
export type Intent = { readonly what: string; readonly isWrite: boolean };

const headerOf = (answer: DavAnswer, name: string): string | undefined => {
  const value = answer.headers[name];
  return typeof value === 'string' ? value : value?.[0];
};

const rateLimited = (message: string, answer: DavAnswer, nowMs: number): CalendarFailure => {
  const wait = retryAfterMs(headerOf(answer, 'retry-after'), nowMs, MAX_RETRY_AFTER_MS);
  return { kind: 'rate-limited', message, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
};

/**
 * The failure that an HTTP status stands for (RFC 9110, RFC 4918). A gateway that says 502 or 504 to a write does not
 * know whether the server behind it has done it.
 */
export const refusal = (answer: DavAnswer, { what, isWrite }: Intent, nowMs: number): CalendarFailure => {
  const { status } = answer;
  const said = `the calendar server answered ${status} to ${what}`;
  if (status === 401)
    return { kind: 'auth-revoked', message: 'the calendar server refused the user name and password' };
  if (status === 403) return { kind: 'forbidden', message: said };
  if (status === 404 || status === 410) return { kind: 'calendar-not-found', message: said };
  if (status === 429) return rateLimited(said, answer, nowMs);
  if (status === 503 && headerOf(answer, 'retry-after') !== undefined) return rateLimited(said, answer, nowMs);
  if (isWrite && (status === 502 || status === 504)) return { kind: 'outcome-unknown', message: said };
  if (status >= 300 && status < 400) {
    return { kind: 'invalid-request', message: `${said}: the calendar has moved, its new URL must be configured` };
  }
  return { kind: status >= 400 && status < 500 ? 'invalid-request' : 'provider-error', message: said };
};
