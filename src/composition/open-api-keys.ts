import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { keyStreamsInFile } from '../adapters/identity/api-key-stream.ts';
import { type OpenedApiKeys, openApiKeys } from '../adapters/identity/api-keys.ts';
import type { DataFileError } from '../adapters/sqlite/inspect-file.ts';
import type { Clock } from '../application/ports/clock-and-ids.ts';
import type { StoreError, OwnStreams } from '../application/ports/event-store.ts';
import type { Secret } from '../application/secret.ts';
import type { Storage } from './open-storage.ts';

type Dependencies = {
  readonly clock: Clock;
  /** HOLDFAST_API_KEY. */
  readonly environmentKey: Secret | null;
  readonly onProblem: (message: string) => void;
};

/** API keys where all nodes of the installation find them: in EventStoreDB when that is the log, else in the data file. */
export const openInstallationKeys = (
  { file, eventStoreDb }: Pick<Storage, 'file'> & { readonly eventStoreDb: { readonly ownStreams: OwnStreams } | null },
  deps: Dependencies,
): TaskEither<DataFileError | StoreError, OpenedApiKeys> =>
  pipe(
    eventStoreDb === null ? TE.fromEither(keyStreamsInFile(file)) : TE.right(eventStoreDb.ownStreams),
    TE.flatMap((streams): TaskEither<DataFileError | StoreError, OpenedApiKeys> =>
      openApiKeys({ ...deps, streams, isShared: eventStoreDb !== null }),
    ),
  );
