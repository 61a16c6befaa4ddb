import * as E from 'fp-ts/lib/Either.js';
import { loadStoreSettings } from '../../adapters/configuration/load-configuration.ts';
import { readFile } from '../../adapters/configuration/read-file.ts';
import { formatConfigurationErrors } from '../../application/configuration-error.ts';
import type { EventStore } from '../../application/ports/event-store.ts';
import { dataFolder } from './data-folder.ts';
import { withReadOnlyLog } from './read-only-log.ts';
import { withEventStoreDb } from './with-eventstoredb.ts';

type Use<A> = (log: Pick<EventStore, 'readAll' | 'head'>) => Promise<E.Either<string, A>>;

/** Reads the log where the configuration says it is, also beside a running server. Left says why it cannot. */
export const withLog = async <A>(env: NodeJS.ProcessEnv, use: Use<A>): Promise<E.Either<string, A>> => {
  const settings = await loadStoreSettings(env, readFile)();
  if (E.isLeft(settings)) return E.left(formatConfigurationErrors(settings.left));
  if (settings.right.type === 'eventstoredb') return withEventStoreDb(settings.right, ({ store }) => use(store));
  const data = dataFolder(env);
  return E.isLeft(data) ? data : withReadOnlyLog(data.right.file, use);
};
