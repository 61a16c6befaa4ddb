import * as E from 'fp-ts/lib/Either.js';
import { constants, copyFileSync, fsyncSync, lstatSync, openSync, closeSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { type DataFileError, openFailure } from './inspect-file.ts';
import { openDataFileReadOnly } from './data-file.ts';
import { makePrivateFile } from './private-files.ts';

/** Pages that are copied at once; the progress is told in between. */
const PAGES_AT_ONCE = 500;

/** A table that only backups have: what belongs to the data folder and is not in its data file. */
export const ENCLOSED_TABLE = 'backup_enclosed';

/** Named contents beside the data file's own, such as the key that signs heads. */
export type Enclosed = ReadonlyMap<string, Uint8Array>;

const BESIDE = ['', '-wal', '-shm', '-journal'];

const removeDraft = (draft: string): void => BESIDE.forEach((suffix) => rmSync(draft + suffix, { force: true }));

/** Contents and name are on the disk when this returns. */
const putInPlace = (draft: string, path: string): void => {
  for (const [from, to] of [
    [draft, path],
    [dirname(path), null],
  ] as const) {
    const file = openSync(from, 'r');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (to !== null) renameSync(from, to);
  }
};

const attempt = async <A>(path: string, draft: string, task: () => Promise<A>): Promise<E.Either<DataFileError, A>> => {
  try {
    return E.right(await task());
  } catch (thrown) {
    removeDraft(draft);
    return E.left(openFailure(path, thrown));
  }
};

const withDatabase = (path: string, use: (db: DatabaseSync) => void): void => {
  const db = new DatabaseSync(path);
  try {
    use(db);
  } finally {
    db.close();
  }
};

/** `onProgress`: pages done, of so many. `enclose`: what is put into the copy besides, once it is there to be read. */
export type BackingUp = {
  readonly onProgress: (done: number, total: number) => void;
  readonly enclose: (copy: string) => Promise<Enclosed>;
};

/**
 * Copies a data file as it is at one moment, also beside a running server, which goes on writing: SQLite's online backup
 * (sqlite.org/backup.html) inside one read transaction. The copy is whole or not there; `to` has to be free.
 */
export const backUpDataFile = async (
  from: string,
  to: string,
  { onProgress, enclose }: BackingUp,
): Promise<E.Either<DataFileError, void>> => {
  const source = openDataFileReadOnly(from);
  if (E.isLeft(source)) return source;
  const { db, close } = source.right;
  const draft = `${to}.part`;
  try {
    return await attempt(to, draft, async () => {
      removeDraft(draft);
      makePrivateFile(draft);
      // Without it the copy would start anew with each commit of the server.
      db.exec('BEGIN');
      db.prepare('SELECT count(*) FROM sqlite_schema').get();
      await backup(db, draft, {
        rate: PAGES_AT_ONCE,
        progress: ({ totalPages, remainingPages }) => onProgress(totalPages - remainingPages, totalPages),
      });
      db.exec('COMMIT');
      withDatabase(draft, (copy) => copy.exec('PRAGMA journal_mode = DELETE; PRAGMA user_version = 0'));
      const enclosed = await enclose(draft);
      withDatabase(draft, (copy) => {
        copy.exec(`CREATE TABLE ${ENCLOSED_TABLE} (name TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT`);
        const insert = copy.prepare(`INSERT INTO ${ENCLOSED_TABLE} VALUES (?, ?)`);
        for (const [name, content] of enclosed) insert.run(name, content);
      });
      putInPlace(draft, to);
    });
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK');
    close();
  }
};

const readEnclosed = (db: DatabaseSync): Enclosed => {
  const rows = db.prepare(`SELECT name, content FROM ${ENCLOSED_TABLE}`).all();
  return new Map(
    rows.flatMap(({ name, content }): ReadonlyArray<[string, Uint8Array]> =>
      typeof name === 'string' && content instanceof Uint8Array ? [[name, content]] : [],
    ),
  );
};

export type NoBackup = { readonly type: 'NoBackup'; readonly path: string };

/** What a backup has besides the data file. Reads the whole file, and finds every page that SQLite can tell is damaged. */
export const inspectBackup = (path: string): E.Either<DataFileError | NoBackup, Enclosed> => {
  const opened = openDataFileReadOnly(path);
  if (E.isLeft(opened)) return opened;
  const { db, close } = opened.right;
  try {
    if (db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(ENCLOSED_TABLE) === undefined)
      return E.left({ type: 'NoBackup', path });
    const checked = db.prepare('PRAGMA integrity_check(1)').get()?.integrity_check;
    if (checked !== 'ok') return E.left({ type: 'Damaged', path, reason: String(checked) });
    return E.right(readEnclosed(db));
  } catch (thrown) {
    return E.left(openFailure(path, thrown));
  } finally {
    close();
  }
};

/** Makes a data file of a backup, whole or not at all. The backup stays as it is; `to` has to be free. `prepare`: the file before it is in its place. */
export const restoreDataFile = (
  from: string,
  to: string,
  prepare: (draft: string) => void,
): Promise<E.Either<DataFileError, void>> => {
  const draft = `${to}.new`;
  return attempt(to, draft, async () => {
    removeDraft(draft);
    makePrivateFile(draft);
    copyFileSync(from, draft, constants.COPYFILE_FICLONE);
    prepare(draft);
    withDatabase(draft, (copy) => copy.exec(`DROP TABLE ${ENCLOSED_TABLE}; PRAGMA journal_mode = WAL`));
    putInPlace(draft, to);
  });
};

/** What of a data file lies there, also a link that leads nowhere: nothing may be put in its place. */
export const partsThere = (path: string): ReadonlyArray<string> =>
  BESIDE.map((suffix) => path + suffix).filter((part) => lstatSync(part, { throwIfNoEntry: false }) !== undefined);
