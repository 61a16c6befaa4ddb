import * as E from 'fp-ts/lib/Either.js';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import type { EventStoreDb } from '../../adapters/eventstoredb/eventstoredb-event-store.ts';
import { systemIdentity } from '../../composition/identity.ts';
import type { EventStoreDbSettings } from '../../composition/open-eventstoredb.ts';
import { openEventStoreDb } from '../../composition/open-eventstoredb.ts';

/** What is tried again by itself shows in the end: as the answer, or as the error of a read. */
export const QUIET = () => undefined;

/** Connects for this one use, also beside running servers. Left says why it cannot. */
export const withEventStoreDb = async <A>(
  settings: EventStoreDbSettings,
  use: (log: EventStoreDb) => Promise<E.Either<string, A>>,
): Promise<E.Either<string, A>> => {
  const deps = { clock: systemClock, random: systemIdentity.jitter, onProblem: QUIET };
  const opened = await openEventStoreDb(deps)(settings)();
  if (E.isLeft(opened)) return E.left(opened.left.reason);
  try {
    return await use(opened.right);
  } finally {
    await opened.right.store.close();
  }
};
