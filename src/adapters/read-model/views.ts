import type { DatabaseSync } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type {
  BookingListError,
  BookingListQuery,
  BookingListPage,
  CalendarHealthReader,
  NotificationList,
} from '../../application/ports/read-models.ts';
import type { ListThread } from './list-thread.ts';
import {
  readCalendarHealth,
  readLiveBookings,
  readMendableBookings,
} from '../../projections/calendar-health/calendar-health-table.ts';
import { readOutbox } from '../../projections/outbox/outbox-table.ts';
import { DamagedRow } from '../../projections/projection.ts';
import { bookingsCheckpoint, type ReadModel } from './read-model.ts';
import { messageOf } from '../../domain/unknown.ts';

/** The prepared questions to one open file. */
export type Views = ReturnType<typeof viewsOf>;

const onDatabase = (db: DatabaseSync) => ({
  calendarHealth: readCalendarHealth(db),
  liveBookings: readLiveBookings(db),
  mendableBookings: readMendableBookings(db),
  notifications: readOutbox(db),
});

/** `path`: where the open file lies. */
export const viewsOf = (model: ReadModel, path: string) => ({
  ...onDatabase(model.db),
  path,
  position: () => bookingsCheckpoint(model).position,
});

type Answer<A> = TaskEither<BookingListError, A>;

/** All that the read model can be asked. Every question is answered from one generation, as of one position. */
export type ReadModelReaders = CalendarHealthReader & {
  readonly list: (query: BookingListQuery) => Answer<BookingListPage>;
  readonly notifications: NotificationList['notifications'];
};

const unavailable = (reason: string): BookingListError => ({ type: 'Unavailable', reason });

const failureOf = (thrown: unknown): BookingListError => {
  const reason = messageOf(thrown);
  return thrown instanceof DamagedRow ? { type: 'Corrupt', reason } : unavailable(reason);
};

/** `current` answers undefined while there is no read model. */
export const readersOf = (current: () => Views | undefined, thread: Pick<ListThread, 'list'>): ReadModelReaders => {
  const noModel = E.left(unavailable('the read model is being built'));
  const ask =
    <A>(question: (views: Views) => A): Answer<A> =>
    async () => {
      const views = current();
      if (views === undefined) return noModel;
      return E.tryCatch(() => question(views), failureOf);
    };
  /** A file that was replaced while the question was on its way is gone: it is asked of the new one. */
  const list: ReadModelReaders['list'] = (query) => async () => {
    const before = current();
    if (before === undefined) return noModel;
    const page = await thread.list(before.path, query);
    const after = current();
    return E.isRight(page) || after === undefined || after.path === before.path
      ? page
      : await thread.list(after.path, query);
  };
  return {
    list,
    calendarHealth: (now, hostId) => ask((views) => views.calendarHealth(now, hostId)),
    liveBookings: (now) => ask((views) => views.liveBookings(now)),
    mendableBookings: (now) => ask((views) => views.mendableBookings(now)),
    notifications: (query) => ask((views) => views.notifications(query)),
  };
};
