import { DatabaseSync } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import type { DataFileError } from './data-file-error.ts';
import { SQLITE_BUSY, sqliteCode } from './sqlite-error.ts';
import { messageOf } from '../../domain/unknown.ts';

/**
 * Keeps every other process from writing the same data file. The lock is a transaction on a small database beside it,
 * so the operating system takes it back when the process dies, however it dies; readers are not hindered.
 */
export const lockFile = (path: string): E.Either<DataFileError, () => void> => {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(`${path}.lock`, { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    const held = lock;
    return E.right(() => held.close());
  } catch (thrown) {
    lock?.close();
    return sqliteCode(thrown) === SQLITE_BUSY
      ? E.left({ type: 'AlreadyOpen', path })
      : E.left({ type: 'NotWritable', path, reason: messageOf(thrown) });
  }
};
