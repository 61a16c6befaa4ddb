import * as E from 'fp-ts/lib/Either.js';
import type { EventStore } from '../../application/ports/event-store.ts';
import type { DataFile, ReadOnlyDataFile } from '../sqlite/data-file.ts';
import type { DataFileError } from '../sqlite/data-file-error.ts';
import { openFailure } from '../sqlite/inspect-file.ts';
import { makeEmbeddedEventStore } from './embedded-event-store.ts';
import { logSchema, makeSqliteLogStorage } from './sqlite-log-storage.ts';

const tryMake = (path: string, make: () => EventStore): E.Either<DataFileError, EventStore> =>
  E.tryCatch(make, (thrown) => openFailure(path, thrown));

/**
 * The embedded event store on the data file, which stays open when the store is closed. Every answer to an append comes
 * after the fsync that its neighbours share.
 */
export const makeSqliteEventStore = (file: DataFile): E.Either<DataFileError, EventStore> => {
  const migrated = file.migrate(logSchema);
  if (E.isLeft(migrated)) return migrated;
  return tryMake(file.path, () => makeEmbeddedEventStore(makeSqliteLogStorage(file.db, file.writer)));
};

/** Reads only; appends are `Unavailable`. Subscriptions see what was there when they started, not what comes later. */
export const makeReadOnlyEventStore = (file: ReadOnlyDataFile): E.Either<DataFileError, EventStore> =>
  tryMake(file.path, () => makeEmbeddedEventStore(makeSqliteLogStorage(file.db, undefined)));
