import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Host } from '../../domain/bookable/host.ts';
import {
  type BookingListError,
  type Bookings,
  type CalendarHealthReader,
  type CalendarReport,
  type LiveBookings,
  MOST_UIDS,
} from '../ports/read-models.ts';

/**
 * Something that live bookings need and that is not configured any more. `elsewhere`: a calendar that is configured at
 * another address than the one where these bookings were stored. `removals`: events that the calendar may still show.
 */
export type LeftOver = {
  readonly kind: 'host' | 'event-type' | 'calendar' | 'elsewhere';
  readonly id: string;
  readonly bookings: Bookings;
  readonly removals: number;
};

/** What is configured now. `calendarIds`: of the connected calendars. */
export type Configured = { readonly hosts: ReadonlyArray<Host>; readonly calendarIds: ReadonlyArray<string> };

export const together = (groups: ReadonlyArray<LiveBookings>): Bookings => ({
  count: groups.reduce((sum, { count }) => sum + count, 0),
  uids: groups.flatMap(({ uids }) => uids).slice(0, MOST_UIDS),
});

const grouped = (
  kind: 'host' | 'event-type',
  groups: ReadonlyArray<LiveBookings>,
  idOf: (group: LiveBookings) => string,
): ReadonlyArray<LeftOver> =>
  [...Map.groupBy(groups, idOf)].map(([id, own]) => ({ kind, id, bookings: together(own), removals: 0 }));

const calendarLeftOver = (report: CalendarReport, isConnected: boolean): ReadonlyArray<LeftOver> => {
  const { calendarId: id, held, missing, removals, elsewhere } = report;
  if (isConnected) return elsewhere.count === 0 ? [] : [{ kind: 'elsewhere', id, bookings: elsewhere, removals: 0 }];
  const bookings = { count: held.count + missing.count, uids: [...held.uids, ...missing.uids].slice(0, MOST_UIDS) };
  return bookings.count + removals.count === 0 ? [] : [{ kind: 'calendar', id, bookings, removals: removals.count }];
};

/**
 * Compares what live bookings need with what is configured. Event types of a host that is gone are not listed besides
 * the host.
 */
const leftOversOf = (
  { hosts, calendarIds }: Configured,
  live: ReadonlyArray<LiveBookings>,
  reports: ReadonlyArray<CalendarReport>,
): ReadonlyArray<LeftOver> => {
  const knownHosts = new Set(hosts.map(({ id }) => id));
  const knownTypes = new Set(hosts.flatMap(({ eventTypes }) => eventTypes.map(({ id }) => id)));
  const connected = new Set(calendarIds);
  const withoutHost = live.filter(({ hostId }) => !knownHosts.has(hostId));
  const withoutType = live.filter(({ hostId, eventTypeId }) => knownHosts.has(hostId) && !knownTypes.has(eventTypeId));
  return [
    ...grouped('host', withoutHost, ({ hostId }) => hostId),
    ...grouped('event-type', withoutType, ({ eventTypeId }) => String(eventTypeId)),
    ...reports.flatMap((report) => calendarLeftOver(report, connected.has(report.calendarId))),
  ];
};

/** The same, for the live bookings of the read model. */
export const findLeftOvers =
  (reader: CalendarHealthReader, configured: Configured) =>
  (now: number): TaskEither<BookingListError, ReadonlyArray<LeftOver>> =>
  async () => {
    const live = await reader.liveBookings(now)();
    if (E.isLeft(live)) return live;
    const reports = await reader.calendarHealth(now, null)();
    return pipe(
      reports,
      E.map((found) => leftOversOf(configured, live.right, found)),
    );
  };

export const bookingsInWords = ({ count, uids }: Bookings): string => {
  const named = uids.join(', ');
  const rest = count > uids.length ? `, and ${count - uids.length} more` : '';
  return `${count} live ${count === 1 ? 'booking' : 'bookings'}: ${named}${rest}`;
};

/** One line for the operator. */
export const describeLeftOver = ({ kind, id, bookings, removals }: LeftOver): string => {
  const concerned = bookings.count === 0 ? 'no live booking' : bookingsInWords(bookings);
  switch (kind) {
    case 'host':
      return `host "${id}" is not configured any more, and has ${concerned}`;
    case 'event-type':
      return `event type ${id} is not configured any more, and has ${concerned}`;
    case 'calendar':
      return `calendar "${id}" is not configured any more; it has to do with ${concerned}${
        removals === 0 ? '' : `; ${removals} ${removals === 1 ? 'event' : 'events'} could not be removed from it`
      }`;
    case 'elsewhere':
      return `calendar "${id}" has another address now; stored at the old one: ${concerned}`;
  }
};
