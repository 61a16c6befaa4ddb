import * as E from 'fp-ts/lib/Either.js';
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
};

export const unloaded = <State>(initial: State): Loaded<State> => ({
  state: initial,
  revision: 'no-stream',
  lastHash: GENESIS_HASH,
  lastId: null,
  position: 0,
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
      fold ??= aggregate.beginFold(from.state);
      fold.add(known);
      return E.right(undefined);
    };
    return {
      add,
      next: () => nextRevision(last?.revision ?? from.revision),
      loaded: () => {
        if (last === undefined || fold === undefined) return from;
        const { revision, hash: lastHash, id: lastId, position } = last;
        return { state: fold.state(), revision, lastHash, lastId, position };
      },
    };
  };
