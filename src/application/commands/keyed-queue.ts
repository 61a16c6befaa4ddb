import type { Clock } from '../ports/clock-and-ids.ts';

/**
 * Runs one piece of work at a time for each key, in the order of the calls: commands on one stream do not race each
 * other within one process.
 */
export type KeyedQueue = <A>(key: string, work: () => Promise<A>) => Promise<A>;

export const makeKeyedQueue = (): KeyedQueue => {
  const tails = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const before = tails.get(key);
    const mine = before === undefined ? work() : before.then(work, work);
    tails.set(key, mine);
    const leave = () => {
      if (tails.get(key) === mine) tails.delete(key);
    };
    mine.then(leave, leave);
    return mine;
  };
};

/** Commands in one append, at most, so that it stays far below the largest one. */
const MOST_TOGETHER = 32;

type Batch<W> = { readonly waiting: Array<W>; isQueued: boolean };

/**
 * Collects what waits for one key and runs it together: all that comes in one turn, or while an earlier batch runs.
 * `canWait`: waits one turn of the event loop longer, for others. `onFault`: called where `run` rejects.
 */
export const makeBatches = <W>(
  queue: KeyedQueue,
  keyOf: (id: string) => string,
  run: (id: string, batch: ReadonlyArray<W>) => Promise<void>,
  onFault: (waiting: W, fault: unknown) => void,
): ((id: string, waiting: W, canWait: boolean) => void) => {
  const batches = new Map<string, Batch<W>>();
  const runNext = async (id: string): Promise<void> => {
    // So that calls of the same turn are in this batch.
    await Promise.resolve();
    const all = batches.get(id);
    if (all === undefined) return;
    const batch = all.waiting.splice(0, MOST_TOGETHER);
    batches.delete(id);
    if (all.waiting.length > 0) {
      batches.set(id, { ...all, isQueued: false });
      schedule(id);
    }
    try {
      await run(id, batch);
    } catch (fault) {
      for (const each of batch) onFault(each, fault);
    }
  };
  const schedule = (id: string): void => {
    const own = batches.get(id);
    if (own === undefined || own.isQueued) return;
    own.isQueued = true;
    queue(keyOf(id), () => runNext(id)).catch((fault: unknown) => {
      for (const each of own.waiting) onFault(each, fault);
    });
  };
  return (id, waiting, canWait) => {
    const own = batches.get(id) ?? { waiting: [], isQueued: false };
    batches.set(id, own);
    own.waiting.push(waiting);
    if (!canWait) schedule(id);
    else if (!own.isQueued) setImmediate(() => schedule(id));
  };
};

/**
 * Milliseconds that an outcome waits for others, at most. If the process dies in that time, a message may be sent
 * twice.
 */
export const GATHER_MS = 500;

/**
 * Lets outcomes of one booking that come at about the same time be written in one append: the confirmation in its
 * calendar, mails, webhooks. Finished work waits until no other work runs for the key, `GATHER_MS` at most.
 * `isPatient`: waits so long also for work that has not begun.
 */
export type Gathering = <A>(key: string, work: () => Promise<A>, isPatient?: boolean) => Promise<A>;

/** No outcome waits for others. */
export const apart: Gathering = (_, work) => work();

/** How much work runs for one key, and the finished work that waits for it. */
type Gathered = { atWork: number; readonly done: Set<() => void> };

export const makeGathering = (clock: Pick<Clock, 'now' | 'at'>): Gathering => {
  const kept = new Map<string, Gathered>();
  const forget = (key: string, { atWork, done }: Gathered): void => {
    if (atWork === 0 && done.size === 0) kept.delete(key);
  };
  const leave = (key: string, own: Gathered): void => {
    own.atWork -= 1;
    if (own.atWork > 0) return;
    for (const goOn of own.done) goOn();
    own.done.clear();
    forget(key, own);
  };
  const waitForOthers = async (key: string, own: Gathered): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    own.atWork -= 1;
    own.done.add(resolve);
    const cancel = clock.at(clock.now() + GATHER_MS, resolve);
    await promise;
    cancel();
    own.done.delete(resolve);
    forget(key, own);
  };
  return async (key, work, isPatient = false) => {
    const own = kept.get(key) ?? { atWork: 0, done: new Set() };
    kept.set(key, own);
    own.atWork += 1;
    let result;
    try {
      result = await work();
    } catch (fault) {
      leave(key, own);
      throw fault;
    }
    if (own.atWork > 1 || isPatient) await waitForOthers(key, own);
    else leave(key, own);
    return result;
  };
};
