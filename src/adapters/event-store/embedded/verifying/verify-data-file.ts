import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { availableParallelism } from 'node:os';
import type { DatabaseSync } from 'node:sqlite';
import type { Worker } from 'node:worker_threads';
import { laterOf, makeCheckBetweenStreams } from '../../../../application/audit/check-between-streams.ts';
import type { EndedStream } from '../../../../application/audit/stream-verifier.ts';
import { findWrongHeads } from '../../../../application/audit/check-heads.ts';
import { type Finding, makeFindingList } from '../../../../application/audit/finding.ts';
import {
  type AuditRange,
  type AuditReport,
  verifyEvents,
  type VerifyLog,
} from '../../../../application/audit/verify-log.ts';
import type { StoreError } from '../../../../application/ports/event-store.ts';
import { bytesOfLevels } from '../../../../domain/audit/merkle-levels.ts';
import { messageOf } from '../../../../domain/unknown.ts';
import { sha256Hex } from '../../../hashing/sha256.ts';
import { isNoteSignedBy, sha256Bytes } from '../../../identity/head-key.ts';
import { openDataFileReadOnly } from '../../../sqlite/data-file.ts';
import { addedToSchema, describeDataFileError } from '../../../sqlite/inspect-file.ts';
import { integerColumn } from '../../../sqlite/sqlite-error.ts';
import { makeReadOnlyEventStore } from '../sqlite-event-store.ts';
import { keysOfFolder } from './verify-streams.ts';
import { treeOf } from './hash-tree.ts';
import { type Heard, runThread } from './run-thread.ts';
import { gapsOf, SHARE, type VerifiedStreams, type VerifyJob } from './verify-job.ts';

const ENTRY = new URL('./verify-worker.ts', import.meta.url);

/** A shorter log is verified sooner than threads are started. */
const WORTH_THREADS = 20_000;
/** More threads wait for the disk and for memory. */
const MOST_THREADS = 4;
const PROGRESS_MS = 100;

/** `entry`: the code of the threads. */
export type ThreadOptions = {
  /** The folder of the keys that open what is sealed, for judging; missing: it is not opened. */
  readonly keyFolder?: string;
  readonly threads?: number;
  readonly worthThreads?: number;
  readonly entry?: URL;
};

/** Threads that a command may have for itself, beside what else it does. */
const allThreads = (coresTaken: number): number =>
  Math.max(1, Math.min(MOST_THREADS, availableParallelism() - coresTaken));

/** Null where threads would gain nothing, or where rows lie in a way that no server writes. */
const planOf = (
  db: DatabaseSync,
  path: string,
  { from, to }: AuditRange,
  { worthThreads = WORTH_THREADS, threads = allThreads(0), keyFolder }: ThreadOptions,
): VerifyJob | null => {
  // Each by itself, which reads one row: of two in one question SQLite reads them all.
  const endOf = (what: string) => db.prepare(`SELECT ${what} AS found FROM events`).get()?.found;
  const [lowest, highest] = [endOf('min(position)'), endOf('max(position)')];
  if (highest === null || highest === undefined) return null;
  const [first, last] = [integerColumn(lowest), Math.min(to, integerColumn(highest))];
  const [least, streams] = [integerColumn(endOf('min(stream)')), integerColumn(endOf('max(stream)'))];
  const span = last - first + 1;
  if (span < worthThreads || first < 1 || least < 0) return null;
  // Every stream has an event, and positions have few gaps: otherwise the numbers are not those of a server.
  const count = integerColumn(db.prepare('SELECT count(*) AS events FROM events').get()?.events);
  if (streams > count || span > 2 * count) return null;
  return {
    path,
    keyFolder: keyFolder ?? null,
    first,
    last,
    from,
    streams,
    shared: new SharedArrayBuffer(SHARE.bytes),
    threads,
    levels: new SharedArrayBuffer(bytesOfLevels(span)),
    present: new SharedArrayBuffer(span),
  };
};

const unavailable = (reason: string): E.Either<StoreError, never> => E.left({ type: 'Unavailable', reason });

const latestOf = (parts: ReadonlyArray<VerifiedStreams>): string =>
  parts.reduce((last, part) => laterOf(last, part.latest), '');

