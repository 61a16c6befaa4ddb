import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { LoggedEvent } from '../../domain/log/decode.ts';
import type { Append, EventStore, StoreError } from '../ports/event-store.ts';
import type { Identity } from '../ports/clock-and-ids.ts';
import type { Aggregate } from './aggregate.ts';
import { type KeyedQueue, makeBatches } from './keyed-queue.ts';
import { type Loaded, nextRevision, stateAfter } from './loaded-stream.ts';
import { type StreamLoaderDeps, makeStreamLoader } from './stream-loader.ts';
import { type CommandContext, record } from './record.ts';
import type { Sealing } from '../privacy/sealing.ts';

/**
 * Attempts of a command, at most. After a conflict the stream is read on, and the command is decided and appended again
 * with the same ids; after an unknown outcome likewise. Of three nodes that write to one schedule without a pause each
 * loses two times of three: 30 times in a row in one of 190,000 cases.
 */
export const MAX_ATTEMPTS = 30;

export type Refused<Rejection> = { readonly type: 'Refused'; readonly rejection: Rejection };
export type CommandError<Rejection> = StoreError | Refused<Rejection>;

/**
 * `position`: of the stream's last event in the log. `events`: those that the command added, empty where nothing
 * changed.
 */
export type Executed<State, Event> = {
  readonly state: State;
  readonly position: number;
  readonly events: ReadonlyArray<Event>;
};

/** The events that a decision would write, and the state after them. */
export type Prepared<State, Event> = {
  readonly append: Append;
  readonly events: ReadonlyArray<Event>;
  readonly written: (position: number) => Loaded<State>;
};

export type CommandBusDeps<State> = StreamLoaderDeps<State> & {
  readonly store: Pick<EventStore, 'append'>;
  readonly identity: Pick<Identity, 'eventId' | 'sha256'>;
  /** Missing: personal data is stored in the clear. */
  readonly sealing?: Sealing | undefined;
  readonly queue: KeyedQueue;
  /** Other processes append to the log too: a cached state may be out of date, so no answer is given from it alone. */
  readonly sharedLog: boolean;
};

/**
 * Events that follow at once from a command's events and are written in the same append: decisions of the saga.
 * `state`: after the command's events.
 */
export type Following<State, Event> = (state: State) => ReadonlyArray<Event>;

/** `canWait`: may wait one turn of the event loop, so that commands that come at the same time are written together. */
export type Manner<State, Event> = { readonly following?: Following<State, Event>; readonly canWait?: boolean };

export type CommandBus<State, Command, Event, Rejection> = {
  /** The stream's state: the cached one and what was appended since. */
  readonly load: (id: string) => TaskEither<StoreError, Loaded<State>>;
  /** The same, without reading the log where the cached state reaches `revision`. */
  readonly loadUpTo: (id: string, revision: number) => TaskEither<StoreError, Loaded<State>>;
  /** Decides without writing: for a caller that appends to several streams at once. */
  readonly prepare: (
    id: string,
    command: Command,
    context: CommandContext,
    loaded: Loaded<State>,
    following?: Following<State, Event>,
  ) => E.Either<Refused<Rejection>, Prepared<State, Event>>;
  /**
   * Loads, folds, decides and appends; again after a conflict or an unknown outcome, a bounded number of times.
   * Commands that wait for one stream at the same time are decided one after the other and written in one append.
   */
  readonly execute: (
    id: string,
    command: Command,
    context: CommandContext,
    manner?: Manner<State, Event>,
  ) => TaskEither<CommandError<Rejection>, Executed<State, Event>>;
};

/** Whether reading on and deciding again may help: after a conflict or an unknown outcome. */
export const isWorthAnotherTry = ({ type }: { readonly type: string }): boolean =>
  type === 'RevisionConflict' || type === 'OutcomeUnknown';

