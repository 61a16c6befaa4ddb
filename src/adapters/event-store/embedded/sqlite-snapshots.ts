import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { SnapshotHeader, Snapshots } from '../../../application/ports/event-store.ts';
import { integerColumn, textColumn } from '../../sqlite/sqlite-error.ts';
import type { ComponentSchema, DataFile } from '../../sqlite/data-file.ts';
import { type DataFileError, openFailure } from '../../sqlite/inspect-file.ts';

const snapshotsSchema: ComponentSchema = {
  component: 'snapshots',
  migrations: [
    `CREATE TABLE snapshots (
       stream TEXT PRIMARY KEY, fold INTEGER NOT NULL, revision INTEGER NOT NULL, last_id TEXT NOT NULL,
       last_hash TEXT NOT NULL, position INTEGER NOT NULL, parts INTEGER NOT NULL
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE snapshot_parts (
       stream TEXT NOT NULL, revision INTEGER NOT NULL, part INTEGER NOT NULL, body TEXT NOT NULL,
       PRIMARY KEY (stream, revision, part)
     ) STRICT;`,
  ],
};

const overFile = ({ db, writer }: DataFile): Snapshots => {
  const find = db.prepare('SELECT * FROM snapshots WHERE stream = ?');
  const findPart = db.prepare('SELECT body FROM snapshot_parts WHERE stream = ? AND revision = ? AND part = ?');
  const put = db.prepare('INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?)');
  const putPart = db.prepare('INSERT OR REPLACE INTO snapshot_parts VALUES (?, ?, ?, ?)');
  const removeOthers = db.prepare('DELETE FROM snapshot_parts WHERE stream = ? AND revision <> ?');
  const header = (stream: string): SnapshotHeader | null => {
    const row = find.get(stream);
    if (row === undefined) return null;
    return {
      stream,
      fold: integerColumn(row.fold),
      revision: integerColumn(row.revision),
      lastId: textColumn(row.last_id),
      lastHash: textColumn(row.last_hash),
      position: integerColumn(row.position),
      parts: integerColumn(row.parts),
    };
  };
  return {
    find: async (stream) => header(stream),
    part: async ({ stream, revision }, index) => {
      const row = findPart.get(stream, revision, index);
      return row === undefined ? null : textColumn(row.body);
    },
    // One task for each part, so that a large snapshot delays no other write. The header comes last: without it the
    // parts do not count.
    save: async ({ stream, fold, revision, lastId, lastHash, position }, parts) => {
      let count = 0;
      for (const body of parts) {
        const part = count;
        await writer.run(() => putPart.run(stream, revision, part, body));
        count += 1;
      }
      await writer.run(() => {
        put.run(stream, fold, revision, lastId, lastHash, position, count);
        removeOthers.run(stream, revision);
      });
    },
  };
};

/** Folds of long streams, in the data file. They can be thrown away at any time. */
export const makeSqliteSnapshots = (file: DataFile): E.Either<DataFileError, Snapshots> =>
  pipe(
    file.migrate(snapshotsSchema),
    E.chain(() =>
      E.tryCatch(
        () => overFile(file),
        (thrown) => openFailure(file.path, thrown),
      ),
    ),
  );
