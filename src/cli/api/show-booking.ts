import { printable } from '../output/printable.ts';
import { shortUids } from '../output/short-uids.ts';
import { pairs, table } from '../output/table.ts';
import { minute, second } from '../output/times.ts';
import type { Booking, HistoryEvent } from './answers.ts';

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

const failureOf = ({ failure }: NonNullable<Booking['calendars']>[number]): string => {
  if (failure === undefined) return '';
  return `: ${failure.message}${failure.retryAt === null ? '' : `, tried again at ${second(failure.retryAt)}`}`;
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
    ['where', booking.location],
    ...booking.attendees.map(({ name, email }) => ['guest', `${name} <${email}>`] as const),
    ...(booking.calendars ?? []).map(
      (calendar) => ['calendar', `${calendar.calendarId} ${calendar.status}${failureOf(calendar)}`] as const,
    ),
  ]);

const actorOf = ({ kind, id }: HistoryEvent['actor']): string => (id === undefined ? kind : `${kind} ${id}`);

/** One event, one line: when, what, who. */
export const historyLines = (events: ReadonlyArray<HistoryEvent>): ReadonlyArray<string> =>
  events.map(({ occurredAt, text, actor }) => printable(`${second(occurredAt)}  ${text} (${actorOf(actor)})`));
