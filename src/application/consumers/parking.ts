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
  /** Parked messages that this node handles again: all of the group, or the one at the position. */
  readonly takeBack: (
    group: string,
    position: number | undefined,
  ) => TaskEither<StoreError, ReadonlyArray<WaitingMessage>>;
  /** Makes what was parked here visible on all nodes. */
  readonly publish: () => void;
  /** A replayed message is done. */
  readonly forget: (group: string, position: number) => void;
  readonly stop: () => Promise<void>;
};

const STAYS_LISTED = 'a replayed message is done but stays listed as parked';

type Answer<A> = Promise<E.Either<StoreError, A>>;

/**
 * A process that has the log alone keeps parked messages in its consumer state. Where several nodes share a log, each puts
 * what it parks on a list that all share. Until that is done the message stays in the node's own state, so that an outage of
 * the log loses nothing.
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
    const published = await shared.park(own.right)();
    if (E.isLeft(published)) return published;
    for (const [group, messages] of Map.groupBy(own.right, (message) => message.group)) {
      const positions = messages.map(({ position }) => position);
      const done = await inState(() => state.adjust(group, { put: [], remove: [], unparked: positions }))();
      if (E.isLeft(done)) return done;
    }
    return E.right(undefined);
  };
  let last: Promise<unknown> = Promise.resolve();
  /** One publication at a time, in order. */
  const publishInOrder = (): Answer<void> => {
    const mine = last.then(publishOnce, publishOnce);
    last = mine;
    return mine;
  };
  const publishUntilDone = async (): Promise<void> => {
    for (let attempt = 1; !stop.stopped(); attempt += 1) {
      const published = await publishInOrder().catch((thrown: unknown) => E.left(state.toStoreError(thrown)));
      if (E.isRight(published)) return;
      report('parked messages could not be published to the other nodes', published.left);
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

  /** Kept here before it leaves the list: if the node dies in between, the message comes twice and is not lost. */
  const takeBack = async (group: string, position: number | undefined): Answer<ReadonlyArray<WaitingMessage>> => {
    const published = await publishInOrder();
    if (E.isLeft(published)) return published;
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
    const taken = await shared.unlist(
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
      const published = await publishInOrder();
      return E.isLeft(published) ? published : shared.parked()();
    },
    takeBack: (group, position) => () => takeBack(group, position),
    publish,
    forget: (group, position) => {
      shared
        .unlist(group, [position])()
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
