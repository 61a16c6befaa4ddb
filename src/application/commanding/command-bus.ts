import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { DomainEvent } from '../../domain/event/decode.ts';
import type { Append, EventStore, StoreError } from '../ports/event-store.ts';
import type { Identity } from '../ports/identity.ts';
import type { Aggregate } from './aggregate.ts';
import type { Lanes } from './lanes.ts';
import type { Loaded, StreamFold } from './loaded.ts';
import { foldOn, nextRevision, unloaded } from './loaded.ts';
import type { CommandContext } from './record.ts';
import { record } from './record.ts';
import type { StreamCache } from './stream-cache.ts';

/**
 * A conflict means that somebody else was faster, an unknown outcome that the append may have been written: read on,
 * decide again, append again with the same ids, so many times at most. Of three nodes that all write to one schedule
 * without a pause each loses two times of three: 30 times in a row in one of 190,000 cases.
 */
export const MAX_ATTEMPTS = 30;

/** Events that are read and folded in one turn of the event loop: a few milliseconds of work. */
export const PAGE_EVENTS = 500;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

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

export type CommandBusDeps<State> = {
  readonly store: Pick<EventStore, 'append' | 'readStream'>;
  readonly identity: Pick<Identity, 'eventId' | 'sha256'>;
  readonly cache: StreamCache<State>;
  readonly lanes: Lanes;
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
  /** Load, fold, decide, append; again on a conflict, a bounded number of times. */
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
export const createCommandBus =
  <State, Command, Event extends DomainEvent, Rejection>(aggregate: Aggregate<State, Command, Event, Rejection>) =>
  (deps: CommandBusDeps<State>): CommandBus<State, Command, Event, Rejection> => {
    type Bus = CommandBus<State, Command, Event, Rejection>;
    const foldOf = (state: State, events: ReadonlyArray<Event>): State => {
      const fold = aggregate.beginFold(state);
      fold.add(events);
      return fold.state();
    };
    const streamOf = (id: string) => `${aggregate.category}-${id}`;

    /** Streams of many pages that are being folded now. */
    const folding = new Map<string, Promise<E.Either<StoreError, Loaded<State>>>>();

    /** Whether the page that was read and folded ends the stream, as far as is known. */
    const addPage = async (stream: string, fold: StreamFold<State>): Promise<E.Either<StoreError, boolean>> => {
      const page = await deps.store.readStream(stream, fold.next(), PAGE_EVENTS)();
      if (E.isLeft(page)) return page;
      return E.map(() => page.right.length < PAGE_EVENTS)(fold.add(page.right));
    };
    const keep = (stream: string, fold: StreamFold<State>): E.Either<never, Loaded<State>> => {
      const loaded = fold.loaded();
      deps.cache.put(stream, loaded);
      return E.right(loaded);
    };
    /** A page a turn of the event loop: a stream of years holds up nobody else. */
    const foldRest = async (stream: string, fold: StreamFold<State>) => {
      for (;;) {
        await nextTurn();
        const isEnd = await addPage(stream, fold);
        if (E.isLeft(isEnd)) return isEnd;
        if (isEnd.right) return keep(stream, fold);
      }
    };

    /** Who comes while a long stream is folded waits for that and reads on from it: it is folded once, not once for each. */
    const load: Bus['load'] = (id) => async () => {
      const stream = streamOf(id);
      for (;;) {
        await folding.get(stream);
        const fold = foldOn(aggregate)(deps.cache.get(stream) ?? unloaded(aggregate.initial));
        const isEnd = await addPage(stream, fold);
        if (E.isLeft(isEnd)) return isEnd;
        if (isEnd.right) return keep(stream, fold);
        if (folding.has(stream)) continue;
        const rest = foldRest(stream, fold).finally(() => folding.delete(stream));
        folding.set(stream, rest);
        return rest;
      }
    };

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
      return E.map((now: Loaded<State>) => ({ loaded: now, prepared: prepare(id, command, context, now) }))(present);
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
      const appended = await deps.store.append(append)();
      if (E.isLeft(appended)) return appended;
      const after = written(appended.right.position);
      deps.cache.put(streamOf(id), after);
      return E.right({ state: after.state, position: after.position, events });
    };

    const retried = async (id: string, command: Command, context: CommandContext) => {
      for (let attempt = 1; ; attempt += 1) {
        const result = await once(id, command, context);
        if (E.isRight(result) || !isWorthAnotherTry(result.left) || attempt === MAX_ATTEMPTS) return result;
        const refreshed = await load(id)();
        if (E.isLeft(refreshed)) return refreshed;
      }
    };

    return {
      load,
      loadUpTo,
      prepare,
      execute: (id, command, context) => () => deps.lanes(streamOf(id), () => retried(id, command, context)),
    };
  };
