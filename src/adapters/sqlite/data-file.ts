import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { closeSync, existsSync, openSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../domain/unknown.ts';
import { type GroupCommit, type GroupCommitOptions, makeGroupCommit } from './group-commit.ts';
import { type DataFileError, openFailure, APPLICATION_ID, IN_USE, inspectFile } from './inspect-file.ts';
import { lockFile, lockMoved } from './file-lock.ts';
import { integerColumn } from './sqlite-error.ts';
import { makePrivateFile, makePrivateFolder } from './private-files.ts';
import { purgeFile, walSync } from './wal-sync.ts';

/**
 * The tables of one part of the program. Migration n brings version n to n + 1; one that was released is never changed,
 * a new one is added to the end.
 */
export type ComponentSchema = { readonly component: string; readonly migrations: ReadonlyArray<string> };

const COMPONENT_VERSIONS =
  'CREATE TABLE component_versions (component TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT';

const versionOf = (db: DatabaseSync, component: string): number => {
  const row = db.prepare('SELECT version FROM component_versions WHERE component = ?').get(component);
  return row === undefined ? 0 : integerColumn(row.version);
};

/** Runs the migrations that the file has not seen, all of them or none. */
const migrate =
  (db: DatabaseSync, path: string) =>
  ({ component, migrations }: ComponentSchema): E.Either<DataFileError, void> => {
    try {
      const found = versionOf(db, component);
      const known = migrations.length;
      if (found > known) return E.left({ type: 'NewerSchema', path, component, found, known });
      if (found === known) return E.right(undefined);
      db.exec('BEGIN IMMEDIATE');
      for (const migration of migrations.slice(found)) db.exec(migration);
      db.prepare('INSERT OR REPLACE INTO component_versions VALUES (?, ?)').run(component, known);
      db.exec('COMMIT');
      return E.right(undefined);
    } catch (thrown) {
      if (db.isTransaction) db.exec('ROLLBACK');
      return E.left(openFailure(path, thrown));
    }
  };

/** Bytes of a page: with 4 KiB a fifth of the file would be gaps behind events of 700 bytes. */
const PAGE_BYTES = 8192;
/** Pages in the write-ahead log before it is written back. */
const WAL_PAGES = 5000;
/** KiB of page cache per connection. */
const CACHE_KIB = 16_000;
/** Milliseconds to wait for a lock that another connection holds for a moment. */
const BUSY_TIMEOUT_MS = 1000;

/** The one file that holds everything durable. `db` is for reads; every write after the start goes through `writer`. */
export type DataFile = {
  readonly path: string;
  readonly db: DatabaseSync;
  readonly writer: GroupCommit;
  /** Called once by each component while the program starts, before its first write. */
  readonly migrate: (schema: ComponentSchema) => E.Either<DataFileError, void>;
  /** Leaves nothing of what was written over, in its log neither. False while somebody reads: to be tried again. */
  readonly purge: () => Promise<boolean>;
  /** Waits for queued writes, then closes the file. */
  readonly close: () => Promise<void>;
};

export type ReadOnlyDataFile = { readonly path: string; readonly db: DatabaseSync; readonly close: () => void };

/** Created under another name and moved into place, so that a kill leaves a whole file or none. */
const createFile = (path: string): void => {
  const draft = `${path}.new`;
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true });
  makePrivateFile(draft);
  const db = new DatabaseSync(draft);
  db.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA application_id = ${APPLICATION_ID}`);
  db.exec(COMPONENT_VERSIONS);
  db.close();
  renameSync(draft, path);
};

const connect = (path: string): DatabaseSync => {
  // SQLite would quietly open a file without write permission for reading only.
  closeSync(openSync(path, 'r+'));
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  // The writer makes each commit durable itself: NORMAL leaves out just the fsync that FULL adds after a COMMIT.
  // What is deleted or written over leaves nothing behind in free pages: people are forgotten.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON');
  // In the main file at once: a copy of that alone shows that its log is missing.
  db.exec(`PRAGMA user_version = ${IN_USE}; PRAGMA wal_checkpoint(PASSIVE)`);
  db.exec(`PRAGMA wal_autocheckpoint = ${WAL_PAGES}; PRAGMA cache_size = -${CACHE_KIB}`);
  return db;
};

/** Closes the last connection, which writes the log back and removes it, and takes the mark away that says there is one. */
const closeUnmarked = (db: DatabaseSync, path: string): void => {
  if (!db.isOpen) return;
  let isMarked = false;
  try {
    if (db.isTransaction) db.exec('ROLLBACK');
    db.exec('PRAGMA user_version = 0');
  } catch {
    // A full or failing disk: the mark stays, and so has a log to be there.
    isMarked = true;
  }
  db.close();
  if (isMarked && existsSync(path)) makePrivateFile(`${path}-wal`);
};

const closedAtExit = new Set<() => void>();
process.once('exit', () => closedAtExit.forEach((close) => close()));

const attempt = <A>(path: string, task: () => A): E.Either<DataFileError, A> =>
  E.tryCatch(task, (thrown) => openFailure(path, thrown));

const makeFolder = (path: string): E.Either<DataFileError, void> =>
  E.tryCatch(
    () => {
      makePrivateFolder(dirname(path), basename(path));
    },
    (thrown): DataFileError => ({ type: 'NotWritable', path, reason: messageOf(thrown) }),
  );

const openLocked = (path: string): E.Either<DataFileError, DatabaseSync> => {
  const inspected = inspectFile(path);
  if (E.isLeft(inspected)) return inspected;
  return attempt(path, () => {
    if (inspected.right === 'new') createFile(path);
    return connect(path);
  });
};

/**
 * Opens the data file, or creates it and its folder. One process at a time: a second one gets `AlreadyOpen`. A file
 * that is damaged, cut off, foreign or read-only is not changed.
 */
export const openDataFile = (
  options: { readonly path: string } & GroupCommitOptions,
): E.Either<DataFileError, DataFile> => {
  // A link to it is one of its names; what SQLite keeps beside it belongs beside the file.
  const path = existsSync(options.path) ? realpathSync(options.path) : options.path;
  const locked = pipe(
    makeFolder(path),
    E.chain(() => lockFile(path)),
  );
  if (E.isLeft(locked)) return locked;
  const opened = openLocked(path);
  if (E.isLeft(opened)) {
    locked.right();
    return opened;
  }
  const db = opened.right;
  const moved = lockMoved(path);
  if (E.isLeft(moved)) {
    db.close();
    locked.right();
    return moved;
  }
  const wal = walSync(path);
  const writer = makeGroupCommit(db, { ...options, sync: wal.sync });
  const closeMarked = (): void => closeUnmarked(db, path);
  // A fault ends the process without `close`: Node then closes the connection, and SQLite removes the log.
  closedAtExit.add(closeMarked);
  const close = async (): Promise<void> => {
    await writer.close();
    if (!db.isOpen) return;
    wal.close();
    closedAtExit.delete(closeMarked);
    closeMarked();
    moved.right();
    locked.right();
  };
  const purge = async (): Promise<boolean> => {
    await writer.drain();
    return purgeFile(db);
  };
  return E.right({ path, db, writer, migrate: migrate(db, path), purge, close });
};

/** For the command line: reads beside a running server, or without one. */
export const openDataFileReadOnly = (path: string): E.Either<DataFileError, ReadOnlyDataFile> => {
  const inspected = inspectFile(path);
  if (E.isLeft(inspected)) return inspected;
  if (inspected.right === 'new') return E.left({ type: 'Missing', path });
  return attempt(path, () => {
    const db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    return { path, db, close: () => db.close() };
  });
};