const inThreads = async (
  job: VerifyJob,
  { entry = ENTRY }: ThreadOptions,
  onProgress: (done: number, all: number) => void,
  signal: AbortSignal | undefined,
): Promise<E.Either<StoreError, AuditReport | null>> => {
  const between = makeCheckBetweenStreams();
  const parts: VerifiedStreams[] = [];
  let crosswise: ReadonlyArray<Finding> = [];
  const heard: Heard = {
    ends: (json) => (JSON.parse(json) as ReadonlyArray<EndedStream>).forEach(between.add),
    verified: (part) => {
      parts.push(part);
      // While the threads hash the tree.
      if (parts.length === job.threads) crosswise = between.findings(latestOf(parts));
    },
  };
  const workers: Worker[] = [];
  const done = new Int32Array(job.shared);
  const all = job.last - job.first + 1;
  const timer = setInterval(() => onProgress(Atomics.load(done, SHARE.done), all), PROGRESS_MS);
  const end = (): void => {
    for (const worker of workers) worker.terminate().catch(() => undefined);
  };
  signal?.addEventListener('abort', end, { once: true });
  try {
    const running = Array.from({ length: job.threads }, () =>
      runThread(job, entry, heard, (worker) => workers.push(worker)),
    );
    const counted = await Promise.all(running);
    const events = parts.reduce((sum, part) => sum + part.events, 0);
    const rows = counted.reduce((sum: number, some) => sum + (some ?? 0), 0);
    if (counted.includes(null) || rows !== events) return E.right(null);
    const list = makeFindingList(job.from);
    list.add(gapsOf(job));
    for (const part of parts) list.add(part.findings, part.more);
    const tree = treeOf(job, events);
    list.add([...crosswise, ...findWrongHeads(between.heads(), tree, isNoteSignedBy)]);
    onProgress(all, all);
    return E.right({
      events,
      streams: parts.reduce((sum, part) => sum + part.streams, 0),
      erased: parts.reduce((sum, part) => sum + part.erased, 0),
      position: job.last,
      ...list.all(),
      tree,
    });
  } catch (thrown) {
    return unavailable(
      signal?.aborted === true ? 'nobody waits any more' : `a thread that verifies failed: ${messageOf(thrown)}`,
    );
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', end);
    end();
  }
};

/**
 * Verifies the log of a data file, also beside a running server: streams in threads, each stream by itself, then what only
 * all of them show, and the tree over all events in their order. What is irregular, or too short for threads, is walked in the
 * order of the log by the thread that asks: both say the same.
 */
export const verifyDataFile =
  (path: string, options: ThreadOptions = {}): VerifyLog =>
  async (onProgress, range = { from: 0, to: Number.MAX_SAFE_INTEGER }, signal, coresTaken = 0) => {
    const file = openDataFileReadOnly(path);
    if (E.isLeft(file)) return unavailable(describeDataFileError(file.left));
    const { db } = file.right;
    const foreign = addedToSchema(db).map((what): Finding => {
      const reason = `the data file has ${what}, which this program does not make`;
      return { kind: 'schema', stream: '', revision: -1, position: 0, reason };
    });
    const withForeign = (report: AuditReport) => ({ ...report, findings: [...foreign, ...report.findings] });
    try {
      // A damaged file fails here too; the walk then says where.
      const plan = E.tryCatch(
        () => planOf(db, path, range, { threads: allThreads(coresTaken), ...options }),
        messageOf,
      );
      const threaded =
        E.isLeft(plan) || plan.right === null
          ? E.right(null)
          : await inThreads(plan.right, options, onProgress, signal);
      if (E.isLeft(threaded)) return threaded;
      if (threaded.right !== null) return E.right(withForeign(threaded.right));
      const store = makeReadOnlyEventStore(file.right);
      if (E.isLeft(store)) return unavailable(describeDataFileError(store.left));
      const keys = keysOfFolder(options.keyFolder ?? null);
      if (E.isLeft(keys)) return unavailable(keys.left);
      const hashes = { sha256: sha256Hex, sha256Bytes, isSigned: isNoteSignedBy, keys: keys.right, isGapless: true };
      return pipe(await verifyEvents(store.right, hashes, onProgress, range), E.map(withForeign));
    } finally {
      file.right.close();
    }
  };
