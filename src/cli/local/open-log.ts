import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { readEnvironment } from '../../adapters/configuration/environment.ts';
import { loadStoreSettings } from '../../adapters/configuration/load-configuration.ts';
import { readFile } from '../../adapters/configuration/sources.ts';
import { makeReadOnlyEventStore } from '../../adapters/event-store/embedded/sqlite-event-store.ts';
import type { EventStoreDb } from '../../adapters/event-store/eventstoredb/eventstoredb-event-store.ts';
import { describeDataFileError } from '../../adapters/sqlite/data-file-error.ts';
import { openDataFileReadOnly } from '../../adapters/sqlite/data-file.ts';
import { formatConfigurationErrors } from '../../application/configuration-error.ts';
import type { EventStore } from '../../application/ports/event-store.ts';
import { systemIdentity } from '../../composition/identity.ts';
import { type EventStoreDbSettings, openEventStoreDb } from '../../composition/open-eventstoredb.ts';
import { DATA_FILE } from '../../composition/open-storage.ts';

/** The data folder that `HOLDFAST_DATA` names, and its file. Left: what is wrong with the environment, in lines. */
export const dataFolder = (
  env: NodeJS.ProcessEnv,
): E.Either<string, { readonly folder: string; readonly file: string }> => {
  const environment = readEnvironment(env);
  if (E.isLeft(environment)) return E.left(formatConfigurationErrors(environment.left));
  const { dataFolder: folder } = environment.right;
  return E.right({ folder, file: join(folder, DATA_FILE) });
};

/** What is tried again by itself shows in the end: as the answer, or as the error of a read. */
export const QUIET = () => undefined;

/** Connects for this one use, also beside running servers. Left says why it cannot. */
export const withEventStoreDb = async <A>(
  settings: EventStoreDbSettings,
  use: (log: EventStoreDb) => Promise<E.Either<string, A>>,
  writes = true,
): Promise<E.Either<string, A>> => {
  const deps = { clock: systemClock, random: systemIdentity.jitter, onProblem: QUIET, writes };
  const opened = await openEventStoreDb(deps)(settings)();
  if (E.isLeft(opened)) return E.left(opened.left.reason);
  try {
    return await use(opened.right);
  } finally {
    await opened.right.store.close();
  }
};

const HAS_LOG = "SELECT 1 FROM sqlite_schema WHERE name = 'events'";

/** Reads the log of a data file, also beside a running server, for as long as `use` takes. Left says why it cannot. */
export const withReadOnlyLog = async <A>(
  path: string,
  use: (log: EventStore) => Promise<E.Either<string, A>>,
): Promise<E.Either<string, A>> => {
  const file = openDataFileReadOnly(path);
  if (E.isLeft(file)) return E.left(describeDataFileError(file.left));
  try {
    if (file.right.db.prepare(HAS_LOG).get() === undefined)
      return E.left(`${path} has no log yet: no server was started on it`);
    const store = makeReadOnlyEventStore(file.right);
    if (E.isLeft(store)) return E.left(describeDataFileError(store.left));
    const used = await use(store.right);
    await store.right.close();
    return used;
  } finally {
    file.right.close();
  }
};

type Use<A> = (log: Pick<EventStore, 'readAll' | 'head'>) => Promise<E.Either<string, A>>;

/** Reads the log where the configuration says it is, also beside a running server. Left says why it cannot. */
export const withLog = async <A>(env: NodeJS.ProcessEnv, use: Use<A>): Promise<E.Either<string, A>> => {
  const settings = await loadStoreSettings(env, readFile)();
  if (E.isLeft(settings)) return E.left(formatConfigurationErrors(settings.left));
  if (settings.right.type === 'eventstoredb') return withEventStoreDb(settings.right, ({ store }) => use(store), false);
  const data = dataFolder(env);
  return E.isLeft(data) ? data : withReadOnlyLog(data.right.file, use);
};
