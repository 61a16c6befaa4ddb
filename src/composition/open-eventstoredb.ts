import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type {
  EventStoreDb,
  EventStoreDbDependencies,
} from '../adapters/event-store/eventstoredb/eventstoredb-event-store.ts';
import type { SharedConsumers } from '../application/consumers/shared-consumers.ts';
import type { StoreSettings } from '../application/configuration.ts';

/** `reason` names hosts at most, never the connection string. */
export type NoEventStore = { readonly type: 'NoEventStore'; readonly reason: string };

export type EventStoreDbSettings = Extract<StoreSettings, { readonly type: 'eventstoredb' }>;

/** Settles once a leader answers, or after the configured wait. The adapter is loaded here: the embedded engine starts without it. */
export const openEventStoreDb =
  (deps: EventStoreDbDependencies) =>
  ({
    connectionString,
    caFile,
    streamPrefix,
    startWaitMs,
  }: EventStoreDbSettings): TaskEither<NoEventStore, EventStoreDb> =>
  async () => {
    const adapter = await import('../adapters/event-store/eventstoredb/eventstoredb-event-store.ts');
    const config = {
      ...adapter.EVENTSTOREDB_TIME_LIMITS,
      connectionString,
      streamPrefix,
      startTimeLimitMs: startWaitMs,
      ...(caFile === null ? {} : { caFile }),
    };
    const opened = await adapter.openEventStoreDbConnection(config, deps)();
    return pipe(
      opened,
      E.mapLeft((error): NoEventStore => ({
        type: 'NoEventStore',
        reason: adapter.describeOpenError(error),
      })),
    );
  };

/** What the nodes on one log tell each other about their consumers, and the names of those that have joined; nothing for the embedded engine. */
export const sharedConsumersOn = async ({
  eventStoreDb,
}: {
  readonly eventStoreDb: EventStoreDb | null;
}): Promise<{
  readonly shared: SharedConsumers | undefined;
  readonly nodes: ReadonlyArray<string>;
}> => {
  if (eventStoreDb === null) return { shared: undefined, nodes: [] };
  const { makeSharedConsumers } = await import('../adapters/event-store/eventstoredb/shared-consumers.ts');
  const { readInstallation } = await import('../adapters/event-store/eventstoredb/installation/installation.ts');
  const installation = await readInstallation(eventStoreDb.ownStreams);
  // Nodes that are not known yet are learnt from their leases.
  const nodes = E.isRight(installation) ? [...installation.right.nodes.keys()] : [];
  return { shared: makeSharedConsumers(eventStoreDb.ownStreams), nodes };
};
