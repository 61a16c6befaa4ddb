import type { DatabaseSync } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { BookingListError, BookingListQuery, BookingPage } from '../../application/ports/booking-list.ts';
import { listBookings } from '../bookings/list-bookings.ts';
import type { CalendarHealthReader } from '../../application/ports/calendar-health.ts';
import { readCalendarHealth, readLiveBookings } from '../calendar-health/calendar-health-queries.ts';
import type { BookingOutbox } from '../outbox/outbox-projection.ts';
import type { OutboxOfBooking } from '../outbox/outbox-table.ts';
import { readOutbox } from '../outbox/outbox-table.ts';
import { DamagedRow } from './columns.ts';
import { bookingsCheckpoint, type ReadModel } from './read-model.ts';

/** The prepared questions to one open file. */
export type Views = ReturnType<typeof viewsOf>;

const onDatabase = (db: DatabaseSync) => ({
  list: listBookings(db),
  calendarHealth: readCalendarHealth(db),
  liveBookings: readLiveBookings(db),
  outbox: readOutbox(db),
});

export const viewsOf = (model: ReadModel) => ({
  ...onDatabase(model.db),
  position: () => bookingsCheckpoint(model).position,
});

type Answer<A> = TaskEither<BookingListError, A>;

/** All that the read model can be asked. Every question is answered from one generation, as of one position. */
export type ReadModelReaders = CalendarHealthReader & {
  readonly list: (query: BookingListQuery) => Answer<BookingPage>;
  readonly outboxOf: (bookingUid: string) => Answer<BookingOutbox>;
  /** Bookings with a notification that is not settled, or that was given up; oldest first. */
  readonly outboxPending: () => Answer<ReadonlyArray<OutboxOfBooking>>;
  readonly outboxParked: () => Answer<ReadonlyArray<OutboxOfBooking>>;
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
    outboxOf: (uid) => ask((views) => views.outbox.ofBooking(uid)),
    outboxPending: () => ask((views) => views.outbox.pending()),
    outboxParked: () => ask((views) => views.outbox.parked()),
  };
};
