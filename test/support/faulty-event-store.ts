import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { EventStore, StoreError } from '../../src/application/ports/event-store.ts';

/** What happens to one call that writes. */
export type Fault = 'none' | 'answer-lost' | 'request-lost' | 'sent-twice';

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

const suffer = <A>(task: TaskEither<StoreError, A>, fault: Fault): TaskEither<StoreError, A> => {
  switch (fault) {
    case 'none':
      return task;
    case 'request-lost':
      return async () => E.left(lost);
    case 'answer-lost':
      return async () => {
        await task();
        return E.left(lost);
      };
    case 'sent-twice':
      return async () => {
        const [first] = await Promise.all([task(), task()]);
        return first;
      };
  }
};

/** Loses requests and answers of writes, and sends some twice, as the plan says call by call. */
export const faulty = (store: EventStore, nextFault: () => Fault): EventStore => ({
  ...store,
  append: (append) => async () => suffer(store.append(append), nextFault())(),
  appendInOrder: (appends) => async () => suffer(store.appendInOrder(appends), nextFault())(),
});

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
