import type { DatabaseSync } from 'node:sqlite';
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

/** Told about every transaction in the tick of its end, before any task of it is answered. */
export type CommitListener = { readonly committed: () => void; readonly rolledBack: () => void };

/**
 * The one writer of a data file. Tasks that arrive together share one transaction and one fsync; none is answered
 * before it. A task may be run again after a rollback that a neighbour caused, so all it may change is the database,
 * or what a listener undoes.
 */
export type GroupCommit = {
  /** Rejects with what the task threw, or with what the disk said. Its writes are all there or not at all. */
  readonly run: <A>(task: (db: DatabaseSync) => A) => Promise<A>;
  readonly join: (listener: CommitListener) => void;
  /** Waits for the tasks that are queued. */
  readonly drain: () => Promise<void>;
  /** Refuses new tasks and waits for those that are queued. */
  readonly close: () => Promise<void>;
};

const NOTHING_COMMITTED = new Set<number | undefined>([SQLITE_FULL, SQLITE_BUSY, SQLITE_CONSTRAINT]);

/** `execute` runs the task and answers how to tell its caller. */
type Entry = { readonly execute: () => () => void; readonly fail: (thrown: unknown) => void };

export type GroupCommitOptions = {
  /** Benches only: milliseconds by which every fsync is made longer, as on a slower disk. */
  readonly fsyncDelayMs?: number;
  /** Tests and benches only: 1 is one commit per task. */
  readonly maxBatch?: number;
};

const blockFor = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

/** Flushes at `setImmediate`: whatever one turn of the event loop brought is one batch, and nobody waits for a timer. */
export const makeGroupCommit = (db: DatabaseSync, options: GroupCommitOptions = {}): GroupCommit => {
  const { fsyncDelayMs = 0, maxBatch = MAX_BATCH } = options;
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const listeners: Array<CommitListener> = [];
  let queue: Array<Entry> = [];
  let closed: string | undefined;
  let waiting: Array<() => void> = [];

  const rollBack = (): void => {
    // SQLite rolls back on its own on some errors, a full disk among them.
    if (db.isTransaction) db.exec('ROLLBACK');
    for (const listener of listeners) listener.rolledBack();
  };

  /**
   * These errors at COMMIT come before the commit record is written. After any other one the record may or may not
   * survive a crash, and an fsync that failed once proves nothing when it succeeds later: no more writes until reopened.
   */
  const commitNow = (): void => {
    try {
      commit.run();
    } catch (thrown) {
      if (NOTHING_COMMITTED.has(sqliteCode(thrown))) throw thrown;
      closed = 'the disk failed while it was written to: restart to go on';
      throw outcomeUnknown(thrown);
    }
    if (fsyncDelayMs > 0) blockFor(fsyncDelayMs);
  };

  const write = (batch: ReadonlyArray<Entry>): void => {
    try {
      begin.run();
      const answers = batch.map((entry) => entry.execute());
      commitNow();
      for (const listener of listeners) listener.committed();
      for (const answer of answers) answer();
    } catch (thrown) {
      rollBack();
      if (batch.length === 1 || closed !== undefined) for (const entry of batch) entry.fail(thrown);
      else for (const entry of batch) write([entry]);
    }
  };

  const flush = (): void => {
    const batch = queue.slice(0, maxBatch);
    queue = queue.slice(maxBatch);
    if (queue.length > 0) setImmediate(flush);
    write(batch);
    if (queue.length > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  const drain = async (): Promise<void> => {
    if (queue.length > 0) await new Promise<void>((resolve) => waiting.push(resolve));
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
        if (queue.length === 1) setImmediate(flush);
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
