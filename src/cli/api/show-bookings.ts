import { BOOKINGS_VERSION } from '../../http/transport/endpoint.ts';
import * as E from 'fp-ts/lib/Either.js';
import type { Type } from 'io-ts';
import { type CliContext, type ExitCode, minute, pairs, printable, second, shortUids, table } from '../terminal.ts';
import { type Booking, type HistoryEvent, bookingAnswer, bookingsAnswer, eventsAnswer } from './answers.ts';
import { type ApiFailure, type ApiResult, type Ask, type call, runRequest, type ServerOptions } from './client.ts';

/** Length of a booking's uid. */
const UID_LENGTH = 26;
const PAGE = 250;
/** Newest bookings among which a short uid is looked up. */
const LOOK_UP_LIMIT = 5_000;

const MAX_NAMED = 5;

const notFound = (message: string, code: string): ApiFailure => ({ type: 'Refused', status: 404, code, message });

const theOne = (prefix: string, found: ReadonlyArray<string>, all: boolean): E.Either<ApiFailure, string> => {
  const [uid] = found;
  if (uid !== undefined && found.length === 1) return E.right(uid);
  if (uid === undefined) {
    const among = all ? '' : ` among the newest ${LOOK_UP_LIMIT}: give the whole uid`;
    return E.left(notFound(`no booking's uid begins with ${prefix}${among}`, 'booking_not_found'));
  }
  const named = found.slice(0, MAX_NAMED).join(', ');
  return E.left(notFound(`${found.length} bookings begin with ${prefix}: ${named}`, 'ambiguous_uid'));
};

/** The whole uid of a booking that is named by its uid or by the beginning of it, as lists show it. */
export const findBooking = async (ask: ReturnType<typeof call>, prefix: string): ApiResult<string> => {
  if (prefix.length >= UID_LENGTH) return E.right(prefix);
  const found: Array<string> = [];
  for (let skip = 0; skip < LOOK_UP_LIMIT; skip += PAGE) {
    const page = await ask(bookingsAnswer, {
      method: 'GET',
      path: '/v2/bookings',
      version: BOOKINGS_VERSION,
      query: { sortCreated: 'desc', take: String(PAGE), skip: String(skip) },
    });
    if (E.isLeft(page)) return page;
    found.push(...page.right.data.map(({ uid }) => uid).filter((uid) => uid.startsWith(prefix)));
    if (!page.right.pagination.hasNextPage) return theOne(prefix, found, true);
  }
  return theOne(prefix, found, false);
};

const words = (code: string | undefined): string => (code ?? '').replaceAll('_', ' ');
const guestOf = ({ attendees: [attendee] }: Booking): string => attendee?.name ?? '';

export const bookingTable = (bookings: ReadonlyArray<Booking>): ReadonlyArray<string> => {
  const uids = shortUids(bookings.map(({ uid }) => uid));
  const rows = bookings.map((booking, index) => [
    uids[index] ?? '',
    booking.status,
    minute(booking.start),
    booking.eventType.slug,
    guestOf(booking),
    words(booking.pendingReason),
  ]);
  return bookings.length === 0 ? ['no bookings'] : table(['UID', 'STATUS', 'START', 'TYPE', 'GUEST', 'WHY'], rows);
};

/** What is known of the event there, and since when: that it is held is never said without the moment of the last look. */
const standingOf = ({ status, since, lastSeenAt, upToDate }: NonNullable<Booking['calendars']>[number]): string =>
  [
    since === undefined ? status : `${status} since ${second(since)}`,
    ...(lastSeenAt === undefined ? [] : [`last seen ${second(lastSeenAt)}`]),
    ...(upToDate === false ? ['not yet with the guests and the place of now'] : []),
  ].join(', ');

const failureOf = ({ failure }: NonNullable<Booking['calendars']>[number]): string => {
  if (failure === undefined) return '';
  return `: ${failure.message}${failure.retryAt === null ? '' : `, tried again at ${second(failure.retryAt)}`}`;
};

/** Another time that is asked for and not in force: what it waits for, and until when. */
const waitingMove = ({ rescheduling }: Booking): string => {
  if (rescheduling === undefined) return '';
  const { status, start, end, by, until } = rescheduling;
  const what = status === 'awaiting_approval' ? 'waits for the host' : 'calendars are asked for it';
  return `${minute(start)} to ${minute(end)}, asked for by the ${by}; ${what}, until ${minute(until)}`;
};

