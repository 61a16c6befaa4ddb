import * as E from 'fp-ts/lib/Either.js';
import type { Append, StoreError } from '../../application/ports/event-store.ts';
import { type AppendDecision, decideAppend, type StreamView } from './expected-revision.ts';

type Planned = { readonly after: number; readonly ids: ReadonlyArray<string> };

/**
 * Decides several appends before the first is written, so that a refusal of a later one leaves nothing to undo. An
 * append sees the ones before it: a stream that is written twice goes on where the plan left it.
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
      return E.map((ids: ReadonlyArray<string>) => [...ids, ...ahead].slice(0, count))(stored);
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
