import * as E from 'fp-ts/lib/Either.js';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { loadStoreSettings } from '../../adapters/configuration/load-configuration.ts';
import { readFile } from '../../adapters/configuration/read-file.ts';
import { formatConfigurationErrors } from '../../application/configuration-error.ts';
import type { EventStore } from '../../application/ports/event-store.ts';
import { systemIdentity } from '../../composition/identity.ts';
import type { EventStoreDbSettings } from '../../composition/open-eventstoredb.ts';
import { openEventStoreDb } from '../../composition/open-eventstoredb.ts';
import { dataFolder } from './data-folder.ts';
import { withReadOnlyLog } from './read-only-log.ts';

type Use<A> = (log: Pick<EventStore, 'readAll' | 'head'>) => Promise<E.Either<string, A>>;

const withEventStoreDb = async <A>(settings: EventStoreDbSettings, use: Use<A>): Promise<E.Either<string, A>> => {
  // What is tried again by itself shows in the end: as the answer, or as the error of the read.
  const deps = { clock: systemClock, random: systemIdentity.jitter, onProblem: () => undefined };
  const opened = await openEventStoreDb(deps)(settings)();
  if (E.isLeft(opened)) return E.left(opened.left.reason);
  const { store } = opened.right;
  try {
    return await use(store);
  } finally {
    await store.close();
  }
};

/** Reads the log where the configuration says it is, also beside a running server. Left says why it cannot. */
export const withLog = async <A>(env: NodeJS.ProcessEnv, use: Use<A>): Promise<E.Either<string, A>> => {
  const settings = await loadStoreSettings(env, readFile)();
  if (E.isLeft(settings)) return E.left(formatConfigurationErrors(settings.left));
  if (settings.right.type === 'eventstoredb') return withEventStoreDb(settings.right, use);
  const data = dataFolder(env);
  return E.isLeft(data) ? data : withReadOnlyLog(data.right.file, use);
};
