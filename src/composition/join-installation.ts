import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { InstallationRefusal } from '../adapters/cluster/node.ts';
import type { ServerSecret } from '../adapters/identity/server-secret.ts';
import type { CalendarSettings } from '../adapters/calendars/providers.ts';
import { isBuiltIn } from '../adapters/calendars/providers.ts';
import type { StoreError } from '../application/ports/event-store.ts';
import type { Storage } from './open-storage.ts';

/** Where several nodes may share the log: whether this one goes together with them. The embedded engine has nobody to ask. */
export const openInstallation =
  (
    storage: Storage,
    secret: ServerSecret,
    configured: ReadonlyArray<CalendarSettings>,
  ): TaskEither<InstallationRefusal | StoreError, Storage> =>
  async () => {
    const { eventStoreDb, file, node } = storage;
    if (eventStoreDb === null) return E.right(storage);
    const { joinInstallation: join } =
      await import('../adapters/event-store/eventstoredb/installation/join-installation.ts');
    const calendars = configured.filter(isBuiltIn).map(({ id }) => id);
    const joined = await join({ ownStreams: eventStoreDb.ownStreams, file, node, secret, calendars })();
    return pipe(
      joined,
      E.map((known) => ({ ...storage, node: known })),
    );
  };
