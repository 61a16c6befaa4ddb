import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import {
  MAX_APPEND_BYTES,
  type StoreError,
  type OwnStreams,
  type RecordedInternalEvent,
} from '../../../application/ports/event-store.ts';
import { isObject } from '../../../domain/unknown.ts';
import { integerColumn, textColumn, storageFailure, unexpectedValue } from '../../sqlite/sqlite-error.ts';
import type { ComponentSchema, DataFile, ReadOnlyDataFile } from '../../sqlite/data-file.ts';
import { type DataFileError, openFailure } from '../../sqlite/inspect-file.ts';
import { decideAppend, revisionBefore, type StreamView } from './plan-appends.ts';

const schema: ComponentSchema = {
  component: 'own-streams',
  migrations: [
    `CREATE TABLE own_events (
       stream TEXT NOT NULL, revision INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL,
       PRIMARY KEY (stream, revision)
     ) STRICT, WITHOUT ROWID`,
  ],
};

const dataOf = (json: string): RecordedInternalEvent['data'] => {
  const data: unknown = JSON.parse(json);
  if (!isObject(data)) throw unexpectedValue('the data of an event of the installation is no JSON object');
  return { ...data };
};

const eventsReader = ({ db }: Pick<DataFile, 'db'>) => {
  const select = db.prepare(
    'SELECT revision, id, type, data FROM own_events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?',
  );
  return (stream: string, from: number, limit = -1): ReadonlyArray<RecordedInternalEvent> =>
    select.all(stream, from, limit).map(({ revision, id, type, data }) => ({
      revision: integerColumn(revision),
      id: textColumn(id),
      type: textColumn(type),
      data: dataOf(textColumn(data)),
    }));
};

const attempt = <A>(read: () => A) => TE.fromEither(E.tryCatch(read, storageFailure));

const overFile = ({ db, writer }: DataFile): OwnStreams => {
  const eventsFrom = eventsReader({ db });
  const selectLast = db.prepare('SELECT max(revision) AS revision FROM own_events WHERE stream = ?');
  const insert = db.prepare('INSERT INTO own_events VALUES (?, ?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM own_events WHERE stream = ? AND revision < ?');

  const revisionOf = (stream: string): number => {
    const last = selectLast.get(stream)?.revision;
    return last === null ? -1 : integerColumn(last);
  };
  const view: StreamView = {
    revisionOf,
    idsFrom: (stream, from, count) => E.right(eventsFrom(stream, from, count).map(({ id }) => id)),
  };

  return {
    append: (stream, expected, events) => {
      const bodies = events.map(({ data }) => JSON.stringify(data));
      const bytes = Buffer.byteLength(JSON.stringify(events));
      if (bytes > MAX_APPEND_BYTES) return TE.left({ type: 'TooLarge', bytes, limit: MAX_APPEND_BYTES });
      const write = (): E.Either<StoreError, { readonly revision: number }> => {
        const decided = decideAppend(view, { stream, expected, events });
        if (E.isLeft(decided)) return decided;
        const before = revisionBefore(expected);
        if (decided.right === 'write')
          for (const [index, { id, type }] of events.entries())
            insert.run(stream, before + 1 + index, id, type, bodies[index] ?? '{}');
        return E.right({ revision: before + events.length });
      };
      return pipe(
        TE.tryCatch(() => writer.run(write), storageFailure),
        TE.flatMapEither((answer) => answer),
      );
    },
    trim: (stream, before) => TE.tryCatch(() => writer.run(() => void remove.run(stream, before)), storageFailure),
    read: (stream, from = 0) => attempt(() => eventsFrom(stream, from)),
    readLast: (stream) => attempt(() => eventsFrom(stream, revisionOf(stream)).at(-1) ?? null),
  };
};

/** The installation's own streams in the data file, written through its group commit like everything in it. */
export const makeSqliteOwnStreams = (file: DataFile): E.Either<DataFileError, OwnStreams> =>
  pipe(
    file.migrate(schema),
    E.flatMap(() =>
      E.tryCatch(
        () => overFile(file),
        (thrown) => openFailure(file.path, thrown),
      ),
    ),
  );

const HAS_STREAMS = "SELECT 1 FROM sqlite_schema WHERE name = 'own_events'";

/** The same for reading, beside a running server; a file that has none yet reads as one without events. */
export const readOnlyOwnStreams = (file: ReadOnlyDataFile): Pick<OwnStreams, 'read'> => ({
  read: (stream, from = 0) =>
    attempt(() => (file.db.prepare(HAS_STREAMS).get() === undefined ? [] : eventsReader(file)(stream, from))),
});
