import { makeConsumerGroups } from '../../../src/application/consumers/consumer-groups.ts';
import type { ConsumerState } from '../../../src/application/consumers/consumer-state.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import type { Ground, Process, ProcessDeps } from './harness.ts';

type Parts = {
  readonly store: EventStore;
  readonly state: ConsumerState;
  readonly release: () => Promise<void>;
};

/** Refuses to save from now on, as a process that was killed would. */
const severed = (state: ConsumerState): { readonly state: ConsumerState; readonly cut: () => void } => {
  let alive = true;
  return {
    state: { ...state, save: (group, changes) => (alive ? state.save(group, changes) : Promise.resolve()) },
    cut: () => {
      alive = false;
    },
  };
};

/** Consumer groups that keep their positions in a `ConsumerState`. */
export const ownPositions = ({ store, state, release }: Parts): Ground => ({
  store,
  release,
  counts: () => state.counts(),
  begin: ({ clock, onProblem }: ProcessDeps): Process => {
    const { state: ours, cut } = severed(state);
    const told = ({ message }: { readonly message: string }): void => onProblem(message);
    const groups = makeConsumerGroups({ store, state: ours, clock, random: () => 0.5, onProblem: told });
    return { groups, kill: async () => cut() };
  },
});
