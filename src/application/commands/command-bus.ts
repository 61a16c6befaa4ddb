import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { DomainEvent } from '../../domain/log/decode.ts';
import type { Append, EventStore, StoreError } from '../ports/event-store.ts';
import type { Identity } from '../ports/clock-and-ids.ts';
import type { Aggregate } from './aggregate.ts';
import type { KeyedQueue } from './keyed-queue.ts';
import { type Loaded, nextRevision } from './loaded.ts';
import { type CommandContext, record } from './record.ts';
import { type StreamLoaderDeps, makeStreamLoader } from './stream-loader.ts';

/**
 * A conflict means that somebody else was faster: read on, decide again, append again with the same ids, so many times at
 * most. An unknown outcome means that the append may have been written: the same again, until it is known. Of three nodes that all write to one schedule
 * without a pause each loses two times of three: 30 times in a row in one of 190,000 cases.
 */
export const MAX_ATTEMPTS = 30;

export type Refused<Rejection> = { readonly type: 'Refused'; readonly rejection: Rejection };
export type CommandError<Rejection> = StoreError | Refused<Rejection>;

/** `position`: of the stream's last event in the log. `events`: what the command added, none where it was so already. */
export type Executed<State, Event> = {
  readonly state: State;
  readonly position: number;
  readonly events: ReadonlyArray<Event>;
};

/** What a decision would write, and how the stream stands once it is written. */
export type Prepared<State, Event> = {
  readonly append: Append;
  readonly events: ReadonlyArray<Event>;
  readonly written: (position: number) => Loaded<State>;
};

export type CommandBusDeps<State> = StreamLoaderDeps<State> & {
  readonly store: Pick<EventStore, 'append'>;
  readonly identity: Pick<Identity, 'eventId' | 'sha256'>;
  readonly queue: KeyedQueue;
  /** Other processes append too: what is known of a stream may be behind, so no answer is given from it alone. */
  readonly sharedLog: boolean;
};

export type CommandBus<State, Command, Event, Rejection> = {
  /** The stream's state, read on from what is known of it. */
  readonly load: (id: string) => TaskEither<StoreError, Loaded<State>>;
  /** The same, without asking the log where what is known goes as far as `revision`. */
  readonly loadUpTo: (id: string, revision: number) => TaskEither<StoreError, Loaded<State>>;
  /** Decides without writing: for a caller that appends to several streams in one go. */
  readonly prepare: (
    id: string,
    command: Command,
    context: CommandContext,
    loaded: Loaded<State>,
  ) => E.Either<Refused<Rejection>, Prepared<State, Event>>;
  /** Load, fold, decide, append; again on a conflict, or while its outcome is unknown, a bounded number of times. */
  readonly execute: (
    id: string,
    command: Command,
    context: CommandContext,
  ) => TaskEither<CommandError<Rejection>, Executed<State, Event>>;
};

/** Conflicts and unknown outcomes are settled by reading on; everything else is an answer. */
export const isWorthAnotherTry = ({ type }: { readonly type: string }): boolean =>
  type === 'RevisionConflict' || type === 'OutcomeUnknown';

/** The one way in which state changes. */
export const makeCommandBus =
  <State, Command, Event extends DomainEvent, Rejection>(aggregate: Aggregate<State, Command, Event, Rejection>) =>
  (deps: CommandBusDeps<State>): CommandBus<State, Command, Event, Rejection> => {
    type Bus = CommandBus<State, Command, Event, Rejection>;
    const foldOf = (state: State, events: ReadonlyArray<Event>): State => {
      const fold = aggregate.beginFold(state);
      fold.add(events);
      return fold.state();
    };
    const streamOf = (id: string) => `${aggregate.category}-${id}`;

    const loadStream = makeStreamLoader(aggregate)(deps);
    const load: Bus['load'] = (id) => () => loadStream(streamOf(id));

    const loadUpTo: Bus['loadUpTo'] = (id, revision) => {
      const known = deps.cache.get(streamOf(id));
      return known !== undefined && known.revision !== 'no-stream' && known.revision >= revision
        ? TE.right(known)
        : load(id);
    };

    const prepare: Bus['prepare'] = (id, command, context, loaded) => {
      const decision = aggregate.decide(loaded.state, command);
      if (E.isLeft(decision)) return E.left({ type: 'Refused', rejection: decision.left });
      const events = record(deps.identity)(decision.right, context, loaded.lastHash);
      return E.right({
        append: { stream: streamOf(id), expected: loaded.revision, events },
        events: decision.right,
        written: (position) => ({
          state: foldOf(loaded.state, decision.right),
          revision: events.length === 0 ? loaded.revision : nextRevision(loaded.revision) + events.length - 1,
          lastHash: events.at(-1)?.hash ?? loaded.lastHash,
          lastId: events.at(-1)?.id ?? loaded.lastId,
          position,
        }),
      });
    };

    /** An append is checked by its revision. An answer without one is not: it holds only for the stream as it is now. */
    const isGuess = (decision: E.Either<unknown, Prepared<State, Event>>): boolean =>
      deps.sharedLog && (E.isLeft(decision) || decision.right.events.length === 0);

    const decideOn = async (id: string, command: Command, context: CommandContext) => {
      const known = deps.cache.get(streamOf(id));
      const loaded = known === undefined ? await load(id)() : E.right(known);
      if (E.isLeft(loaded)) return loaded;
      const prepared = prepare(id, command, context, loaded.right);
      if (known === undefined || !isGuess(prepared)) return E.right({ loaded: loaded.right, prepared });
      const present = await load(id)();
      return pipe(
        present,
        E.map((now) => ({ loaded: now, prepared: prepare(id, command, context, now) })),
      );
    };

    /**
     * Decided anew, a command that asks for something each time, a lease say, would have its events in the stream twice.
     * Ends where the log cannot be read either.
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
      command: Command,
      context: CommandContext,
    ): Promise<E.Either<CommandError<Rejection>, Executed<State, Event>>> => {
      const decided = await decideOn(id, command, context);
      if (E.isLeft(decided)) return decided;
      const { loaded, prepared } = decided.right;
      if (E.isLeft(prepared)) return prepared;
      const { append, events, written } = prepared.right;
      if (events.length === 0) return E.right({ state: loaded.state, position: loaded.position, events });
      const appended = await appendUntilKnown(id, append);
      if (E.isLeft(appended)) return appended;
      const after = written(appended.right.position);
      deps.cache.put(streamOf(id), after);
      return E.right({ state: after.state, position: after.position, events });
    };

    const retried = async (id: string, command: Command, context: CommandContext) => {
      for (let attempt = 1; ; attempt += 1) {
        const result = await once(id, command, context);
        if (E.isRight(result) || result.left.type !== 'RevisionConflict' || attempt === MAX_ATTEMPTS) return result;
        const refreshed = await load(id)();
        if (E.isLeft(refreshed)) return refreshed;
      }
    };

    return {
      load,
      loadUpTo,
      prepare,
      execute: (id, command, context) => () => deps.queue(streamOf(id), () => retried(id, command, context)),
    };
  };
