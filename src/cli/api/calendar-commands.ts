import * as E from 'fp-ts/lib/Either.js';
import { type CliContext, type ExitCode, exitCode, minute, pairs, second, table } from '../terminal.ts';
import {
  bookingAnswer,
  type CalendarStanding,
  calendarAnswer,
  calendarsAnswer,
  lookAnswer,
  unconfiguredAnswer,
} from './answers.ts';
import { runRequest, type ServerOptions } from './client.ts';
import { about, bookingDetails } from './show-bookings.ts';

const kindOf = ({ kind, configured }: CalendarStanding): string =>
  `${kind ?? 'unknown'}${configured ? '' : ', not configured'}`;

/** A failure that a success came after is history. */
const failureOf = ({ lastFailure, failuresInRow }: CalendarStanding): string =>
  lastFailure === null || failuresInRow === 0
    ? ''
    : `${second(lastFailure.at)} ${lastFailure.task}: ${lastFailure.kind}`;

const unreadableOf = ({ unreadable: { objects, more } }: CalendarStanding): string =>
  more === 0 ? String(objects.length) : `${objects.length}, and ${more} more`;

const tryOf = ({ lastTry }: CalendarStanding): string =>
  lastTry === null ? '' : `${second(lastTry.at)} ${lastTry.failure === null ? 'read' : lastTry.failure.kind}`;

const rowOf = (calendar: CalendarStanding): ReadonlyArray<string> => [
  calendar.id,
  kindOf(calendar),
  tryOf(calendar),
  calendar.lastSuccessAt === null ? '' : second(calendar.lastSuccessAt),
  failureOf(calendar),
  String(calendar.bookings.held.count),
  String(calendar.bookings.missing.count),
  String(calendar.removals.count),
  unreadableOf(calendar),
];

const bookings = ({ count, uids }: CalendarStanding['bookings']['held']): string => {
  if (count === 0) return '';
  const rest = count > uids.length ? `, and ${count - uids.length} more` : '';
  return `${count}: ${uids.join(', ')}${rest}`;
};

/** What is odd about one calendar, and what of it anybody has to look at; nothing where all is well. */
const oddities = (calendar: CalendarStanding): ReadonlyArray<readonly [string, string]> => [
  [
    'cannot be read',
    calendar.outage === null
      ? ''
      : `since ${second(calendar.outage.since)}${calendar.outage.toldAt === null ? '' : `, told ${second(calendar.outage.toldAt)}`}`,
  ],
  ...(calendar.lastTry?.failure
    ? ([
        ['last try said', calendar.lastTry.failure.message],
        ['why', calendar.lastTry.failure.why],
        ['what to do', calendar.lastTry.failure.todo],
      ] as const)
    : []),
  ['missing bookings', bookings(calendar.bookings.missing)],
  ['at the old address', bookings(calendar.bookings.atOldAddress)],
  ...calendar.removals.first.map(
    ({ bookingUid, since, attempts, failure }) =>
      [
        'to be removed',
        `${bookingUid}, since ${second(since)}, tried ${attempts === 1 ? 'once' : `${attempts} times`}${
          failure === null
            ? ''
            : `: ${failure.message}${failure.retryAt === null ? '' : `, again at ${second(failure.retryAt)}`}`
        }`,
      ] as const,
  ),
  ['acknowledged', bookings(calendar.removals.acknowledged)],
  ...calendar.unreadable.objects.map(
    ({ href, reason, start, end }) =>
      ['cannot be read', `${href}: ${reason}; busy from ${minute(start)} to ${minute(end)}`] as const,
  ),
];

const details = (calendar: CalendarStanding): ReadonlyArray<string> => [
  ...pairs([
    ['calendar', `${calendar.id} (${calendar.label})`],
    ['kind', kindOf(calendar)],
    ['hosts', calendar.hosts.join(', ')],
    ['address', calendar.address ?? ''],
    ['since', calendar.addressSince === null ? '' : second(calendar.addressSince)],
    ['last try', tryOf(calendar)],
    ['last watched', calendar.lastWatchedAt === null ? '' : second(calendar.lastWatchedAt)],
    ['last success', calendar.lastSuccessAt === null ? '' : second(calendar.lastSuccessAt)],
    ['last failure', calendar.lastFailure === null ? '' : second(calendar.lastFailure.at)],
    ['it said', calendar.lastFailure?.message ?? ''],
    ['failed in a row', String(calendar.failuresInRow)],
    ['holds', bookings(calendar.bookings.held)],
    ...oddities(calendar),
  ]),
];

