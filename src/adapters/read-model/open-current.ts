import * as E from 'fp-ts/lib/Either.js';
import type { EventStore } from '../../application/ports/event-store.ts';
import type { FileLock } from './generations.ts';
import { currentGeneration, generationPath } from './generations.ts';
import type { ReadModel } from './read-model.ts';
import { openReadModel } from './read-model.ts';

/** A generation that is open and locked, so that nobody deletes it. `close` lets it go. */
export type OpenGeneration = { readonly generation: number; readonly model: ReadModel; readonly close: () => void };

type Log = Pick<EventStore, 'readAt'>;

/** Every checkpoint must name an event that this log has at that very place; else the rows are of another history. */
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
    // Damaged or gone: it holds nothing that the log does not, and null means that it will be built anew.
    return null;
  }
};

/** Opens the generation in use; null when there is none that this program and this log can go on with. */
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
