import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../application/ports/clock-and-ids.ts';
import type {
  BookingListError,
  BookingListQuery,
  BookingListPage,
  CalendarHealthReader,
  NotificationList,
  TimerReader,
} from '../../application/ports/read-models.ts';
import { messageOf } from '../../domain/unknown.ts';
import {
  readCalendarHealth,
  readLiveBookings,
  readMendableBookings,
  readWatchedBookings,
} from '../../projections/calendar-health/calendar-health-table.ts';
import { readOutbox } from '../../projections/outbox/outbox-table.ts';
import { readTimers } from '../../projections/timers/timers-projection.ts';
import { DamagedRow } from '../../projections/projection.ts';
import type { ListAnswer, ListQuestion, ListRelease } from './list-worker.ts';
import { bookingsCheckpoint, type ReadModel } from './read-model.ts';

/** The first file of the thread lets it read this package's TypeScript wherever the package lies. */
const START = new URL('../threads/start-worker.js', import.meta.url);
const ENTRY = new URL('list-worker.ts', import.meta.url);

/** Milliseconds that a list may take; a longer one is given up, and the thread with it. */
export const LIST_LIMIT_MS = 10_000;
/** Lists that wait for the thread; more are refused at once. */
export const MOST_WAITING_LISTS = 256;

type ListThread = {
  readonly list: (path: string, query: BookingListQuery) => Promise<ListAnswer['page']>;
  /** The file that was asked last may be deleted. */
  readonly release: () => void;
  readonly stop: () => Promise<void>;
};

const unavailable = (reason: string): E.Either<BookingListError, never> => E.left({ type: 'Unavailable', reason });

/** Reads lists of bookings in a separate thread. The first list starts it; without lists there is no thread. */
export const makeListThread = (clock: Clock): ListThread => {
  const waiting = new Map<number, (page: ListAnswer['page']) => void>();
  let worker: Worker | undefined;
  let ending: Promise<unknown> | undefined;
  let last = 0;

  const settle = (id: number, page: ListAnswer['page']): void => {
    const answer = waiting.get(id);
    waiting.delete(id);
    answer?.(page);
  };
  const settleAll = (reason: string): void => {
    for (const id of [...waiting.keys()]) settle(id, unavailable(reason));
  };
  const end = async (reason: string): Promise<void> => {
    settleAll(reason);
    const old = worker;
    worker = undefined;
    if (old === undefined) return ending?.then(() => undefined);
    ending = old.terminate().finally(() => {
      ending = undefined;
    });
    await ending;
  };
  const start = (): Worker => {
    const started = new Worker(START, { execArgv: [], workerData: { entry: ENTRY.href } });
    started.unref();
    started.on('message', ({ id, page }: ListAnswer) => settle(id, page));
    const over = (why: string): void => {
      if (worker !== started) return;
      worker = undefined;
      settleAll(why);
    };
    started.on('error', (fault) => over(`lists cannot be read: ${String(fault)}`));
    started.on('exit', () => over('the thread that reads lists has ended'));
    return started;
  };

  return {
    list: (path, query) =>
      new Promise((resolve) => {
        if (ending !== undefined || waiting.size >= MOST_WAITING_LISTS)
          return resolve(unavailable('too many lists are being read'));
        worker ??= start();
        last += 1;
        const id = last;
        const cancel = clock.at(clock.now() + LIST_LIMIT_MS, () => {
          end(`a list took longer than ${LIST_LIMIT_MS / 1000} s`).catch(() => undefined);
        });
        waiting.set(id, (page) => {
          cancel();
          resolve(page);
        });
        worker.postMessage({ id, path, query } satisfies ListQuestion);
      }),
    release: () => worker?.postMessage({ release: true } satisfies ListRelease),
    stop: () => end('the server stops'),
  };
};

/** The prepared questions to one open file. */
export type GenerationQueries = ReturnType<typeof generationQueries>;

const onDatabase = (db: DatabaseSync) => ({
  calendarHealth: readCalendarHealth(db),
  liveBookings: readLiveBookings(db),
  mendableBookings: readMendableBookings(db),
  watchedBookings: readWatchedBookings(db),
  notifications: readOutbox(db),
  firstTimers: readTimers(db),
});

/** `path`: where the open file lies. */
export const generationQueries = (model: ReadModel, path: string) => ({
  ...onDatabase(model.db),
  path,
  position: () => bookingsCheckpoint(model).position,
});

type Answer<A> = TaskEither<BookingListError, A>;

/** All that the read model can be asked. Every question is answered from one generation, as of one position. */
export type ReadModelReaders = CalendarHealthReader & {
  readonly list: (query: BookingListQuery) => Answer<BookingListPage>;
  readonly notifications: NotificationList['notifications'];
  readonly firstTimers: TimerReader['firstTimers'];
};

const unavailableError = (reason: string): BookingListError => ({ type: 'Unavailable', reason });

const failureOf = (thrown: unknown): BookingListError => {
  const reason = messageOf(thrown);
  return thrown instanceof DamagedRow ? { type: 'Corrupt', reason } : unavailableError(reason);
};

/** `current` answers undefined while there is no read model. */
export const readersOf = (
  current: () => GenerationQueries | undefined,
  thread: Pick<ListThread, 'list'>,
): ReadModelReaders => {
  const noModel = E.left(unavailableError('the read model is being built'));
  const ask =
    <A>(question: (queries: GenerationQueries) => A): Answer<A> =>
    async () => {
      const queries = current();
      if (queries === undefined) return noModel;
      return E.tryCatch(() => question(queries), failureOf);
    };
  /** When the file was replaced meanwhile, the new one is asked. */
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
    calendarHealth: (now, hostId) => ask((queries) => queries.calendarHealth(now, hostId)),
    liveBookings: (now) => ask((queries) => queries.liveBookings(now)),
    mendableBookings: (now) => ask((queries) => queries.mendableBookings(now)),
    watchedBookings: (calendarId, now) => ask((queries) => queries.watchedBookings(calendarId, now)),
    notifications: (query) => ask((queries) => queries.notifications(query)),
    firstTimers: (take) => ask((queries) => queries.firstTimers(take)),
  };
};
