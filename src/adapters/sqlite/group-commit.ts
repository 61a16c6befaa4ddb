import type { DatabaseSync } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import {
  outcomeUnknown,
  SQLITE_BUSY,
  SQLITE_CONSTRAINT,
  SQLITE_FULL,
  sqliteCode,
  writerClosed,
} from './sqlite-error.ts';

/** Most tasks in one transaction, so that one flush cannot hold the event loop for long. */
export const MAX_BATCH = 512;

/** Called for every transaction once it is durable or undone, in the tick in which its tasks settle, before them. */
export type CommitListener = { readonly committed: () => void; readonly rolledBack: () => void };

/**
 * The one writer of a data file. Tasks that arrive together share one transaction and one fsync; none settles before
 * it. A task may run again after a rollback that another one caused, so it may only change the database, or what a
 * listener undoes.
 */
export type GroupCommit = {
  /** Rejects with what the task threw or with the error of the disk. Its writes are all there or not at all. */
  readonly run: <A>(task: (db: DatabaseSync) => A) => Promise<A>;
  readonly join: (listener: CommitListener) => void;
  /** Waits for the tasks that are queued. */
  readonly drain: () => Promise<void>;
  /** Refuses new tasks and waits for those that are queued. */
  readonly close: () => Promise<void>;
};

const NOTHING_COMMITTED = new Set<number | undefined>([SQLITE_FULL, SQLITE_BUSY, SQLITE_CONSTRAINT]);

/** `execute`: runs the task and returns the function that settles its promise. */
type Entry = { readonly execute: () => () => void; readonly fail: (thrown: unknown) => void };

export type GroupCommitOptions = {
  /**
   * Makes the last COMMIT durable, where COMMIT itself does not: at once, or away from the event loop, so that the next
   * batch gathers meanwhile. Without it a COMMIT is durable when it returns.
   */
  readonly sync?: () => Promise<void> | undefined;
  /** Benches only: milliseconds by which every fsync is made longer, as on a slower disk. */
  readonly fsyncDelayMs?: number;
  /** Tests and benches only: 1 is one commit per task. */
  readonly maxBatch?: number;
};

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Flushes at `setImmediate`: whatever came in one turn of the event loop, or during one fsync, is one batch. No timers. */
export const makeGroupCommit = (db: DatabaseSync, options: GroupCommitOptions = {}): GroupCommit => {
  const { sync, fsyncDelayMs = 0, maxBatch = MAX_BATCH } = options;
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const listeners: Array<CommitListener> = [];
  let queue: Array<Entry> = [];
  let closed: string | undefined;
  let failed = false;
  let flushing = false;
  let waiting: Array<() => void> = [];

  const rollBack = (): void => {
    // SQLite rolls back on its own on some errors, a full disk among them.
    if (db.isTransaction) db.exec('ROLLBACK');
    for (const listener of listeners) listener.rolledBack();
  };

  /**
   * After a failed fsync a later success proves nothing, and after a fault of ours the state in memory is uncertain: no
   * more writes until the file is opened again.
   */
  const giveUp = (thrown: unknown, what = 'the disk failed while it was written to'): unknown => {
    failed = true;
    closed = `${what}: restart to go on`;
    return outcomeUnknown(thrown);
  };
  const failAll = (batch: ReadonlyArray<Entry>, reason: unknown): void => {
    for (const entry of batch) entry.fail(reason);
  };

  /**
   * The errors of NOTHING_COMMITTED come before the commit record is written. After any other one the record may or may
   * not survive a crash.
   */
  const commitNow = (): void => {
    try {
      commit.run();
    } catch (thrown) {
      throw NOTHING_COMMITTED.has(sqliteCode(thrown)) ? thrown : giveUp(thrown);
    }
  };

  const makeDurable = async (): Promise<void> => {
    if (fsyncDelayMs > 0) await delay(fsyncDelayMs);
    try {
      const syncing = sync?.();
      if (syncing !== undefined) await syncing;
    } catch (thrown) {
      throw giveUp(thrown);
    }
  };

  /**
   * The functions that settle the batch's promises once its writes are durable; or the error, and the batch is undone.
   */
  const commitBatch = async (batch: ReadonlyArray<Entry>): Promise<E.Either<unknown, ReadonlyArray<() => void>>> => {
    try {
      begin.run();
      const answers = batch.map((entry) => entry.execute());
      commitNow();
      await makeDurable();
      return E.right(answers);
    } catch (thrown) {
      try {
        rollBack();
        return E.left(thrown);
      } catch (fault) {
        return E.left(giveUp(fault, 'a failed transaction could not be undone'));
      }
    }
  };
  /** Settles every promise of the batch, whatever happens. */
  const write = async (batch: ReadonlyArray<Entry>): Promise<void> => {
    const committed = await commitBatch(batch);
    if (E.isLeft(committed)) {
      if (batch.length === 1 || failed) return failAll(batch, committed.left);
      for (const entry of batch) {
        if (failed) entry.fail(writerClosed(closed ?? ''));
        else await write([entry]);
      }
      return;
    }
    try {
      for (const listener of listeners) listener.committed();
    } catch (fault) {
      // It is in the file already: running it again would write it twice.
      return failAll(batch, giveUp(fault, 'a fault came between a commit and its answers'));
    }
    for (const answer of committed.right) answer();
  };

  const flush = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.slice(0, maxBatch);
      queue = queue.slice(maxBatch);
      if (failed) failAll(batch, writerClosed(closed ?? ''));
      else await write(batch);
      if (queue.length > 0) await nextTurn();
    }
    flushing = false;
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  const drain = async (): Promise<void> => {
    if (flushing) await new Promise<void>((resolve) => waiting.push(resolve));
  };

  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        if (closed !== undefined) return reject(writerClosed(closed));
        queue.push({
          execute: () => {
            const result = task(db);
            return () => resolve(result);
          },
          fail: reject,
        });
        if (flushing) return;
        flushing = true;
        setImmediate(() => void flush());
      }),
    join: (listener) => {
      listeners.push(listener);
    },
    drain,
    close: async () => {
      closed ??= 'the data file is closed';
      await drain();
    },
  };
};
