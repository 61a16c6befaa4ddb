import * as E from 'fp-ts/lib/Either.js';
import QuickLRU from 'quick-lru';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { GENESIS_HASH } from '../../domain/log/hash-chain.ts';
import type { ExpectedRevision, StoreError } from '../ports/event-store.ts';
import type { Aggregate, Fold } from './aggregate.ts';

/** A stream folded so far: its state, where it stands, and what the next event is chained to. */
export type Loaded<State> = {
  readonly state: State;
  readonly revision: ExpectedRevision;
  readonly lastHash: string;
  /** Id of the stream's last event, null before any: what a reaction to this state is caused by. */
  readonly lastId: string | null;
  /** Position in the whole log of the last event, 0 before any. */
  readonly position: number;
  /** The states before the last events, newest last; how many: `Aggregate.keepsEarlier`. */
  readonly earlier: ReadonlyArray<State>;
};

/** The state before and after the event of that revision, as far as they are kept; null: not any more, or not yet. */
export const statesAround = <State>(
  { revision: last, state, earlier }: Loaded<State>,
  revision: number,
): { readonly before: State; readonly after: State } | null => {
  if (last === 'no-stream' || revision > last) return null;
  const states = [...earlier, state];
  const [before, after] = states.slice(states.length - 2 - (last - revision));
  return before === undefined || after === undefined || last - revision + 2 > states.length ? null : { before, after };
};

/** The state after the events, and the states before the last of them. */
export const stateAfter = <State, Command, Event, Rejection>(
  { beginFold, keepsEarlier = 0 }: Pick<Aggregate<State, Command, Event, Rejection>, 'beginFold' | 'keepsEarlier'>,
  from: Pick<Loaded<State>, 'state' | 'earlier'>,
  events: ReadonlyArray<Event>,
): Pick<Loaded<State>, 'state' | 'earlier'> => {
  if (keepsEarlier === 0) {
    const fold = beginFold(from.state);
    fold.add(events);
    return { state: fold.state(), earlier: from.earlier };
  }
  const states = [...from.earlier, from.state];
  for (const event of events) {
    const fold = beginFold(states.at(-1) ?? from.state);
    fold.add([event]);
    states.push(fold.state());
  }
  return { state: states.at(-1) ?? from.state, earlier: states.slice(-1 - keepsEarlier, -1) };
};

export const unloaded = <State>(initial: State): Loaded<State> => ({
  state: initial,
  revision: 'no-stream',
  lastHash: GENESIS_HASH,
  lastId: null,
  position: 0,
  earlier: [],
});

/** Revision of the event that comes next. */
export const nextRevision = (revision: ExpectedRevision): number => (revision === 'no-stream' ? 0 : revision + 1);

/** A stream that is being folded, page by page; `loaded` ends it. */
export type StreamFold<State> = {
  /** An event that cannot be understood makes the stream `Corrupt`; none is skipped. Nothing may follow that. */
  readonly add: (events: ReadonlyArray<RecordedEvent>) => E.Either<StoreError, void>;
  /** Revision of the event that comes next. */
  readonly next: () => number;
  readonly loaded: () => Loaded<State>;
};

export const foldOn =
  <State, Command, Event, Rejection>(aggregate: Aggregate<State, Command, Event, Rejection>) =>
  (from: Loaded<State>): StreamFold<State> => {
    let last: RecordedEvent | undefined;
    let fold: Fold<State, Event> | undefined;
    let folded: Pick<Loaded<State>, 'state' | 'earlier'> = from;
    const add = (events: ReadonlyArray<RecordedEvent>): E.Either<StoreError, void> => {
      const known: Array<Event> = [];
      for (const event of events) {
        const decoded = aggregate.decode(event);
        if (E.isLeft(decoded))
          return E.left({ type: 'Corrupt', reason: `${event.stream}@${event.revision}: ${decoded.left.reason}` });
        known.push(decoded.right);
        last = event;
      }
      if (known.length === 0) return E.right(undefined);
      if (aggregate.keepsEarlier === undefined) {
        fold ??= aggregate.beginFold(from.state);
        fold.add(known);
      } else {
        folded = stateAfter(aggregate, folded, known);
      }
      return E.right(undefined);
    };
    return {
      add,
      next: () => nextRevision(last?.revision ?? from.revision),
      loaded: () => {
        if (last === undefined) return from;
        const { revision, hash: lastHash, id: lastId, position } = last;
        const { state, earlier } = fold === undefined ? folded : { state: fold.state(), earlier: [] };
        return { state, earlier, revision, lastHash, lastId, position };
      },
    };
  };

/** Folded streams kept in memory; a hint only: appends check the revision, and a conflict reads on from here. */
export type StreamCache<State> = {
  readonly get: (stream: string) => Loaded<State> | undefined;
  /** What is behind the copy that is kept, or of no stream at all, is not kept. */
  readonly put: (stream: string, loaded: Loaded<State>) => void;
  /** After an append whose outcome nobody knows: what is kept may be behind the log without anything showing it. */
  readonly forget: (stream: string) => void;
};

/** Keeps the streams used last: at least half of `capacity`, at most all of it. */
export const makeStreamCache = <State>(capacity: number): StreamCache<State> => {
  const kept = new QuickLRU<string, Loaded<State>>({ maxSize: Math.ceil(capacity / 2) });
  return {
    get: (stream) => kept.get(stream),
    put: (stream, loaded) => {
      const present = kept.get(stream);
      if (nextRevision(loaded.revision) <= (present === undefined ? 0 : nextRevision(present.revision))) return;
      kept.set(stream, loaded);
    },
    forget: (stream) => void kept.delete(stream),
  };
};