export const listCalendars = (context: CliContext, options: ServerOptions): Promise<ExitCode> =>
  runRequest(context, options, {
    ask: (ask) => ask(calendarsAnswer, { method: 'GET', path: '/v2/holdfast/calendars' }),
    data: ({ data }) => data,
    lines: ({ data }) =>
      data.length === 0
        ? ['no calendars']
        : [
            ...table(
              [
                'CALENDAR',
                'KIND',
                'LAST TRY',
                'LAST SUCCESS',
                'LAST FAILURE',
                'HOLDS',
                'MISSING',
                'TO REMOVE',
                'UNREADABLE',
              ],
              data.map(rowOf),
            ),
            ...data.flatMap((calendar) => {
              const odd = pairs(oddities(calendar));
              return odd.length === 0 ? [] : ['', `${calendar.id}:`, ...odd.map((line) => `  ${line}`)];
            }),
          ],
  });

export const showCalendar = (context: CliContext, id: string, options: ServerOptions): Promise<ExitCode> =>
  runRequest(context, options, {
    ask: (ask) => ask(calendarAnswer, { method: 'GET', path: `/v2/holdfast/calendars/${encodeURIComponent(id)}` }),
    data: ({ data }) => data,
    lines: ({ data }) => details(data),
  });

/** Answers the booking, whose removal from the calendar is not tried any more. */
export const sendAcknowledgement = (
  context: CliContext,
  calendarId: string,
  uid: string,
  options: ServerOptions,
): Promise<ExitCode> =>
  runRequest(context, options, {
    ask: (ask) => about(uid, 'POST', '/acknowledge-removal', { calendarId })(ask, bookingAnswer),
    data: ({ data }) => data,
    lines: ({ data }) => bookingDetails(data),
  });

/** Answers when what was found is settled in the log. Exit code 1 where somebody has to decide first, or not all was seen. */
export const lookAtCalendar = async (
  context: CliContext,
  id: string,
  how: 'accept' | 'restore' | undefined,
  options: ServerOptions,
): Promise<ExitCode> => {
  let isOpen = false;
  const code = await runRequest(context, options, {
    ask: async (ask) => {
      const path = `/v2/holdfast/calendars/${encodeURIComponent(id)}/look`;
      const answer = await ask(lookAnswer, { method: 'POST', path, body: how === undefined ? {} : { how } });
      if (E.isRight(answer)) isOpen = answer.right.data.stopped || answer.right.data.failed;
      return answer;
    },
    data: ({ data }) => data,
    lines: ({ data: { watched, found, stopped, failed } }) => [
      `${watched} events are watched, ${found} were changed there`,
      ...(failed ? ['the calendar did not answer for all of them: try again'] : []),
      ...(stopped
        ? [
            `that is more than people do at once, so nothing was done: "holdfast calendar accept-differences ${id}" or "holdfast calendar restore ${id}"`,
          ]
        : []),
    ],
  });
  return code === exitCode.fine && isOpen ? exitCode.failed : code;
};

export const listUnconfigured = (context: CliContext, options: ServerOptions): Promise<ExitCode> =>
  runRequest(context, options, {
    ask: (ask) => ask(unconfiguredAnswer, { method: 'GET', path: '/v2/holdfast/unconfigured' }),
    data: ({ data }) => data,
    lines: ({ data }) =>
      data.length === 0
        ? ['everything that bookings need is configured']
        : table(
            ['WHAT', 'ID', 'LIVE BOOKINGS', 'TO REMOVE', 'UIDS'],
            data.map(({ kind, id, bookings: { count, uids }, removals }) => [
              kind === 'elsewhere' ? 'calendar, at its old address' : kind,
              id,
              String(count),
              String(removals),
              uids.join(' '),
            ]),
          ),
  });
