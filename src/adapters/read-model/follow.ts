import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../../application/ports/clock-and-ids.ts';
import type { EventStore } from '../../application/ports/event-store.ts';
import { type FileLock, currentGeneration, onceReplaced, type OpenGeneration, openCurrent } from './generations.ts';
import { type ReadModel, bookingsCheckpoint } from './read-model.ts';

/** Those who wait for a position of the log. */
type PositionWaits = {
  /** True once `reached` was called with the position or a later one; false after `ms` milliseconds or when `signal` aborts. */
  readonly wait: (position: number, ms: number, signal: AbortSignal) => Promise<boolean>;
  readonly reached: (position: number) => void;
  /** Nothing more will come: everybody who waits gets false. */
  readonly giveUp: () => void;
};

type PositionWait = { readonly position: number; readonly settle: (reached: boolean) => void };

export const makePositionWaits = (clock: Clock): PositionWaits => {
  const waiting = new Set<PositionWait>();
  return {
    wait: (position, ms, signal) =>
      new Promise((resolve) => {
        const settle = (reached: boolean): void => {
          waiting.delete(wait);
          cancel();
          signal.removeEventListener('abort', abort);
          resolve(reached);
        };
        const abort = (): void => settle(false);
        const wait = { position, settle };
        const cancel = clock.at(clock.now() + ms, () => settle(false));
        waiting.add(wait);
        if (signal.aborted) settle(false);
        else signal.addEventListener('abort', abort);
      }),
    reached: (position) => {
      for (const wait of waiting) if (wait.position <= position) wait.settle(true);
    },
    giveUp: () => {
      for (const wait of waiting) wait.settle(false);
    },
  };
};

/** Milliseconds between two checks of which generation is in use, where the file system reports nothing. */
export const GENERATION_CHECK_MS = 60_000;
const PAGE_EVENTS = 500;
/**
 * Turns of the event loop between two batches. An idle loop turns at once; a busy one collects more events meanwhile, so
 * that a booking's row is written once for several of them.
 */
const TURNS_BETWEEN_BATCHES = 10;

type FollowDeps = {
  readonly store: Pick<EventStore, 'subscribe' | 'readAll' | 'readAt'>;
  readonly folder: string;
  readonly clock: Clock;
  readonly lock: FileLock;
  /** Aborted when the program stops. */
  readonly signal: AbortSignal;
  /** After each batch is in the file. */
  readonly onBatch: () => void;
};

type Change = 'switched' | 'stopped';

/** Resolves when another generation is in use, or when the program stops. */
const nextChange = ({ folder, clock, signal }: FollowDeps, generation: number) => {
  let cancel = (): void => {};
  let unwatch = (): void => {};
  let end = (): void => {};
  const change = new Promise<Change>((resolve, reject) => {
    const look = (): void => {
      cancel();
      unwatch();
      try {
        // Begun before the check, so that a change meanwhile is not missed.
        unwatch = onceReplaced(folder, look);
        const current = currentGeneration(folder);
        if (current !== null && current !== generation) resolve('switched');
        else cancel = clock.at(clock.now() + GENERATION_CHECK_MS, look);
      } catch (thrown) {
        reject(thrown);
      }
    };
    const stop = (): void => resolve('stopped');
    signal.addEventListener('abort', stop);
    end = () => {
      cancel();
      unwatch();
      signal.removeEventListener('abort', stop);
    };
    if (signal.aborted) stop();
    else look();
  });
  return { change, end: () => end() };
};

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const yieldToOthers = async (): Promise<void> => {
  for (let turn = 0; turn < TURNS_BETWEEN_BATCHES; turn += 1) await nextTurn();
};

/** What is shown never goes back: a new generation catches up with the old one before it takes over. */
const catchUp = async ({ store, signal }: FollowDeps, model: ReadModel, until: number): Promise<void> => {
  for (let at = bookingsCheckpoint(model).position; at < until && !signal.aborted;) {
    const page = await store.readAll(at, PAGE_EVENTS)();
    if (E.isLeft(page)) throw new Error('the log cannot be read', { cause: page.left });
    const last = page.right.at(-1);
    if (last === undefined) return;
    model.apply(page.right);
    at = last.position;
    await nextTurn();
  }
};

const openNext = async (deps: FollowDeps, current: OpenGeneration): Promise<OpenGeneration> => {
  const next = await openCurrent(deps.folder, deps.store, deps.lock);
  if (next === null) throw new Error('the new read model cannot be opened');
  try {
    await catchUp(deps, next.model, bookingsCheckpoint(current.model).position);
    return next;
  } catch (thrown) {
    next.close();
    throw thrown;
  }
};

/**
 * Folds what the log brings into the open generation. Resolves with the next generation, caught up, or with null when
 * the program stops. Rejects when the subscription or the file breaks: nothing is lost, and it can be called again.
 */
export const follow = async (deps: FollowDeps, current: OpenGeneration): Promise<OpenGeneration | null> => {
  const { model, generation } = current;
  const watch = nextChange(deps, generation);
  const subscription = deps.store.subscribe({
    after: bookingsCheckpoint(model).position,
    onEvents: async (events) => {
      model.apply(events);
      deps.onBatch();
      await yieldToOthers();
    },
  });
  const ended = subscription.done.then((): Change => {
    if (!deps.signal.aborted) throw new Error('the subscription to the log ended');
    return 'stopped';
  });
  try {
    const change = await Promise.race([watch.change, ended]);
    if (change === 'stopped') return null;
  } finally {
    watch.end();
    ended.catch(() => undefined);
    await subscription.stop();
  }
  return openNext(deps, current);
};
