import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../domain/unknown.ts';
import { SQLITE_CORRUPT, SQLITE_NOTADB, sqliteCode } from './sqlite-error.ts';
import { pagesInWal } from './wal-sync.ts';

/** Why a data file cannot be used. Nothing was changed in it. */
export type DataFileError =
  | { readonly type: 'Missing'; readonly path: string }
  | { readonly type: 'AlreadyOpen'; readonly path: string }
  | { readonly type: 'Empty'; readonly path: string }
  | { readonly type: 'WithoutWal'; readonly path: string }
  | { readonly type: 'ManyNames'; readonly path: string }
  | { readonly type: 'NotADatabase'; readonly path: string }
  | { readonly type: 'NotHoldfast'; readonly path: string }
  | { readonly type: 'Truncated'; readonly path: string; readonly bytes: number; readonly expectedBytes: number }
  | { readonly type: 'Damaged'; readonly path: string; readonly reason: string }
  | { readonly type: 'NotWritable'; readonly path: string; readonly reason: string }
  | {
      readonly type: 'NewerSchema';
      readonly path: string;
      readonly component: string;
      readonly found: number;
      readonly known: number;
    };

/** One line for the operator: what is wrong with which file, what to do, and a stable code in brackets. */
export const describeDataFileError = (error: DataFileError): string => {
  switch (error.type) {
    case 'Missing':
      return `${error.path} does not exist. [data_file_missing]`;
    case 'AlreadyOpen':
      return `${error.path} is in use by another Holdfast process. Stop it first, or use another data folder. [data_file_in_use]`;
    case 'Empty':
      return `${error.path} is empty, as Holdfast never leaves it: what it held is gone. Restore it from a backup, or delete it to start anew. [data_file_empty]`;
    case 'WithoutWal':
      return `${error.path} was copied while it was in use, without its -wal file, which holds the newest events. Copy both, with the server stopped. If it is whole all the same, as SQLite's .backup makes it, say so with "touch ${error.path}-wal". [data_file_without_wal]`;
    case 'ManyNames':
      return `${error.path} has more than one name (hard links), and SQLite keeps the newest events beside one of them. Remove the others, or copy it. [data_file_many_names]`;
    case 'NotADatabase':
      return `${error.path} is not an SQLite database. It was left as it is. [data_file_foreign]`;
    case 'NotHoldfast':
      return `${error.path} is an SQLite database of another program. It was left as it is. [data_file_foreign]`;
    case 'Truncated':
      return `${error.path} is cut off: ${error.bytes} bytes, ${error.expectedBytes} expected. Restore it from a backup. [data_file_damaged]`;
    case 'Damaged':
      return `${error.path} is damaged: ${error.reason}. Restore it from a backup. [data_file_damaged]`;
    case 'NotWritable':
      return `${error.path} cannot be written (${error.reason}). Check the rights of the file and of ${dirname(error.path)}. [data_file_unwritable]`;
    case 'NewerSchema':
      return `${error.path} was written by a newer Holdfast: ${error.component} is at version ${error.found}, this one knows ${error.known}. [data_file_newer]`;
  }
};

/** `PRAGMA application_id` of our files: "HOLD". */
export const APPLICATION_ID = 0x48_4f_4c_44;

/** Files up to this size are read whole (`PRAGMA quick_check`) when they are opened; bigger ones by `audit verify`. */
export const QUICK_CHECK_BYTES = 32 * 1024 * 1024;

const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;

/** The fields of the database header (sqlite.org/fileformat2.html, 1.3) that are looked at. */
type Header = {
  readonly pageSize: number;
  readonly pages: number;
  readonly userVersion: number;
  readonly applicationId: number;
};

/** `PRAGMA user_version` while a process has the file open for writing, and after one that was killed. */
export const IN_USE = 1;

const readStart = (path: string): Buffer => {
  const bytes = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, 'r');
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, HEADER_BYTES, 0));
  } finally {
    closeSync(file);
  }
};