export const bookingDetails = (booking: Booking): ReadonlyArray<string> =>
  pairs([
    ['uid', booking.uid],
    ['title', booking.title],
    ['status', booking.status],
    ['why', words(booking.pendingReason)],
    ['reason', booking.cancellationReason ?? ''],
    ['start', minute(booking.start)],
    ['end', minute(booking.end)],
    ['new time', waitingMove(booking)],
    [
      'moved from',
      booking.rescheduledFrom === undefined
        ? ''
        : `${minute(booking.rescheduledFrom.start)} to ${minute(booking.rescheduledFrom.end)}`,
    ],
    ['where', booking.location],
    ...booking.attendees.map(({ name, email }) => ['guest', `${name} <${email}>`] as const),
    ...(booking.guests ?? []).map((email) => ['along', email] as const),
    ...(booking.calendars ?? []).map(
      (calendar) => ['calendar', `${calendar.calendarId} ${standingOf(calendar)}${failureOf(calendar)}`] as const,
    ),
  ]);

/** One event in words. `name` of its actor: of the key, where that is known. */
type HistoryLine = Pick<HistoryEvent, 'occurredAt' | 'text'> & {
  readonly actor: HistoryEvent['actor'] & { readonly name?: string };
};

const actorOf = ({ kind, id, name }: HistoryLine['actor']): string => {
  if (id === undefined) return kind;
  return name === undefined ? `${kind} ${id}` : `${kind} "${name}", ${id}`;
};

/** One event, one line: when, what, who. */
export const historyLines = (events: ReadonlyArray<HistoryLine>, when = second): ReadonlyArray<string> =>
  events.map(({ occurredAt, text, actor }) => printable(`${when(occurredAt)}  ${text} (${actorOf(actor)})`));

export type ListOptions = ServerOptions & {
  readonly status?: string;
  readonly email?: string;
  readonly after?: string;
  readonly before?: string;
  readonly take: string;
  readonly skip: string;
};

export const listBookings = (context: CliContext, options: ListOptions): Promise<ExitCode> =>
  runRequest(context, options, {
    ask: (ask) =>
      ask(bookingsAnswer, {
        method: 'GET',
        path: '/v2/bookings',
        version: BOOKINGS_VERSION,
        query: {
          status: options.status,
          attendeeEmail: options.email,
          afterStart: options.after,
          beforeEnd: options.before,
          take: options.take,
          skip: options.skip,
        },
      }),
    data: ({ data, pagination }) => ({ data, pagination }),
    lines: ({ data, pagination: { remainingItems } }) => [
      ...bookingTable(data),
      ...(remainingItems > 0 ? [`${remainingItems} more: --skip ${Number(options.skip) + data.length}`] : []),
    ],
  });

/** One request about the booking that `prefix` names. */
export const about =
  (prefix: string, method: 'GET' | 'POST', verb: '' | `/${string}`, body?: unknown) =>
  async <A>(ask: Ask, codec: Type<A, unknown>) => {
    const uid = await findBooking(ask, prefix);
    if (E.isLeft(uid)) return uid;
    const path = `/v2/bookings/${encodeURIComponent(uid.right)}${verb}`;
    return ask(codec, { method, path, version: BOOKINGS_VERSION, ...(body === undefined ? {} : { body }) });
  };

export const showBooking = (context: CliContext, prefix: string, options: ServerOptions): Promise<ExitCode> =>
  runRequest(context, options, {
    ask: (ask) => about(prefix, 'GET', '')(ask, bookingAnswer),
    data: ({ data }) => data,
    lines: ({ data }) => bookingDetails(data),
  });

export const showEvents = (context: CliContext, prefix: string, options: ServerOptions): Promise<ExitCode> =>
  runRequest(context, options, {
    ask: (ask) => about(prefix, 'GET', '/events')(ask, eventsAnswer),
    data: ({ data }) => data,
    lines: ({ data }) => historyLines(data),
  });

export type BookingChange = 'cancel' | 'confirm' | 'decline' | 'retry';

/** The field in which each change takes a reason. */
const reasonFields: Readonly<Partial<Record<BookingChange, string>>> = {
  cancel: 'cancellationReason',
  decline: 'reason',
};

export const changeBooking = (
  context: CliContext,
  change: BookingChange,
  prefix: string,
  options: ServerOptions & { readonly reason?: string },
): Promise<ExitCode> => {
  const field = reasonFields[change];
  const body = field === undefined || options.reason === undefined ? {} : { [field]: options.reason };
  return runRequest(context, options, {
    ask: (ask) => about(prefix, 'POST', `/${change}`, body)(ask, bookingAnswer),
    data: ({ data }) => data,
    lines: ({ data }) => bookingDetails(data),
  });
};
