import type { StoreError, EventStore } from '../../application/ports/event-store.ts';
import { DatabaseSync } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { type EventFold, foldEvents, decodeTrusted } from './fold-events.ts';
import {
  type FileLock,
  generationPath,
  makeFolder,
  nextGeneration,
  pointTo,
  rebuildLockPath,
  removeGeneration,
  removeUnused,
} from './generations.ts';
import { createIndexes, createTables, writeFold } from './read-model.ts';
import { makePrivateFile } from '../sqlite/private-files.ts';
import { messageOf, reasonOf } from '../../domain/unknown.ts';

/** Why there is no new read model. The old one, if any, stays in use. */
export type RebuildError =
  | { readonly type: 'RebuildInProgress' }
  /** An event that a projection cannot fold: the old read model stays in use. `reason` names position and stream. */
  | { readonly type: 'EventNotFolded'; readonly projection: string; readonly reason: string }
  /** The log cannot be read. */
  | { readonly type: 'LogUnreadable'; readonly error: StoreError }
  /** The new file cannot be written. */
  | { readonly type: 'FileFailure'; readonly reason: string }
  | { readonly type: 'Aborted' };

/** One line for the operator. */
export const describeRebuildError = (error: RebuildError): string => {
  switch (error.type) {
    case 'EventNotFolded':
      return `the read model cannot be built: projection ${error.projection}: ${error.reason}`;
    case 'LogUnreadable':
      return `the log cannot be read: ${reasonOf(error.error)}`;
    case 'FileFailure':
      return `the read model cannot be written: ${error.reason}`;
    case 'RebuildInProgress':
      return 'another process is building the read model';
    case 'Aborted':
      return 'it was called off';
  }
};

/** Events that are read at a time; the event loop gets its turn after each page. */
const PAGE_EVENTS = 1_000;
/** Rows of each projection in memory before they are written, and how many are kept then: about 3 KB for a booking. */
const MOST_HELD_ROWS = 20_000;
const KEPT_ROWS = 5_000;
/** KiB of SQLite's page cache while building. */
const CACHE_KIB = 32_000;

/** Positions in the log: how far the new file has got, and where the log ended when last looked. */
export type RebuildProgress = { readonly done: number; readonly total: number };
export type Rebuilt = { readonly generation: number; readonly position: number; readonly events: number };

export type RebuildDeps = {
  readonly log: Pick<EventStore, 'readAll' | 'head'>;
  /** The data folder. */
  readonly folder: string;
  readonly lock: FileLock;
  readonly onProgress?: (progress: RebuildProgress) => void;
  readonly signal?: AbortSignal;
};

type Folded = { readonly position: number; readonly events: number };

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const stoppedBy = (fold: EventFold): E.Either<RebuildError, void> => {
  for (const [projection, { stopped }] of fold.checkpoints())
    if (stopped !== null) return E.left({ type: 'EventNotFolded', projection, reason: stopped });
  return E.right(undefined);
};

const makeRoom = (fold: EventFold, write: (fold: EventFold) => void): void => {
  if (fold.projectors.every((projector) => projector.size() < MOST_HELD_ROWS)) return;
  write(fold);
  for (const projector of fold.projectors) projector.trim(KEPT_ROWS);
};

/** Folds the log from its beginning until nothing more comes. */
const foldLog = async (
  { log, onProgress, signal }: RebuildDeps,
  fold: EventFold,
  write: (fold: EventFold) => void,
): Promise<E.Either<RebuildError, Folded>> => {
  let done: Folded = { position: 0, events: 0 };
  for (;;) {
    if (signal?.aborted === true) return E.left({ type: 'Aborted' });
    const [page, head] = [await log.readAll(done.position, PAGE_EVENTS)(), await log.head()()];
    if (E.isLeft(page)) return E.left({ type: 'LogUnreadable', error: page.left });
    if (E.isLeft(head)) return E.left({ type: 'LogUnreadable', error: head.left });
    const last = page.right.at(-1);
    if (last === undefined) return E.right(done);
    for (const event of page.right) fold.fold(event);
    const stopped = stoppedBy(fold);
    if (E.isLeft(stopped)) return stopped;
    makeRoom(fold, write);
    done = { position: last.position, events: done.events + page.right.length };
    onProgress?.({ done: done.position, total: Math.max(done.position, head.right) });
    await nextTurn();
  }
};

/** One transaction without a journal: a file that is not finished is never looked at, only deleted. */
const build = async (deps: RebuildDeps, path: string): Promise<E.Either<RebuildError, Folded>> => {
  makePrivateFile(path);
  const db = new DatabaseSync(path);
  try {
    // A row that is written over leaves nothing behind: people are forgotten.
    db.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON;
      PRAGMA cache_size = -${CACHE_KIB}; BEGIN`);
    createTables(db);
    const fold = foldEvents(db, decodeTrusted);
    fold.reset(new Map());
    const write = writeFold(db);
    const folded = await foldLog(deps, fold, write);
    if (E.isLeft(folded)) return folded;
    write(fold);
    createIndexes(db);
    db.exec('COMMIT; PRAGMA journal_mode = WAL');
    return folded;
  } finally {
    db.close();
  }
};

const buildAndSwitch = async (deps: RebuildDeps): Promise<E.Either<RebuildError, Rebuilt>> => {
  const { folder, lock } = deps;
  removeUnused(folder, lock);
  const generation = nextGeneration(folder);
  const path = generationPath(folder, generation);
  const locked = lock(path);
  if (E.isLeft(locked)) return E.left({ type: 'RebuildInProgress' });
  try {
    const built = await build(deps, path);
    if (E.isLeft(built)) {
      removeGeneration(folder, generation);
      return built;
    }
    pointTo(folder, generation);
    removeUnused(folder, lock);
    return E.right({ generation, ...built.right });
  } finally {
    locked.right();
  }
};

/**
 * Builds the whole read model anew from the log, in a file beside the one in use, and switches to it when it is at the
 * head. Reads the log and writes that file; it has no way to anything else, so it causes no effect (I7). Works beside a
 * running server, which notices the switch. Killed at any instant, it leaves the old one in use; the next one cleans up.
 */
export const rebuildReadModel =
  (deps: RebuildDeps): TaskEither<RebuildError, Rebuilt> =>
  async () => {
    try {
      makeFolder(deps.folder);
      const locked = deps.lock(rebuildLockPath(deps.folder));
      if (E.isLeft(locked)) return E.left({ type: 'RebuildInProgress' });
      try {
        return await buildAndSwitch(deps);
      } finally {
        locked.right();
      }
    } catch (thrown) {
      return E.left({ type: 'FileFailure', reason: messageOf(thrown) });
    }
  };
