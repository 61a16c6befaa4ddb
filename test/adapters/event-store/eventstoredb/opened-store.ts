import * as E from 'fp-ts/lib/Either.js';
import { systemClock } from '../../../../src/adapters/clock/system-clock.ts';
import {
  describeOpenError,
  type EventStoreDb,
  EVENTSTOREDB_TIME_LIMITS,
  type EventStoreDbConfig,
  openEventStoreDbConnection,
} from '../../../../src/adapters/event-store/eventstoredb/eventstoredb-event-store.ts';
import { secretOf } from '../../../../src/application/secret.ts';

export type OpenedStore = EventStoreDb & { readonly problems: ReadonlyArray<string> };

/** The adapter on a server that is there; throws the operator's line when it cannot be opened. */
export const openStore = async (
  connectionString: string,
  config: Partial<EventStoreDbConfig> = {},
): Promise<OpenedStore> => {
  const problems: Array<string> = [];
  const opened = await openEventStoreDbConnection(
    { ...EVENTSTOREDB_TIME_LIMITS, connectionString: secretOf(connectionString), ...config },
    { clock: systemClock, random: () => 0, onProblem: (message) => void problems.push(message) },
  )();
  if (E.isLeft(opened)) throw new Error(describeOpenError(opened.left));
  return { ...opened.right, problems };
};
