import type { SQLOutputValue } from 'node:sqlite';
import { messageOf } from '../../domain/unknown.ts';

/** Primary result codes of SQLite (sqlite.org/rescode.html) that are told apart here. */
export const SQLITE_BUSY = 5;
export const SQLITE_CORRUPT = 11;
export const SQLITE_FULL = 13;
export const SQLITE_CONSTRAINT = 19;
export const SQLITE_NOTADB = 26;

/** Marks of errors that do not come from SQLite itself. */
const OUTCOME_UNKNOWN = 'HOLDFAST_OUTCOME_UNKNOWN';
const WRITER_CLOSED = 'HOLDFAST_WRITER_CLOSED';
const UNEXPECTED_VALUE = 'HOLDFAST_UNEXPECTED_VALUE';

type StorageFailure = {
  readonly type: 'Unavailable' | 'OutcomeUnknown' | 'Corrupt';
  readonly reason: string;
};

const marked = (code: string, message: string, cause?: unknown): Error =>
  Object.assign(new Error(message, { cause }), { code });

export const outcomeUnknown = (cause: unknown): Error =>
  marked(OUTCOME_UNKNOWN, `the disk did not confirm a commit: ${messageOf(cause)}`, cause);
export const writerClosed = (why: string): Error => marked(WRITER_CLOSED, why);
export const unexpectedValue = (what: string): Error => marked(UNEXPECTED_VALUE, what);

/** Primary result code of an error of `node:sqlite`; `undefined` for any other error. */
export const sqliteCode = (thrown: unknown): number | undefined =>
  thrown instanceof Error && 'errcode' in thrown && typeof thrown.errcode === 'number'
    ? thrown.errcode & 0xff
    : undefined;

const codeOf = (thrown: unknown): unknown => (thrown instanceof Error && 'code' in thrown ? thrown.code : undefined);

/** What an error of the data file means to whoever reads or writes it. */
export const storageFailure = (thrown: unknown): StorageFailure => {
  if (codeOf(thrown) === OUTCOME_UNKNOWN) return { type: 'OutcomeUnknown', reason: messageOf(thrown) };
  if (codeOf(thrown) === UNEXPECTED_VALUE) return { type: 'Corrupt', reason: messageOf(thrown) };
  switch (sqliteCode(thrown)) {
    case SQLITE_FULL:
      return { type: 'Unavailable', reason: 'the disk is full: nothing was written' };
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return { type: 'Corrupt', reason: messageOf(thrown) };
    default:
      return { type: 'Unavailable', reason: messageOf(thrown) };
  }
};

/** Throws (read as `Corrupt`) when the column is not a number: our tables are STRICT, so it would be damage. */
export const integerColumn = (value: SQLOutputValue | undefined): number => {
  if (typeof value !== 'number') throw unexpectedValue(`a number was expected, found ${typeof value}`);
  return value;
};

/** Throws (read as `Corrupt`) when the column is not text. */
export const textColumn = (value: SQLOutputValue | undefined): string => {
  if (typeof value !== 'string') throw unexpectedValue(`text was expected, found ${typeof value}`);
  return value;
};
