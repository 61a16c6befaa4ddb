import * as E from 'fp-ts/lib/Either.js';
import type { Type } from 'io-ts';
import type { CliContext } from '../cli-context.ts';
import type { ExitCode } from '../exit-code.ts';
import { bookingAnswer, bookingsAnswer, eventsAnswer } from './answers.ts';
import { BOOKINGS_VERSION, findBooking } from './find-booking.ts';
import { type Ask, runRequest } from './run-request.ts';
import type { ServerOptions } from './server-options.ts';
import { bookingDetails, bookingTable, historyLines } from './show-booking.ts';

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
const about =
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
