import * as E from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Settings } from '../adapters/configuration/load-configuration.ts';
import { givenSecret } from '../adapters/configuration/load-configuration.ts';
import { ensureFirstKey } from '../adapters/identity/api-key-rows.ts';
import type { ServerSecret } from '../adapters/identity/server-secret.ts';
import { noteSecretInUse, serverSecret } from '../adapters/identity/server-secret.ts';
import type { Secret } from '../application/secret.ts';
import { joinInstallation } from './join-installation.ts';
import type { OpenedApiKeys } from './open-api-keys.ts';
import { openApiKeys } from './open-api-keys.ts';
import type { Storage, StorageDeps } from './open-storage.ts';
import { openStorage } from './open-storage.ts';
import type { StartError } from './start-error.ts';

/** Everything durable that a server runs on. `newKey`: made at this very start. `isSecretNew`: the start before used another. */
export type State = {
  readonly storage: Storage;
  readonly secret: ServerSecret;
  readonly isSecretNew: boolean;
  readonly apiKeys: OpenedApiKeys;
  readonly newKey: Option<Secret>;
};

/** Nobody looks for keys any more where the start ends here. */
const firstKey =
  ({ keys, stop }: OpenedApiKeys): TaskEither<StartError, Option<Secret>> =>
  async () => {
    const made = await ensureFirstKey(keys)();
    if (E.isLeft(made)) await stop();
    return made;
  };

const openWith = (settings: Settings, opened: Storage, deps: StorageDeps): TaskEither<StartError, State> =>
  pipe(
    serverSecret(opened.file, givenSecret(settings)) satisfies TaskEither<StartError, ServerSecret>,
    TE.bindTo('secret'),
    TE.bindW('storage', ({ secret }) => joinInstallation(opened, secret, settings.configuration.calendars)),
    TE.bindW('isSecretNew', ({ storage, secret }) => noteSecretInUse(storage.file, secret)),
    TE.bindW('apiKeys', ({ storage }) =>
      openApiKeys(storage, { ...deps, environmentKey: settings.environment.apiKey }),
    ),
    TE.bindW('newKey', ({ apiKeys }) => firstKey(apiKeys)),
  );

const closeStorage = async ({ store, file }: Storage): Promise<void> => {
  await store.close();
  await file.close();
};

/** What has to be in order before anything runs; the file is let go again where it is not. */
export const openState =
  (settings: Settings, deps: StorageDeps): TaskEither<StartError, State> =>
  async () => {
    const storage = await openStorage(deps)(settings.environment.dataFolder, settings.configuration.store)();
    if (E.isLeft(storage)) return storage;
    const opened = await openWith(settings, storage.right, deps)();
    if (E.isLeft(opened)) await closeStorage(storage.right);
    return opened;
  };

/** Closing the log ends a look at the keys that nobody answers. */
export const closeState = async ({ storage, apiKeys }: State): Promise<void> => {
  const stopping = apiKeys.stop();
  await closeStorage(storage);
  await stopping;
};
