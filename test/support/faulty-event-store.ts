import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { EventStore, StoreError } from '../../src/application/ports/event-store.ts';

/**
 * What happens to one call that writes. `timeout-after-commit`: it is written, the answer never comes. `connection-lost`: the
 * request never arrives. `duplicate`: it arrives twice. `reorder`: its answer is overtaken by that of a later call.
 */
export type Fault = 'none' | 'timeout-after-commit' | 'connection-lost' | 'duplicate' | 'reorder';

/** Numbers from 0 to 1 that repeat with their seed (mulberry32). */
export const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const lost: StoreError = { type: 'OutcomeUnknown', reason: 'no answer came (a fault of the test)' };

/** Holds an answer back until another call was answered, unless none is under way. */
const createOvertaking = () => {
  let underWay = 0;
  const held: Array<() => void> = [];
  const letGo = (): void => {
    for (const release of held.splice(0)) release();
  };
  return async <A>(task: TaskEither<StoreError, A>, isHeld: boolean): Promise<E.Either<StoreError, A>> => {
    underWay += 1;
    const answer = await task();
    if (isHeld && underWay > held.length + 1) await new Promise<void>((release) => void held.push(release));
    underWay -= 1;
    // Those who wait for each other alone would wait for ever.
    if (!isHeld || underWay === held.length) letGo();
    return answer;
  };
};

const suffer = <A>(task: TaskEither<StoreError, A>, fault: Fault): TaskEither<StoreError, A> => {
  switch (fault) {
    case 'none':
    case 'reorder':
      return task;
    case 'connection-lost':
      return async () => E.left(lost);
    case 'timeout-after-commit':
      return async () => {
        await task();
        return E.left(lost);
      };
    case 'duplicate':
      return async () => {
        const [first] = await Promise.all([task(), task()]);
        return first;
      };
  }
};

/** Loses requests and answers of writes, sends some twice, and lets answers overtake each other, as the plan says call by call. */
export const faulty = (store: EventStore, nextFault: () => Fault): EventStore => {
  const overtaking = createOvertaking();
  const under = <A>(task: TaskEither<StoreError, A>): TaskEither<StoreError, A> => {
    return async () => {
      const fault = nextFault();
      return overtaking(suffer(task, fault), fault === 'reorder');
    };
  };
  return {
    ...store,
    append: (append) => under(store.append(append)),
    appendInOrder: (appends) => under(store.appendInOrder(appends)),
  };
};

/** What every caller of the port has to do with an unknown outcome: the same ids, the same expectation, again. */
export const repeating = (store: EventStore): EventStore => {
  const again =
    <A>(task: TaskEither<StoreError, A>): TaskEither<StoreError, A> =>
    async () => {
      let result = await task();
      while (E.isLeft(result) && result.left.type === 'OutcomeUnknown') result = await task();
      return result;
    };
  return {
    ...store,
    append: (append) => again(store.append(append)),
    appendInOrder: (appends) => again(store.appendInOrder(appends)),
  };
};