const readHeader = (path: string): E.Either<DataFileError, Header> => {
  const bytes = readStart(path);
  if (!MAGIC.startsWith(bytes.toString('latin1', 0, MAGIC.length))) return E.left({ type: 'NotADatabase', path });
  if (bytes.length < HEADER_BYTES) {
    return E.left({ type: 'Truncated', path, bytes: bytes.length, expectedBytes: HEADER_BYTES });
  }
  const pageSize = bytes.readUInt16BE(16);
  // The page count is only valid when the change counter was written together with it.
  const counted = bytes.readUInt32BE(24) === bytes.readUInt32BE(92);
  return E.right({
    pageSize: pageSize === 1 ? 65_536 : pageSize,
    pages: counted ? bytes.readUInt32BE(28) : 0,
    userVersion: bytes.readUInt32BE(60),
    applicationId: bytes.readUInt32BE(68),
  });
};

/** A kill during a checkpoint can leave the file shorter than its header says; then the log holds the missing pages. */
const checkLength = (path: string, header: Header, bytes: number): E.Either<DataFileError, void> => {
  const whole = Math.floor(bytes / header.pageSize);
  if (whole >= header.pages) return E.right(undefined);
  const inWal = pagesInWal(`${path}-wal`, header.pageSize);
  for (let page = whole + 1; page <= header.pages; page += 1) {
    if (!inWal.has(page)) {
      return E.left({ type: 'Truncated', path, bytes, expectedBytes: header.pages * header.pageSize });
    }
  }
  return E.right(undefined);
};

/** Reads the schema in any case; the rest only of a small file, so that a big one does not keep the start waiting. */
const checkContent = (path: string, bytes: number): E.Either<DataFileError, void> => {
  try {
    const db = new DatabaseSync(path, { readOnly: true });
    try {
      db.prepare('SELECT name FROM sqlite_schema').all();
      if (bytes > QUICK_CHECK_BYTES) return E.right(undefined);
      const verdict = db.prepare('PRAGMA quick_check(1)').get()?.quick_check;
      return verdict === 'ok' ? E.right(undefined) : E.left({ type: 'Damaged', path, reason: String(verdict) });
    } finally {
      db.close();
    }
  } catch (thrown) {
    return E.left(openFailure(path, thrown));
  }
};

/** What an error of SQLite while opening or setting up says about the file. */
export const openFailure = (path: string, thrown: unknown): DataFileError => {
  switch (sqliteCode(thrown)) {
    case SQLITE_NOTADB:
      return { type: 'NotADatabase', path };
    case SQLITE_CORRUPT:
      return { type: 'Damaged', path, reason: messageOf(thrown) };
    default:
      return { type: 'NotWritable', path, reason: messageOf(thrown) };
  }
};

/** Inspects a file without changing it. `new`: there is no file yet. */
export const inspectFile = (path: string): E.Either<DataFileError, 'new' | 'existing'> => {
  const found = statSync(path, { throwIfNoEntry: false });
  const bytes = found?.size;
  if (found !== undefined && found.nlink > 1) return E.left({ type: 'ManyNames', path });
  if (bytes === 0) return E.left({ type: 'Empty', path });
  if (bytes === undefined) {
    // SQLite would apply a leftover write-ahead log to the new file.
    const leftOver = existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0;
    return leftOver
      ? E.left({ type: 'Damaged', path, reason: 'it is gone, but its -wal file is there' })
      : E.right('new');
  }
  const header = readHeader(path);
  if (E.isLeft(header)) return header;
  if (header.right.applicationId !== APPLICATION_ID) return E.left({ type: 'NotHoldfast', path });
  // Who was killed leaves a log, if an empty one; who closed the file took the mark away.
  if (header.right.userVersion === IN_USE && !existsSync(`${path}-wal`)) return E.left({ type: 'WithoutWal', path });
  const checked = pipe(
    checkLength(path, header.right, bytes),
    E.chain(() => checkContent(path, bytes)),
  );
  return pipe(
    checked,
    E.map(() => 'existing' as const),
  );
};

/**
 * Triggers and views of a file: the first act on what is written later, the second can stand where a table was, and no version
 * of this program makes one. None where the file cannot be read, which shows elsewhere.
 */
export const addedToSchema = (db: DatabaseSync): ReadonlyArray<string> => {
  const query = "SELECT type, name, tbl_name FROM sqlite_schema WHERE type IN ('trigger', 'view')";
  const rows = E.tryCatch(() => db.prepare(query).all(), messageOf);
  return (E.isRight(rows) ? rows.right : []).map(({ type, name, tbl_name: table }) =>
    type === 'trigger' ? `the trigger "${String(name)}" on ${String(table)}` : `the view "${String(name)}"`,
  );
};
