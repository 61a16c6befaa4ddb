import type { DatabaseSync } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { BookingListError, BookingListQuery, BookingPage } from '../../application/ports/booking-list.ts';
import type { CalendarHealthReader } from '../../application/ports/calendar-health.ts';
import type { NotificationList } from '../../application/ports/notification-list.ts';
import { listBookings } from '../bookings/list-bookings.ts';
import { readCalendarHealth, readLiveBookings } from '../calendar-health/calendar-health-queries.ts';
import { readOutbox } from '../outbox/outbox-table.ts';
import { DamagedRow } from './columns.ts';
import { bookingsCheckpoint, type ReadModel } from './read-model.ts';

/** The prepared questions to one open file. */
export type Views = ReturnType<typeof viewsOf>;

const onDatabase = (db: DatabaseSync) => ({
  list: listBookings(db),
  calendarHealth: readCalendarHealth(db),
  liveBookings: readLiveBookings(db),
  notifications: readOutbox(db),
});

export const viewsOf = (model: ReadModel) => ({
  ...onDatabase(model.db),
  position: () => bookingsCheckpoint(model).position,
});

type Answer<A> = TaskEither<BookingListError, A>;

/** All that the read model can be asked. Every question is answered from one generation, as of one position. */
export type ReadModelReaders = CalendarHealthReader & {
  readonly list: (query: BookingListQuery) => Answer<BookingPage>;
  readonly notifications: NotificationList['notifications'];
};

const unavailable = (reason: string): BookingListError => ({ type: 'Unavailable', reason });

const failureOf = (thrown: unknown): BookingListError => {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return thrown instanceof DamagedRow ? { type: 'Corrupt', reason } : unavailable(reason);
};

/** `current` answers undefined while there is no read model. */
export const readersOf = (current: () => Views | undefined): ReadModelReaders => {
  const ask =
    <A>(question: (views: Views) => A): Answer<A> =>
    async () => {
      const views = current();
      if (views === undefined) return E.left(unavailable('the read model is being built'));
      return E.tryCatch(() => question(views), failureOf);
    };
  return {
    list: (query) => ask((views) => ({ ...views.list(query), position: views.position() })),
    calendarHealth: (now, hostId) => ask((views) => views.calendarHealth(now, hostId)),
    liveBookings: (now) => ask((views) => views.liveBookings(now)),
    notifications: (query) => ask((views) => views.notifications(query)),
  };
};
