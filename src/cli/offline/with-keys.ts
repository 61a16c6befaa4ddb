import { existsSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { loadStoreSettings } from '../../adapters/configuration/load-configuration.ts';
import { readFile } from '../../adapters/configuration/read-file.ts';
import { makeApiKeys } from '../../adapters/keys/sqlite-api-keys.ts';
import { openDataFile } from '../../adapters/sqlite/data-file.ts';
import { describeDataFileError } from '../../adapters/sqlite/data-file-error.ts';
import { formatConfigurationErrors } from '../../application/configuration-error.ts';
import type { ApiKeyError, ApiKeys } from '../../application/ports/api-keys.ts';
import type { EventStoreDbSettings } from '../../composition/open-eventstoredb.ts';
import { dataFolder } from './data-folder.ts';
import { QUIET, withEventStoreDb } from './with-eventstoredb.ts';

type Asked<A> = (keys: ApiKeys) => TaskEither<ApiKeyError, A>;
type Answer<A> = Promise<E.Either<string, A>>;

const NO_ENVIRONMENT_KEY = { clock: systemClock, environmentKey: null } as const;

const describeKeyError = (error: ApiKeyError): string =>
  error.type === 'TooManyKeys'
    ? `there are ${error.limit} keys already: revoke some`
    : `the keys cannot be used: ${JSON.stringify(error)}`;

const inDataFile = async <A>(env: NodeJS.ProcessEnv, make: boolean, ask: Asked<A>): Answer<A> => {
  const data = dataFolder(env);
  if (E.isLeft(data)) return data;
  const { file: path } = data.right;
  if (!make && !existsSync(path)) return E.left(describeDataFileError({ type: 'Missing', path }));
  const file = openDataFile({ path });
  if (E.isLeft(file)) return E.left(describeDataFileError(file.left));
  try {
    const keys = makeApiKeys({ file: file.right, ...NO_ENVIRONMENT_KEY });
    if (E.isLeft(keys)) return E.left(describeDataFileError(keys.left));
    return E.mapLeft(describeKeyError)(await ask(keys.right)());
  } finally {
    await file.right.close();
  }
};

const inLog = <A>(settings: EventStoreDbSettings, ask: Asked<A>): Answer<A> =>
  withEventStoreDb(settings, async ({ ownStreams: streams }) => {
    const { openLoggedApiKeys } = await import('../../adapters/keys/logged-api-keys.ts');
    const opened = await openLoggedApiKeys({ streams, onProblem: QUIET, ...NO_ENVIRONMENT_KEY })();
    if (E.isLeft(opened)) return E.left(describeKeyError(opened.left));
    const answer = await ask(opened.right.keys)();
    await opened.right.stop();
    return E.mapLeft(describeKeyError)(answer);
  });

/**
 * The keys where the configuration says the log is: of EventStoreDB also beside running servers, in the data file only
 * without one. `make`: a data file is made where there is none. Left says why not, such as that the server has the file.
 */
export const withKeys = async <A>(env: NodeJS.ProcessEnv, make: boolean, ask: Asked<A>): Answer<A> => {
  const settings = await loadStoreSettings(env, readFile)();
  if (E.isLeft(settings)) return E.left(formatConfigurationErrors(settings.left));
  return settings.right.type === 'eventstoredb' ? inLog(settings.right, ask) : inDataFile(env, make, ask);
};
