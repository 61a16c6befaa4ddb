import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { ConsumerState } from '../../../src/application/consumers/consumer-state.ts';
import type { Clock } from '../../../src/application/ports/clock-and-ids.ts';
import type { EventStore, StoreError } from '../../../src/application/ports/event-store.ts';
import type { TestClock } from '../../support/clock.ts';

/**
 * What becomes of one call of a node: it takes `ms`, and then it is done and answered, never arrives, or is done and its
 * answer lost.
 */
export type Fate = { readonly ms: number; readonly arrives: boolean; readonly isAnswered: boolean };
export const well = (ms: number): Fate => ({ ms, arrives: true, isAnswered: true });

/** Everything that one run of a node does passes here, so that a kill stops it in the middle of anything. */
export type Door = {
  readonly name: string;
  /** Counts the starts of all nodes: which run of which node it was. */
  readonly run: number;
  readonly isDead: () => boolean;
  /** As SIGKILL: nothing that it was doing goes on. What has arrived elsewhere by then has. */
  readonly kill: () => void;
  /** Milliseconds by the clock; never over for one that was killed. */
  readonly pause: (ms: number) => Promise<void>;
  /** One call to the world: `lost` is what its caller is told where the call, or its answer, did not get through. */
  readonly call: <L, A>(
    fate: Fate,
    task: TaskEither<L, A>,
    lost: (hasArrived: boolean) => L,
  ) => Promise<E.Either<L, A>>;
};

const never = <A>(): Promise<A> => new Promise(() => undefined);

export const makeDoor = (name: string, run: number, clock: TestClock): Door => {
  let hasEnded = false;
  const isDead = () => hasEnded;
  const pause = async (ms: number): Promise<void> => {
    if (ms > 0) await new Promise<void>((resolve) => clock.at(clock.now() + Math.ceil(ms), resolve));
    if (isDead()) await never();
  };
  return {
    name,
    run,
    isDead,
    kill: () => void (hasEnded = true),
    pause,
    call: async (fate, task, lost) => {
      await pause(fate.ms / 2);
      const answer = fate.arrives ? await task() : null;
      await pause(fate.ms / 2);
      return answer === null || !fate.isAnswered ? E.left(lost(answer !== null)) : answer;
    },
  };
};

/** The clock of one node: `skewMs` ahead of the others', and still once the node is dead. */
export const clockOf = (clock: TestClock, door: Door, skewMs = 0): Clock => ({
  now: () => clock.now() + skewMs,
  elapsed: clock.elapsed,
  at: (epochMs, callback) => clock.at(Math.ceil(epochMs - skewMs), () => (door.isDead() ? undefined : callback())),
});

/** A data folder: it outlives the node, and takes nothing of one that is dead. */
export const folderOf = (state: ConsumerState, door: Door): ConsumerState => {
  const alive =
    <Args extends ReadonlyArray<unknown>, A>(task: (...args: Args) => Promise<A>) =>
    (...args: Args): Promise<A> =>
      door.isDead() ? never() : task(...args);
  return {
    load: alive(state.load),
    save: alive(state.save),
    parked: alive(state.parked),
    unpark: alive(state.unpark),
    adjust: alive(state.adjust),
    counts: alive(state.counts),
    toStoreError: state.toStoreError,
  };
};

/** What the log is to one node. `isAway`: it can neither be read nor written, and subscriptions break. */
export type LogFates = { readonly isAway: () => boolean; readonly next: () => Fate };

/** Milliseconds after which a call to a log that is away is given up, as the adapter of EventStoreDB does. */
const TIME_LIMIT_MS = 1_000;
const away: StoreError = { type: 'Unavailable', reason: 'away (a fault of the test)' };
const unknown: StoreError = { type: 'OutcomeUnknown', reason: 'no answer came (a fault of the test)' };

/** The log as one node has it: several appends in order are not one transaction, as on EventStoreDB. */
export const logOf = (store: EventStore, door: Door, { isAway, next }: LogFates): EventStore => {
  const read = <A>(task: TaskEither<StoreError, A>): TaskEither<StoreError, A> => {
    return () =>
      isAway()
        ? door.call({ ms: TIME_LIMIT_MS, arrives: false, isAnswered: false }, task, () => away)
        : door.call(well(next().ms), task, () => away);
  };
  const write = <A>(task: TaskEither<StoreError, A>): TaskEither<StoreError, A> => {
    return () =>
      isAway()
        ? door.call({ ms: TIME_LIMIT_MS, arrives: false, isAnswered: false }, task, () => unknown)
        : door.call(next(), task, () => unknown);
  };
  const append: EventStore['append'] = (one) => write(store.append(one));
  return {
    ...store,
    append,
    appendInOrder: (appends) => async () => {
      const results = [];
      for (const one of appends) {
        const result = await append(one)();
        if (E.isLeft(result)) return result;
        results.push(result.right);
      }
      return E.right(results);
    },
    readStream: (...args) => read(store.readStream(...args)),
    readAll: (...args) => read(store.readAll(...args)),
    readAt: (position) => read(store.readAt(position)),
    head: () => read(store.head()),
    subscribe: (options) =>
      store.subscribe({
        ...options,
        onEvents: async (events) => {
          await door.pause(0);
          if (isAway()) throw new Error('the subscription broke (a fault of the test)');
          await options.onEvents(events);
        },
      }),
    close: async () => undefined,
  };
};
