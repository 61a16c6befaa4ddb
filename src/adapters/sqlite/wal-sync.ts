import type { DatabaseSync } from 'node:sqlite';
import { isObject } from '../../domain/unknown.ts';
import { closeSync, fdatasync, fdatasyncSync, fstatSync, openSync, readSync } from 'node:fs';

const WAL_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** Numbers of the pages that a write-ahead log holds (sqlite.org/fileformat2.html, 4.1); none when there is no log. */
export const pagesInWal = (walPath: string, pageSize: number): ReadonlySet<number> => {
  const pages = new Set<number>();
  let file: number;
  try {
    file = openSync(walPath, 'r');
  } catch {
    return pages;
  }
  try {
    const header = Buffer.alloc(4);
    const end = fstatSync(file).size;
    for (let at = WAL_HEADER_BYTES; at + FRAME_HEADER_BYTES + pageSize <= end; at += FRAME_HEADER_BYTES + pageSize) {
      readSync(file, header, 0, 4, at);
      pages.add(header.readUInt32BE(0));
    }
    return pages;
  } finally {
    closeSync(file);
  }
};

/** Milliseconds that readers are waited for at once: nothing else goes on meanwhile. */
const READERS_MS = 50;

/**
 * Writes the log back and makes it empty, so that nothing of earlier pages is left in it. False: somebody reads from it, so
 * that it has to be tried again.
 */
const emptyWal = (db: DatabaseSync): boolean => {
  const before = Number(db.prepare('PRAGMA busy_timeout').get()?.timeout);
  db.exec(`PRAGMA busy_timeout = ${READERS_MS}`);
  try {
    return db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0;
  } finally {
    db.exec(`PRAGMA busy_timeout = ${before}`);
  }
};

/** Bytes of a file that is written anew as a whole: a few tenths of a second, in which nothing else goes on. */
const MOST_REWRITTEN = 32_000_000;
/** Codes of SQLite (sqlite.org/rescode.html) that pass by: SQLITE_ERROR where statements run, SQLITE_BUSY, SQLITE_LOCKED. */
const PASSING: ReadonlySet<unknown> = new Set([1, 5, 6]);

/**
 * Leaves nothing of what was written over, in the log of the file neither. A page that was split keeps pieces of rows between
 * those that it has, where `secure_delete` overwrites nothing: a file that is not large is written anew. False: to be tried
 * again.
 */
export const purgeFile = (db: DatabaseSync): boolean => {
  if (db.isTransaction || !emptyWal(db)) return false;
  const pages = Number(db.prepare('PRAGMA page_count').get()?.page_count);
  if (pages * Number(db.prepare('PRAGMA page_size').get()?.page_size) > MOST_REWRITTEN) return true;
  try {
    db.exec('VACUUM');
  } catch (thrown) {
    if (isObject(thrown) && PASSING.has(thrown.errcode)) return false;
    throw thrown;
  }
  return emptyWal(db);
};

/** Milliseconds. A faster sync is awaited at once, which costs other requests less than a thread does. */
const SHORT_SYNC_MS = 0.5;
/** Weight of the newest sync in the moving average. */
const WEIGHT = 0.2;

export type WalSync = {
  /** `undefined`: it is durable already. */
  readonly sync: () => Promise<void> | undefined;
  readonly close: () => void;
};

/**
 * Makes what SQLite has committed to the write-ahead log durable: what `synchronous = FULL` does at the end of each COMMIT
 * (https://www.sqlite.org/pragma.html#pragma_synchronous). On a disk that takes its time it is done on a thread, so that
 * the next batch gathers meanwhile. The log is one file from the first write until the last connection closes, and SQLite
 * keeps no locks on it.
 */
export const walSync = (path: string): WalSync => {
  let file: number | undefined;
  let expectedMs = Number.POSITIVE_INFINITY;
  const took = (since: number): void => {
    const ms = performance.now() - since;
    expectedMs = Number.isFinite(expectedMs) ? expectedMs + WEIGHT * (ms - expectedMs) : ms;
  };
  return {
    sync: () => {
      const opened = file ?? openSync(`${path}-wal`, 'r+');
      file = opened;
      const since = performance.now();
      if (expectedMs < SHORT_SYNC_MS) {
        fdatasyncSync(opened);
        took(since);
        return undefined;
      }
      return new Promise((resolve, reject) => {
        fdatasync(opened, (error) => {
          took(since);
          if (error === null) resolve();
          else reject(error);
        });
      });
    },
    close: () => {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
};
