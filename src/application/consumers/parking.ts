import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { StoreError } from '../ports/event-store.ts';
import type { ConsumerDependencies } from './consumer.ts';
import type { KeyedParkedMessage, WaitingMessage } from './consumer-state.ts';
import { backoffWithJitter, makeStopSignal } from './waiting.ts';
import { messageOf } from '../../domain/unknown.ts';

/** Parked messages, wherever they are kept. */
export type Parking = {
  readonly list: () => TaskEither<StoreError, ReadonlyArray<KeyedParkedMessage>>;
  /** Takes parked messages back to be handled by this node; all of the group, or the one at the position. */
  readonly takeBack: (
    group: string,
    position: number | undefined,
  ) => TaskEither<StoreError, ReadonlyArray<WaitingMessage>>;
  /** Something was parked here: all nodes are to see it. */
  readonly publish: () => void;
  /** A message that was taken back is done. */
  readonly forget: (group: string, position: number) => void;
  readonly stop: () => Promise<void>;
};

const STAYS_LISTED = 'what an operator had asked for again is done, but stays on the list';

type Answer<A> = Promise<E.Either<StoreError, A>>;

/**
 * One process alone keeps parked messages in its consumer state. Of several nodes each puts what it parks on the list that
 * all share; until that is done it is kept in the node's own state, so that no outage of the log loses it.
 */
export const makeParking = ({ state, shared, clock, random, onProblem }: ConsumerDependencies): Parking => {
  const inState = <A>(task: () => Promise<A>): TaskEither<StoreError, A> => TE.tryCatch(task, state.toStoreError);
  if (shared === undefined) {
    return {
      list: () => inState(() => state.parked(undefined)),
      takeBack: (group, position) => inState(() => state.unpark(group, position, clock.now())),
      publish: () => undefined,
      forget: () => undefined,
      stop: () => Promise.resolve(),
    };
  }

  const stop = makeStopSignal(clock);
  const report = (what: string, { type }: StoreError): void => onProblem({ group: 'all', message: `${what}: ${type}` });

  const publishOnce = async (): Answer<void> => {
    const own = await inState(() => state.parked(undefined))();
    if (E.isLeft(own) || own.right.length === 0)
      return pipe(
        own,
        E.map(() => undefined),
      );
    const told = await shared.park(own.right)();
    if (E.isLeft(told)) return told;
    for (const [group, messages] of Map.groupBy(own.right, (message) => message.group)) {
      const positions = messages.map(({ position }) => position);
      const done = await inState(() => state.adjust(group, { put: [], remove: [], unparked: positions }))();
      if (E.isLeft(done)) return done;
    }
    return E.right(undefined);
  };
  let last: Promise<unknown> = Promise.resolve();
  /** One at a time, each after what was parked before it. */
  const published = (): Answer<void> => {
    const mine = last.then(publishOnce, publishOnce);
    last = mine;
    return mine;
  };
  const publishUntilDone = async (): Promise<void> => {
    for (let attempt = 1; !stop.stopped(); attempt += 1) {
      const told = await published().catch((thrown: unknown) => E.left(state.toStoreError(thrown)));
      if (E.isRight(told)) return;
      report('what is parked here could not be told to the other nodes', told.left);
      await stop.pause(backoffWithJitter(attempt, random));
    }
  };
  let publishing: Promise<void> | undefined;
  let again = false;
  const publish = (): void => {
    again = publishing !== undefined;
    publishing ??= publishUntilDone().finally(() => {
      publishing = undefined;
      if (again && !stop.stopped()) publish();
    });
  };

  /** Kept here before it leaves the list: a node that dies in between leaves a message that comes twice, not one that is lost. */
  const takeBack = async (group: string, position: number | undefined): Answer<ReadonlyArray<WaitingMessage>> => {
    const told = await published();
    if (E.isLeft(told)) return told;
    const listed = await shared.parked()();
    if (E.isLeft(listed)) return listed;
    const put = listed.right
      .filter((message) => message.group === group && (position === undefined || message.position === position))
      .map(({ position: at, key, reason }): WaitingMessage => ({
        position: at,
        key,
        attempts: 0,
        dueAt: clock.now(),
        waitMs: 0,
        reason,
        replayed: true,
      }));
    if (put.length === 0) return E.right([]);
    const kept = await inState(() => state.adjust(group, { put, remove: [], unparked: [] }))();
    if (E.isLeft(kept)) return kept;
    const taken = await shared.take(
      group,
      put.map((message) => message.position),
    )();
    const isOurs = (message: WaitingMessage): boolean => E.isRight(taken) && taken.right.includes(message.position);
    const remove = put.filter((message) => !isOurs(message)).map((message) => message.position);
    const dropped = await inState(() => state.adjust(group, { put: [], remove, unparked: [] }))();
    if (E.isLeft(taken)) return taken;
    return pipe(
      dropped,
      E.map(() => put.filter(isOurs)),
    );
  };

  return {
    list: () => async () => {
      const told = await published();
      return E.isLeft(told) ? told : shared.parked()();
    },
    takeBack: (group, position) => () => takeBack(group, position),
    publish,
    forget: (group, position) => {
      shared
        .take(group, [position])()
        .then(
          (taken) => {
            if (E.isLeft(taken)) report(STAYS_LISTED, taken.left);
          },
          (thrown: unknown) => onProblem({ group, message: `${STAYS_LISTED}: ${messageOf(thrown)}` }),
        );
    },
    stop: async () => {
      stop.stop();
      await publishing;
    },
  };
};
