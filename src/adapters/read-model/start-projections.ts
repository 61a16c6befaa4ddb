import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../../application/ports/clock-and-ids.ts';
import type { EventStore } from '../../application/ports/event-store.ts';
import { backoffMs } from '../../domain/time/time.ts';
import { messageOf } from '../../domain/unknown.ts';
import { follow, makePositionWaits } from './follow.ts';
import {
  type OpenGeneration,
  type FileLock,
  generationPath,
  makeFolder,
  removeUnused,
  openCurrent,
} from './generations.ts';
import {
  makeListThread,
  type ReadModelReaders,
  type GenerationQueries,
  readersOf,
  generationQueries,
} from './readers.ts';
import { makeSightings } from './sightings.ts';
import type { CalendarSightings } from '../../application/watching/sightings.ts';
import { type RebuildProgress, rebuildReadModel, describeRebuildError } from './rebuild.ts';

/** How a projection stands. `lag`: positions of the log still to come. `stopped`: why it takes no more events. */
type ProjectionStatus = {
  readonly name: string;
  readonly checkpoint: number;
  readonly head: number;
  readonly lag: number;
  readonly stopped: string | null;
};

/**
 * How the read model stands. `generation` null: there is none to be shown yet. `building`: how far a new one has got.
 * `troubles`: what keeps it from following the log; empty when all is well.
 */
type ReadModelStatus = {
  readonly generation: number | null;
  readonly building: RebuildProgress | null;
  readonly troubles: ReadonlyArray<string>;
  readonly projections: ReadonlyArray<ProjectionStatus>;
};

/** When the head of the log cannot be read, the furthest checkpoint stands for it, and that is a trouble. */
const readModelStatus = async (
  log: Pick<EventStore, 'head'>,
  current: OpenGeneration | null,
  building: RebuildProgress | null,
  troubles: ReadonlyArray<string>,
): Promise<ReadModelStatus> => {
  const checkpoints = [...(current?.model.checkpoints() ?? [])];
  const furthest = Math.max(0, ...checkpoints.map(([, { position }]) => position));
  const asked = await log.head()();
  const head = E.isRight(asked) ? Math.max(asked.right, furthest) : furthest;
  return {
    generation: current?.generation ?? null,
    building,
    troubles: E.isRight(asked) ? troubles : [...troubles, 'the head of the log cannot be read'],
    projections: checkpoints.map(([name, { position, stopped }]) => ({
      name,
      checkpoint: position,
      head,
      lag: head - position,
      stopped,
    })),
  };
};

/** Milliseconds to wait before trying again: the first time, and at most. Doubled each time. */
const BACKOFF_MS = 100;
const MOST_BACKOFF_MS = 5_000;

type ProjectionsDeps = {
  readonly store: Pick<EventStore, 'subscribe' | 'readAll' | 'readAt' | 'head'>;
  /** The data folder; the read model's files lie in it. */
  readonly folder: string;
  readonly clock: Clock;
  readonly lock: FileLock;
  /** Called once for every trouble: a projection that stopped, a read model that cannot be built or written. */
  readonly onTrouble: (message: string) => void;
};

export type Projections = ReadModelReaders &
  CalendarSightings & {
    /** True once the lists have got to `position` in the log; false after `ms` milliseconds or when `signal` aborts. */
    readonly waitFor: (position: number, ms: number, signal: AbortSignal) => Promise<boolean>;
    /** How far in the log the lists have got; 0 while there is no read model. */
    readonly position: () => number;
    readonly status: () => Promise<ReadModelStatus>;
    /** Leaves nothing of what was written over in the file in use. Throws while somebody reads it. */
    readonly purge: () => boolean;
    /** Finishes the batch that is being folded and closes the file. */
    readonly stop: () => Promise<void>;
  };

const stoppedIn = ({ model }: OpenGeneration): ReadonlyArray<string> =>
  [...model.checkpoints().entries()].flatMap(([name, { stopped }]) =>
    stopped === null ? [] : [`projection ${name} has stopped at ${stopped}`],
  );

/**
 * Keeps the read model up with the log: opens the generation in use, or builds one; follows the log from its checkpoint;
 * switches when a rebuild has made a new one. Returns at once: until there is a read model, its readers say so.
 */
export const startProjections = (deps: ProjectionsDeps): Projections => {
  const { store, folder, clock, lock, onTrouble } = deps;
  const waits = makePositionWaits(clock);
  const lists = makeListThread(clock);
  const sightings = makeSightings(onTrouble);
  const stopping = new AbortController();
  const { signal } = stopping;
  let current: OpenGeneration | null = null;
  let queries: GenerationQueries | undefined;
  let building: RebuildProgress | null = null;
  let troubles: ReadonlyArray<string> = [];

  const position = (): number => queries?.position() ?? 0;
  const note = (now: ReadonlyArray<string>): void => {
    for (const message of now) if (!troubles.includes(message)) onTrouble(message);
    troubles = now;
  };
  const onBatch = (): void => {
    waits.reached(position());
    note(current === null ? [] : stoppedIn(current));
  };
  const use = (opened: OpenGeneration): void => {
    const old = current;
    current = opened;
    sightings.use(opened.model.db);
    queries = generationQueries(opened.model, generationPath(folder, opened.generation));
    lists.release();
    old?.close();
    removeUnused(folder, lock);
    onBatch();
  };

  const rebuild = async (): Promise<void> => {
    const onProgress = (progress: RebuildProgress): void => void (building = progress);
    building = { done: 0, total: 0 };
    const built = await rebuildReadModel({ log: store, folder, lock, onProgress, signal })();
    building = null;
    if (E.isLeft(built)) throw new Error(describeRebuildError(built.left));
    const opened = await openCurrent(folder, store, lock);
    if (opened === null) throw new Error('the read model that was just built cannot be opened');
    use(opened);
  };

  /** An event that stopped an older program may be known to this one, so a start tries again by a rebuild. */
  const begin = async (): Promise<void> => {
    makeFolder(folder);
    const found = await openCurrent(folder, store, lock);
    if (found !== null) use(found);
    if (found === null || stoppedIn(found).length > 0) await rebuild();
  };

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.at(clock.now() + ms, resolve);
      signal.addEventListener('abort', () => {
        cancel();
        resolve();
      });
    });

  const run = async (): Promise<void> => {
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        if (current === null) await begin();
        while (current !== null && !signal.aborted) {
          const next: OpenGeneration | null = await follow({ store, folder, clock, lock, signal, onBatch }, current);
          if (next !== null) use(next);
          failures = 0;
        }
      } catch (thrown) {
        if (signal.aborted) return;
        note([...troubles.filter((known) => known.startsWith('projection ')), messageOf(thrown)]);
        await pause(backoffMs(BACKOFF_MS, MOST_BACKOFF_MS, failures + 1));
      }
    }
  };

  const running = run();
  const stop = async (): Promise<void> => {
    stopping.abort();
    await running;
    waits.giveUp();
    queries = undefined;
    await lists.stop();
    current?.close();
    current = null;
  };
  const waitFor: Projections['waitFor'] = async (wanted, ms, callersSignal) =>
    position() >= wanted || waits.wait(wanted, ms, callersSignal);
  const status = (): Promise<ReadModelStatus> => readModelStatus(store, current, building, troubles);
  const purge = (): boolean => current?.model.purge() ?? true;
  return { ...readersOf(() => queries, lists), ...sightings, waitFor, position, status, purge, stop };
};
