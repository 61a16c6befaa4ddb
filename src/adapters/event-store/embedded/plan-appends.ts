import type { Append, ExpectedRevision, StoreError } from '../../../application/ports/event-store.ts';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';

/** What a check of the expected revision reads from the log, with the writes of the same transaction. */
export type StreamView = {
  readonly revisionOf: (stream: string) => number;
  /** Ids of at most `count` events from revision `from` on. */
  readonly idsFrom: (stream: string, from: number, count: number) => E.Either<StoreError, ReadonlyArray<string>>;
};

/** The part of an append that is checked: ids of events, not their content. */
export type PlannedAppend = Pick<Append, 'stream' | 'expected'> & {
  readonly events: ReadonlyArray<{ readonly id: string }>;
};

/** `write`: the events follow the last one. `repeat`: they are in the log already, all of them, in order. */
export type AppendDecision = 'write' | 'repeat' | 'nothing';

export const revisionBefore = (expected: ExpectedRevision): number => (expected === 'no-stream' ? -1 : expected);

const conflict = (append: PlannedAppend, actual: number): StoreError => ({
  type: 'RevisionConflict',
  stream: append.stream,
  expected: append.expected,
  actual: actual === -1 ? 'no-stream' : actual,
});

/**
 * EventStoreDB's rule for a stated revision ("strong" idempotency): only an expectation that lies behind is compared by
 * id; one that equals the present revision always writes.
 */
export const decideAppend = (view: StreamView, append: PlannedAppend): E.Either<StoreError, AppendDecision> => {
  if (append.events.length === 0) return E.right('nothing');
  const actual = view.revisionOf(append.stream);
  const expected = revisionBefore(append.expected);
  if (expected === actual) return E.right('write');
  if (expected > actual || expected < -1 || !Number.isInteger(expected)) return E.left(conflict(append, actual));
  const stored = view.idsFrom(append.stream, expected + 1, append.events.length);
  if (E.isLeft(stored)) return stored;
  const same = append.events.every((event, index) => event.id === stored.right[index]);
  return same ? E.right('repeat') : E.left(conflict(append, actual));
};

type Planned = { readonly after: number; readonly ids: ReadonlyArray<string> };

/**
 * Decides several appends before the first is written, so that a refusal of a later one leaves nothing to undo. Each
 * append sees the ones before it.
 */
export const planning = (
  view: StreamView,
): { readonly decide: (append: Append) => E.Either<StoreError, AppendDecision> } => {
  const plans = new Map<string, Planned>();
  const planned: StreamView = {
    revisionOf: (stream) => {
      const plan = plans.get(stream);
      return plan === undefined ? view.revisionOf(stream) : plan.after + plan.ids.length;
    },
    idsFrom: (stream, from, count) => {
      const plan = plans.get(stream);
      const stored = view.idsFrom(stream, from, count);
      if (plan === undefined) return stored;
      const ahead = plan.ids.slice(Math.max(0, from - plan.after - 1));
      return pipe(
        stored,
        E.map((ids) => [...ids, ...ahead].slice(0, count)),
      );
    },
  };
  return {
    decide: (append) => {
      const decided = decideAppend(planned, append);
      if (E.isRight(decided) && decided.right === 'write') {
        const plan = plans.get(append.stream) ?? { after: planned.revisionOf(append.stream), ids: [] };
        plans.set(append.stream, { ...plan, ids: [...plan.ids, ...append.events.map((event) => event.id)] });
      }
      return decided;
    },
  };
};
