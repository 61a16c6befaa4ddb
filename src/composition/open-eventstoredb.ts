import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type {
  EventStoreDb,
  EventStoreDbDependencies,
  EventStoreDbOpenError,
} from '../adapters/event-store/eventstoredb/eventstoredb-event-store.ts';
import type { RefusalCode } from '../adapters/event-store/eventstoredb/host-refusal.ts';
import type { SharedConsumers } from '../application/consumers/consumer-state.ts';
import type { StoreSettings } from '../adapters/configuration/configuration.ts';

/**
 * `reason`: names hosts at most, never the connection string. `code`: of a fault that waiting does not change; null: it
 * may.
 */
export type NoEventStore = {
  readonly type: 'NoEventStore';
  readonly reason: string;
  readonly code: RefusalCode | 'connection_invalid' | null;
};

export type EventStoreDbSettings = Extract<StoreSettings, { readonly type: 'eventstoredb' }>;

/** `writes: false`: the log is only read, so that the right to write is not needed. */
export type OpenEventStoreDbDeps = EventStoreDbDependencies & { readonly writes?: boolean };

const codeOf = (error: EventStoreDbOpenError): NoEventStore['code'] => {
  switch (error.type) {
    case 'InvalidConnection':
      return 'connection_invalid';
    case 'Refused':
      return error.code;
    case 'NotReady':
      return null;
  }
};

/**
 * Settles once a leader answers, or after the configured wait. The adapter is loaded here, so that the embedded engine
 * starts without it.
 */
export const openEventStoreDb =
  ({ writes = true, ...deps }: OpenEventStoreDbDeps) =>
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
      rights: writes ? (['read', 'write'] as const) : (['read'] as const),
      ...(caFile === null ? {} : { caFile }),
    };
    const opened = await adapter.openEventStoreDbConnection(config, deps)();
    return pipe(
      opened,
      E.mapLeft((error): NoEventStore => ({
        type: 'NoEventStore',
        reason: adapter.describeOpenError(error),
        code: codeOf(error),
      })),
    );
  };

/** What the nodes on one log share about their consumers, and their names; neither for the embedded engine. */
export const sharedConsumersOn = async ({
  eventStoreDb,
}: {
  readonly eventStoreDb: Pick<EventStoreDb, 'ownStreams'> | null;
}): Promise<{
  readonly shared: SharedConsumers | null;
  readonly nodes: ReadonlyArray<string>;
}> => {
  if (eventStoreDb === null) return { shared: null, nodes: [] };
  const { makeSharedConsumers } = await import('../adapters/event-store/eventstoredb/shared-consumers.ts');
  const { readInstallation } = await import('../adapters/event-store/eventstoredb/installation.ts');
  const installation = await readInstallation(eventStoreDb.ownStreams);
  // Further nodes are learnt from their leases.
  const nodes = E.isRight(installation) ? [...installation.right.nodes.keys()] : [];
  return { shared: makeSharedConsumers(eventStoreDb.ownStreams), nodes };
};
