import type { ConsumerGroups } from '../application/ports/consumer-groups.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { Identity } from '../application/ports/identity.ts';
import type { Storage } from './open-storage.ts';

type Deps = {
  readonly storage: Pick<Storage, 'eventStoreDb'>;
  readonly clock: Clock;
  readonly identity: Pick<Identity, 'jitter'>;
  readonly onProblem: (problem: { readonly group: string; readonly message: string }) => void;
};

/**
 * The groups that react to the log: those of this process for the embedded engine, those that all nodes of one log share
 * for EventStoreDB. Their adapter is loaded here: the embedded engine starts without it.
 */
export const groupsOn = async (
  { storage: { eventStoreDb }, clock, identity, onProblem }: Deps,
  ownGroups: ConsumerGroups,
): Promise<ConsumerGroups> => {
  if (eventStoreDb === null) return ownGroups;
  const { makePersistentGroups } = await import('../adapters/eventstoredb/consumers/persistent-groups.ts');
  return makePersistentGroups({ ...eventStoreDb, clock, random: identity.jitter, onProblem });
};
