import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { type Interval, toEpochMs, toInstant } from '../../../domain/time/interval.ts';
import type { Google } from './adapter-context.ts';
import { type CallFailure, callFailure } from './failure-mapping.ts';
import type { Answer } from './google-client.ts';

/** Google refuses ranges that are too long (`timeRangeTooLong`) without naming its limit; 60 days are well inside it. */
const MAX_RANGE_MS = 60 * 24 * 3_600_000;

const calendarCodec = t.intersection([
  t.type({ busy: t.array(t.type({ start: t.string, end: t.string })) }),
  t.partial({ errors: t.array(t.partial({ reason: t.string })) }),
]);
const answerCodec = t.type({ calendars: t.record(t.string, t.unknown) });
const errorsCodec = t.type({ errors: t.array(t.partial({ reason: t.string })) });

const unreadable = (why: string) => callFailure('provider-error', `Google Calendar, freebusy: ${why}`);

/** An error beside one calendar comes inside a 200: https://developers.google.com/workspace/calendar/api/v3/reference/freebusy/query */
const readCalendar = (calendar: unknown): E.Either<CallFailure, ReadonlyArray<Interval>> => {
  const failed = errorsCodec.decode(calendar);
  if (E.isRight(failed) && failed.right.errors.length > 0) {
    return failed.right.errors.some(({ reason }) => reason === 'notFound')
      ? E.left(callFailure('calendar-not-found', 'Google Calendar, freebusy: the calendar cannot be seen', 200))
      : E.left(unreadable('the calendar could not be read'));
  }
  const decoded = calendarCodec.decode(calendar);
  if (E.isLeft(decoded)) return E.left(unreadable('the answer does not say when the calendar is busy'));
  return E.tryCatch(
    () => decoded.right.busy.map(({ start, end }) => ({ start: toEpochMs(start), end: toEpochMs(end) })),
    () => unreadable('the answer holds a time that is none'),
  );
};

const readAnswer = (data: unknown, googleCalendarId: string): E.Either<CallFailure, ReadonlyArray<Interval>> => {
  const decoded = answerCodec.decode(data);
  if (E.isLeft(decoded)) return E.left(unreadable('the answer names no calendars'));
  const { calendars } = decoded.right;
  const only = Object.values(calendars);
  // `primary` is an alias: the one calendar that was asked for may come back under its real id.
  const calendar =
    calendars[googleCalendarId] ?? (googleCalendarId === 'primary' && only.length === 1 ? only[0] : undefined);
  return calendar === undefined ? E.left(unreadable('the calendar is missing in the answer')) : readCalendar(calendar);
};

/** Busy times as Google computes them, asked range by range. A calendar with an error, or missing, is unreadable. */
export const busyByFreeBusy = async (
  { call, config }: Google,
  window: Interval,
  signal: AbortSignal,
): Answer<ReadonlyArray<Interval>> => {
  const busy: Array<Interval> = [];
  for (let start = window.start; start < window.end; start += MAX_RANGE_MS) {
    const range = { timeMin: toInstant(start), timeMax: toInstant(Math.min(window.end, start + MAX_RANGE_MS)) };
    const requestBody = { ...range, items: [{ id: config.googleCalendarId }] };
    const answer = await call(
      { operation: 'freebusy', write: false, send: (api, options) => api.freebusy.query({ requestBody }, options) },
      signal,
    );
    if (E.isLeft(answer)) return answer;
    const read = readAnswer(answer.right, config.googleCalendarId);
    if (E.isLeft(read)) return read;
    busy.push(...read.right);
  }
  return E.right(busy);
};
