import * as E from 'fp-ts/lib/Either.js';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { EventStore } from '../../application/ports/event-store.ts';
import { numberOf as numberIn } from '../../projections/projection.ts';
import { openReadModel, type ReadModel } from './read-model.ts';
import { makePrivateFile, makePrivateFolder } from '../sqlite/private-files.ts';

/** Names the generation that is in use: a file of one line, only ever replaced whole. */
const POINTER = 'read-model.current';
const generationName = (generation: number): string => `read-model-${generation}.sqlite`;
const generationPattern = /^read-model-([1-9]\d{0,9})\.sqlite$/;

/** Left: another process holds it. Right: it is ours until released, or until this process dies. */
export type FileLock = (path: string) => E.Either<unknown, () => void>;

export const generationPath = (folder: string, generation: number): string => join(folder, generationName(generation));

/** The lock of a rebuild: one at a time in a folder. */
export const rebuildLockPath = (folder: string): string => join(folder, 'read-model.rebuild');

const numberOf = (name: string): ReadonlyArray<number> => {
  const [, digits] = generationPattern.exec(name) ?? [];
  return digits === undefined ? [] : [Number(digits)];
};

const isMissing = (thrown: unknown): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';

/** The generation in use; null when there is none yet. */
export const currentGeneration = (folder: string): number | null => {
  try {
    const [generation] = numberOf(readFileSync(join(folder, POINTER), 'utf8').trim());
    return generation ?? null;
  } catch (thrown) {
    if (isMissing(thrown)) return null;
    throw thrown;
  }
};

/**
 * Calls `tell` once when the pointer is replaced. Some file systems (NFS, FUSE) report nothing. Only the file that is
 * there now is watched, so the next replacement needs another call. The answer stops the watch.
 */
export const onceReplaced = (folder: string, tell: () => void): (() => void) => {
  try {
    const watcher = watch(join(folder, POINTER), { persistent: false });
    const stop = (): void => watcher.close();
    watcher.once('change', () => {
      stop();
      tell();
    });
    watcher.once('error', stop);
    return stop;
  } catch {
    // No file, or more watches than the machine allows: the caller checks from time to time all the same.
    return () => undefined;
  }
};

export const generationsIn = (folder: string): ReadonlyArray<number> => readdirSync(folder).flatMap(numberOf);

/** A number that no generation has and that the pointer does not name. */
export const nextGeneration = (folder: string): number =>
  Math.max(0, currentGeneration(folder) ?? 0, ...generationsIn(folder)) + 1;

export const makeFolder = (folder: string): void => {
  makePrivateFolder(folder, 'read-model');
};

const syncFile = (path: string): void => {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

/** Switches to a finished generation in one step: a reader sees the old one or the new one. Both are durable. */
export const pointTo = (folder: string, generation: number): void => {
  syncFile(generationPath(folder, generation));
  const draft = join(folder, `${POINTER}.new`);
  makePrivateFile(draft);
  const file = openSync(draft, 'w');
  try {
    writeSync(file, `${generationName(generation)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, join(folder, POINTER));
  syncFile(folder);
};

export const removeGeneration = (folder: string, generation: number): void => {
  const path = generationPath(folder, generation);
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
};

/** Deletes what is neither in use nor being built: old generations, and what a killed rebuild left. */
export const removeUnused = (folder: string, lock: FileLock): void => {
  const current = currentGeneration(folder);
  for (const generation of generationsIn(folder).filter((one) => one !== current)) {
    const path = generationPath(folder, generation);
    const locked = lock(path);
    if (E.isLeft(locked)) continue;
    removeGeneration(folder, generation);
    locked.right();
    rmSync(`${path}.lock`, { force: true });
  }
};

/** For a folder without a log: its read models belong to none. */
export const removeAllGenerations = (folder: string): void => {
  rmSync(join(folder, POINTER), { force: true });
  for (const generation of generationsIn(folder)) removeGeneration(folder, generation);
};

/** How far in the log a read model has got: what is known of a log without reading it. */
export type KnownPosition = { readonly path: string; readonly position: number };

/** What the generation in use knows of its log; null: there is none, or it cannot be read, and is built anew then. */
export const knownPosition = (folder: string): KnownPosition | null => {
  try {
    const generation = currentGeneration(folder);
    const path = generation === null ? '' : generationPath(folder, generation);
    if (path === '' || !existsSync(path)) return null;
    const db = new DatabaseSync(path, { readOnly: true });
    try {
      const row = db.prepare('SELECT coalesce(max(position), 0) AS position FROM checkpoints').get();
      return row === undefined ? null : { path, position: numberIn(row, 'position') };
    } finally {
      db.close();
    }
  } catch {
    return null;
  }
};

/** A generation that is open and locked, so that nobody deletes it. `close` lets it go. */
export type OpenGeneration = { readonly generation: number; readonly model: ReadModel; readonly close: () => void };

type Log = Pick<EventStore, 'readAt'>;

/** Every checkpoint must name an event that this log has at that position; otherwise the rows belong to another log. */
const isOfLog = async (log: Log, model: ReadModel): Promise<boolean> => {
  for (const { position, eventId } of model.checkpoints().values()) {
    if (position === 0) continue;
    const found = await log.readAt(position)();
    if (E.isLeft(found)) throw new Error('the log cannot be read', { cause: found.left });
    if (found.right?.id !== eventId) return false;
  }
  return true;
};

const openOf = (path: string): ReadModel | null => {
  try {
    return openReadModel(path);
  } catch {
    // Damaged or gone. Nothing is lost, since everything in it comes from the log: null has it built anew.
    return null;
  }
};

/** Opens the generation in use; null when there is none that fits this program and this log. */
export const openCurrent = async (folder: string, log: Log, lock: FileLock): Promise<OpenGeneration | null> => {
  const generation = currentGeneration(folder);
  if (generation === null) return null;
  const locked = lock(generationPath(folder, generation));
  if (E.isLeft(locked)) return null;
  const model = openOf(generationPath(folder, generation));
  if (model !== null && (await isOfLog(log, model))) {
    const close = (): void => {
      model.close();
      locked.right();
    };
    return { generation, model, close };
  }
  model?.close();
  locked.right();
  return null;
};