/** The one way in which state changes. */
export const makeCommandBus =
  <State, Command, Event extends LoggedEvent, Rejection>(aggregate: Aggregate<State, Command, Event, Rejection>) =>
  (deps: CommandBusDeps<State>): CommandBus<State, Command, Event, Rejection> => {
    type Bus = CommandBus<State, Command, Event, Rejection>;
    type Result = E.Either<CommandError<Rejection>, Executed<State, Event>>;
    type Decision = E.Either<Refused<Rejection>, Prepared<State, Event>>;
    type Waiting = {
      readonly command: Command;
      readonly context: CommandContext;
      readonly following: Following<State, Event> | undefined;
      readonly answer: (result: Result) => void;
      readonly fail: (fault: unknown) => void;
    };
    const streamOf = (id: string) => `${aggregate.category}-${id}`;
    const resultOf = (decision: Decision, { state, position }: Loaded<State>): Result =>
      pipe(
        decision,
        E.map(({ events }) => ({ state, position, events })),
      );

    const loadStream = makeStreamLoader(aggregate)(deps);
    const load: Bus['load'] = (id) => () => loadStream(streamOf(id));

    const loadUpTo: Bus['loadUpTo'] = (id, revision) => {
      const known = deps.cache.get(streamOf(id));
      return known !== undefined && known.revision !== 'no-stream' && known.revision >= revision
        ? TE.right(known)
        : load(id);
    };

    const prepare: Bus['prepare'] = (id, command, context, loaded, following) => {
      const decision = aggregate.decide(loaded.state, command);
      if (E.isLeft(decision)) return E.left({ type: 'Refused', rejection: decision.left });
      const decided = decision.right;
      const after = stateAfter(aggregate, loaded, decided).state;
      const followed = following?.(after) ?? [];
      const subject = aggregate.subjectOf?.(after) ?? streamOf(id);
      const events = record(deps.identity)(decided, context, loaded.lastHash, followed, deps.sealing?.seal, subject);
      const all = [...decided, ...followed];
      return E.right({
        append: { stream: streamOf(id), expected: loaded.revision, events },
        events: all,
        written: (position) => ({
          ...stateAfter(aggregate, loaded, all),
          revision: events.length === 0 ? loaded.revision : nextRevision(loaded.revision) + events.length - 1,
          lastHash: events.at(-1)?.hash ?? loaded.lastHash,
          lastId: events.at(-1)?.id ?? loaded.lastId,
          position,
        }),
      });
    };

    /** Decides each command on the state after the commands before it. */
    const decideAll = (id: string, batch: ReadonlyArray<Waiting>, loaded: Loaded<State>) => {
      let after = loaded;
      const decided = batch.map((waiting) => {
        const decision = prepare(id, waiting.command, waiting.context, after, waiting.following);
        if (E.isRight(decision) && decision.right.events.length > 0) after = decision.right.written(loaded.position);
        return { waiting, decision };
      });
      const events = decided.flatMap(({ decision }) => (E.isRight(decision) ? decision.right.append.events : []));
      return { decided, events, expected: loaded.revision, after };
    };
    type Made = ReturnType<typeof decideAll>;

    /**
     * Whether an answer rests on a cached state alone. An append is checked by its revision; an answer without events
     * is not.
     */
    const isGuess = ({ decided, events }: Made): boolean =>
      deps.sharedLog &&
      events.length === 0 &&
      decided.some(
        ({ waiting: { command }, decision }) => E.isLeft(decision) || aggregate.isCertain?.(command) !== true,
      );

    const decideOn = async (id: string, batch: ReadonlyArray<Waiting>): Promise<E.Either<StoreError, Made>> => {
      const known = deps.cache.get(streamOf(id));
      const made = known === undefined ? null : decideAll(id, batch, known);
      if (made !== null && !isGuess(made)) return E.right(made);
      return pipe(
        await load(id)(),
        E.map((present) => decideAll(id, batch, present)),
      );
    };

    /**
     * Repeats one append until its outcome is known. Deciding again would write events twice for commands that ask for
     * something new each time, such as a lease. Ends where the log cannot be read either.
     */
    const appendUntilKnown = async (id: string, append: Append) => {
      for (let attempt = 1; ; attempt += 1) {
        const appended = await deps.store.append(append)();
        if (E.isRight(appended) || appended.left.type !== 'OutcomeUnknown' || attempt === MAX_ATTEMPTS) return appended;
        const read = await load(id)();
        if (E.isLeft(read)) return read;
      }
    };

    const once = async (
      id: string,
      batch: ReadonlyArray<Waiting>,
    ): Promise<E.Either<StoreError, ReadonlyArray<Result>>> => {
      const made = await decideOn(id, batch);
      if (E.isLeft(made)) return made;
      const { decided, events, expected, after } = made.right;
      if (events.length === 0) return E.right(decided.map(({ decision }) => resultOf(decision, after)));
      const appended = await appendUntilKnown(id, { stream: streamOf(id), expected, events });
      if (E.isLeft(appended)) {
        if (appended.left.type === 'OutcomeUnknown') deps.cache.forget(streamOf(id));
        return appended;
      }
      const written = { ...after, position: appended.right.position };
      deps.cache.put(streamOf(id), written);
      return E.right(decided.map(({ decision }) => resultOf(decision, written)));
    };

    const retried = async (id: string, batch: ReadonlyArray<Waiting>): Promise<ReadonlyArray<Result>> => {
      for (let attempt = 1; ; attempt += 1) {
        const results = await once(id, batch);
        if (E.isRight(results)) return results.right;
        if (results.left.type !== 'RevisionConflict' || attempt === MAX_ATTEMPTS) return batch.map(() => results);
        const refreshed = await load(id)();
        if (E.isLeft(refreshed)) return batch.map(() => refreshed);
      }
    };

    /** A failure of a batch may be caused by one command: then each is run alone. */
    const run = async (id: string, batch: ReadonlyArray<Waiting>): Promise<void> => {
      const [first] = batch;
      try {
        const results = await retried(id, batch);
        const isTooMuch = results.some((result) => E.isLeft(result) && result.left.type === 'TooLarge');
        if (batch.length === 1 || !isTooMuch) {
          for (const [index, result] of results.entries()) batch[index]?.answer(result);
          return;
        }
      } catch (fault) {
        if (batch.length === 1) return first?.fail(fault);
      }
      for (const each of batch) await run(id, [each]);
    };

    const together = makeBatches<Waiting>(deps.queue, streamOf, run, ({ fail }, fault) => fail(fault));

    return {
      load,
      loadUpTo,
      prepare,
      execute:
        (id, command, context, { following, canWait = false } = {}) =>
        () =>
          new Promise((answer, fail) => together(id, { command, context, following, answer, fail }, canWait)),
    };
  };
