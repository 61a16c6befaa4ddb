import * as E from 'fp-ts/lib/Either.js';
import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../domain/unknown.ts';
import type { DataFileError } from './inspect-file.ts';
import { makePrivateFile, makePrivateFolder } from './private-files.ts';
import { SQLITE_BUSY, sqliteCode } from './sqlite-error.ts';

const lockBy = (path: string, lockPath: string): E.Either<DataFileError, () => void> => {
  let lock: DatabaseSync | undefined;
  try {
    makePrivateFile(lockPath);
    lock = new DatabaseSync(lockPath, { timeout: 0 });
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

/**
 * Keeps every other process from writing the same data file. The lock is a transaction on a small database beside it,
 * so the operating system takes it back when the process dies, however it dies; readers are not hindered.
 */
export const lockFile = (path: string): E.Either<DataFileError, () => void> =>
  // A symbolic link is another name of the same file.
  lockBy(path, `${existsSync(path) ? realpathSync(path) : path}.lock`);

/** A folder of this user alone, or null: in one that others can write they could hold locks. */
const ownFolder = (): string | null => {
  const uid = process.geteuid?.();
  const folder = join(tmpdir(), `holdfast-${uid ?? 'locks'}`);
  try {
    makePrivateFolder(folder, 'lock-');
    const { uid: owner, mode } = lstatSync(folder);
    return uid === undefined || (owner === uid && (mode & 0o022) === 0) ? folder : null;
  } catch {
    // No temporary folder that can be written: the lock beside the file has to do.
    return null;
  }
};

/** The same file may have been moved while another process has it open: the second lock is by what it is, on this machine. */
export const lockMoved = (path: string): E.Either<DataFileError, () => void> => {
  const folder = ownFolder();
  if (folder === null) return E.right(() => undefined);
  const { dev, ino } = statSync(path);
  return lockBy(path, join(folder, `lock-${dev}-${ino}`));
};
