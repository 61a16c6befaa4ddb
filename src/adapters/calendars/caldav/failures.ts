import * as TE from 'fp-ts/lib/TaskEither.js';
import type { CalendarFailure, FailureKind } from '../../../domain/calendar/calendar-failure.ts';
import { retryAfterMs } from '../../network/retry-after.ts';

/** `url`: what was asked. Header names in lower case. */
export type DavAnswer = {
  readonly url: URL;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
};

/** `status`: of the HTTP answer, where there was one. */
type CalendarFailed = Error & { readonly calendarFailure: CalendarFailure; readonly status: number | null };

/** Throws a failure through the async functions of this adapter; `calendarCall` turns it into a value. */
export const calendarFailed = (calendarFailure: CalendarFailure, status: number | null = null): CalendarFailed =>
  Object.assign(new Error(calendarFailure.message), { calendarFailure, status });

const isCalendarFailed = (error: unknown): error is CalendarFailed =>
  error instanceof Error && 'calendarFailure' in error;

export const failureIn = (error: unknown): CalendarFailure | undefined =>
  isCalendarFailed(error) ? error.calendarFailure : undefined;

/** The HTTP status behind a failure; null where there was no answer. */
export const statusIn = (error: unknown): number | null => (isCalendarFailed(error) ? error.status : null);

const UNKNOWN: CalendarFailure = {
  kind: 'outcome-unknown',
  message: 'the calendar adapter failed in a way that it does not know',
};

/** Runs one call of the port and turns what it throws into a value. */
export const calendarCall = <A>(run: () => Promise<A>): TE.TaskEither<CalendarFailure, A> =>
  TE.tryCatch(run, (error) => failureIn(error) ?? UNKNOWN);

/** Longest wait that a server may ask for, in milliseconds. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** What was to be done, in the words of a message, and whether it changes the calendar. */
type Intent = { readonly what: string; readonly isWrite: boolean };

const allOf = (answer: DavAnswer, name: string): ReadonlyArray<string> => {
  const value = answer.headers[name];
  return value === undefined ? [] : [value].flat();
};

export const headerOf = (answer: DavAnswer, name: string): string | undefined => allOf(answer, name)[0];

/** Characters of a body in which the signs of its author are searched. */
const BEGINNING = 2_000;

/**
 * Whether the answer is a web page, as maintenance, login pages, firewalls and hotel networks send. Some calendar
 * servers send them too.
 */
export const isPage = (answer: DavAnswer): boolean =>
  /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(headerOf(answer, 'content-type') ?? '') ||
  /^\s*(<!--[^]*?-->\s*)*<(!doctype\s+html|html)\b/i.test(answer.body.slice(0, BEGINNING));

/**
 * Whether the answer has a sign that only a WebDAV server gives (RFC 4918, 10.1 and 14): its header, or an `error` or
 * `multistatus` body.
 */
export const isFromDavServer = (answer: DavAnswer): boolean =>
  headerOf(answer, 'dav') !== undefined ||
  /^\s*(<\?xml[^>]*\?>\s*)?<([\w-]+:)?(error|multistatus)\b[^>]*["']DAV:["']/.test(answer.body.slice(0, BEGINNING));

/** Names of the ways to log in that a 401 offers (RFC 9110, 11.6.1), in lower case. */
const loginsIn = (answer: DavAnswer): ReadonlyArray<string> => {
  const challenges = allOf(answer, 'www-authenticate')
    .join(', ')
    .replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return [...challenges.matchAll(/(?:^|,)\s*([\w-]+)(?!\s*=)(?=[\s,]|$)/g)].map(([, name = '']) => name.toLowerCase());
};

const notLetIn = (answer: DavAnswer, summary: string): CalendarFailure => {
  const logins = loginsIn(answer);
  if (logins.includes('basic')) {
    return { kind: 'auth-revoked', message: 'the calendar server refused the user name and password' };
  }
  return logins.length === 0
    ? { kind: 'provider-error', message: `${summary} and names no way to log in, as a network with a login page does` }
    : {
        kind: 'auth-revoked',
        message: `the calendar server offers only ${logins.join(' and ')} authentication, and Holdfast has only Basic`,
      };
};

/** RFC 4791, 5.3.2.1: why the server does not take the object. It answers 403 or 409 then. */
const OBJECTIONS = [
  'supported-calendar-data',
  'valid-calendar-data',
  'valid-calendar-object-resource',
  'supported-calendar-component',
  'max-resource-size',
  'min-date-time',
  'max-date-time',
  'max-instances',
  'max-attendees-per-instance',
];

const objectionIn = (answer: DavAnswer): string | undefined =>
  isFromDavServer(answer) ? OBJECTIONS.find((name) => answer.body.includes(name)) : undefined;

/**
 * Temporary by definition: RFC 9110 (408, 412, 421), RFC 4918 (423, 424), RFC 8470 (425), a proxy's own login (407).
 */
const PASSING: ReadonlyArray<number> = [407, 408, 412, 421, 423, 424, 425];

/** The server says that it has not done it: not implemented, unavailable, no space, a network that wants a login. */
const NOT_DONE: ReadonlyArray<number> = [501, 503, 505, 507, 508, 511];

const kindOf = (status: number, isWrite: boolean): FailureKind => {
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'calendar-not-found';
  if (status === 429) return 'rate-limited';
  if (PASSING.includes(status) || (status >= 300 && status < 400)) return 'provider-error';
  if (status >= 400 && status < 500) return 'invalid-request';
  // 2xx: not the answer to what was asked. 5xx: a gateway does not know what the server behind it did, and a server
  // that failed may have done it.
  return isWrite && !NOT_DONE.includes(status) ? 'outcome-unknown' : 'provider-error';
};

const targetOf = (answer: DavAnswer): string => {
  const target = URL.parse(headerOf(answer, 'location') ?? '', answer.url);
  const where = target === null ? '' : ` to ${target.origin}`;
  return `, a redirect${where}: if the calendar has moved, its new URL must be configured`;
};

/** The failure that an HTTP status means (RFC 9110, RFC 4918). */
export const refusal = (answer: DavAnswer, { what, isWrite }: Intent, nowMs: number): CalendarFailure => {
  const { status } = answer;
  const summary = `the calendar server answered ${status} to ${what}`;
  if (status === 401) return notLetIn(answer, summary);
  const objection = objectionIn(answer);
  if (objection !== undefined && (status === 403 || status === 409)) {
    return { kind: 'invalid-request', message: `${summary}: ${objection}` };
  }
  const wait = retryAfterMs(headerOf(answer, 'retry-after'), nowMs, MAX_RETRY_AFTER_MS);
  const kind = status === 503 && wait !== undefined ? 'rate-limited' : kindOf(status, isWrite);
  const message = status >= 300 && status < 400 ? `${summary}${targetOf(answer)}` : summary;
  return { kind, message, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
};
