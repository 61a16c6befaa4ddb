import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { makeApiKeys } from '../adapters/identity/sqlite-api-keys.ts';
import type { DataFileError } from '../adapters/sqlite/data-file-error.ts';
import type { ApiKeys } from '../application/ports/keys-and-tokens.ts';
import type { Clock } from '../application/ports/clock-and-ids.ts';
import type { StoreError } from '../application/ports/event-store.ts';
import type { Secret } from '../application/secret.ts';
import type { Storage } from './open-storage.ts';

/** `stop` comes before the log is closed. */
export type OpenedApiKeys = { readonly keys: ApiKeys; readonly stop: () => Promise<void> };

type Dependencies = {
  readonly clock: Clock;
  /** HOLDFAST_API_KEY. */
  readonly environmentKey: Secret | null;
  readonly onProblem: (message: string) => void;
};

/** API keys where all nodes of the installation find them: in the log when several may share it, else in the data file. */
export const openApiKeys = (
  { file, eventStoreDb }: Pick<Storage, 'file' | 'eventStoreDb'>,
  deps: Dependencies,
): TaskEither<DataFileError | StoreError, OpenedApiKeys> => {
  if (eventStoreDb === null) {
    const keys = makeApiKeys({ file, clock: deps.clock, environmentKey: deps.environmentKey });
    return TE.fromEither(
      pipe(
        keys,
        E.map((made) => ({ keys: made, stop: () => Promise.resolve() })),
      ),
    );
  }
  const { ownStreams: streams } = eventStoreDb;
  return async () => {
    const { openLoggedApiKeys } = await import('../adapters/identity/logged-api-keys.ts');
    return openLoggedApiKeys({ ...deps, streams })();
  };
};
