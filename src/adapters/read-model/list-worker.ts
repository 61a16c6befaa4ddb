/**
 * The thread that answers lists of bookings. Counting and skipping take time in proportion to a host's bookings, and
 * must not block the event loop. One query after the other, each on one state of the file.
 */
import { DatabaseSync } from 'node:sqlite';
import { parentPort } from 'node:worker_threads';
import * as E from 'fp-ts/lib/Either.js';
import type { BookingListError, BookingListQuery, BookingListPage } from '../../application/ports/read-models.ts';
import { DamagedRow, numberOf } from '../../projections/projection.ts';
import { queryBookings } from '../../projections/bookings/list-bookings.ts';
import { messageOf } from '../../domain/unknown.ts';

/** `path`: the file of the generation in use. */
export type ListQuestion = { readonly id: number; readonly path: string; readonly query: BookingListQuery };
export type ListAnswer = { readonly id: number; readonly page: E.Either<BookingListError, BookingListPage> };
/** The file is about to be deleted: let it go. */
export type ListRelease = { readonly release: true };

/** Milliseconds to wait for a lock that the writer holds for a moment. */
const BUSY_TIMEOUT_MS = 1_000;

const openFile = (path: string) => {
  const db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  const checkpoint = db.prepare("SELECT position FROM checkpoints WHERE name = 'bookings'");
  const list = queryBookings(db);
  const page = (query: BookingListQuery): BookingListPage => {
    db.exec('BEGIN');
    try {
      const row = checkpoint.get();
      return { ...list(query), position: row === undefined ? 0 : numberOf(row, 'position') };
    } finally {
      db.exec('COMMIT');
    }
  };
  return { path, page, close: () => db.close() };
};

let file: ReturnType<typeof openFile> | undefined;
const release = (): void => {
  file?.close();
  file = undefined;
};

const answer = ({ path, query }: ListQuestion): ListAnswer['page'] =>
  E.tryCatch(
    () => {
      if (file?.path !== path) release();
      file ??= openFile(path);
      return file.page(query);
    },
    (thrown): BookingListError => ({
      type: thrown instanceof DamagedRow ? 'Corrupt' : 'Unavailable',
      reason: messageOf(thrown),
    }),
  );

parentPort?.on('message', (asked: ListQuestion | ListRelease) => {
  if ('release' in asked) release();
  else parentPort?.postMessage({ id: asked.id, page: answer(asked) } satisfies ListAnswer);
});
