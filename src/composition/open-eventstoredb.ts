import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { EventStoreDb, EventStoreDbDependencies } from '../adapters/eventstoredb/eventstoredb-event-store.ts';
import type { StoreSettings } from '../application/configuration.ts';

/** `reason` names hosts at most, never the connection string. */
export type NoEventStore = { readonly type: 'NoEventStore'; readonly reason: string };

export type EventStoreDbSettings = Extract<StoreSettings, { readonly type: 'eventstoredb' }>;

/** Settles once a leader answers, or after the configured wait. The adapter is loaded here: the embedded engine starts without it. */
export const openEventStoreDb =
  (deps: EventStoreDbDependencies) =>
  ({ connectionString, caFile, startWaitMs }: EventStoreDbSettings): TaskEither<NoEventStore, EventStoreDb> =>
  async () => {
    const adapter = await import('../adapters/eventstoredb/eventstoredb-event-store.ts');
    const config = {
      ...adapter.EVENTSTOREDB_TIME_LIMITS,
      connectionString,
      startTimeLimitMs: startWaitMs,
      ...(caFile === null ? {} : { caFile }),
    };
    const opened = await adapter.openEventStoreDbConnection(config, deps)();
    return E.mapLeft((error: Parameters<typeof adapter.describeOpenError>[0]): NoEventStore => ({
      type: 'NoEventStore',
      reason: adapter.describeOpenError(error),
    }))(opened);
  };
