import { openFailure, type DataFileError } from '../../sqlite/inspect-file.ts';
import type { DataFile, ReadOnlyDataFile, ComponentSchema } from '../../sqlite/data-file.ts';
import * as E from 'fp-ts/lib/Either.js';
import { logSchema, makeSqliteLogStorage } from './sqlite-log-storage.ts';
import { makeEmbeddedEventStore } from './embedded-event-store.ts';
import type { EventStore } from '../../../application/ports/event-store.ts';

/** `held`: the log that the data file belongs to. Positions stored in it mean nothing in another log. */
export type OtherLog = { readonly type: 'OtherLog'; readonly path: string; readonly held: 'embedded' | 'eventstoredb' };

/** Where this table exists, the log of the data file is in EventStoreDB. */
const schema: ComponentSchema = {
  component: 'log-in-eventstoredb',
  migrations: ['CREATE TABLE log_in_eventstoredb (id INTEGER PRIMARY KEY) STRICT'],
};

const hasTable = ({ db }: DataFile, name: string): boolean =>
  db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(name) !== undefined;

const heldLog = (file: DataFile): OtherLog['held'] | null => {
  if (hasTable(file, 'log_in_eventstoredb')) return 'eventstoredb';
  const hasEvents = hasTable(file, 'events') && file.db.prepare('SELECT 1 FROM events LIMIT 1').get() !== undefined;
  return hasEvents ? 'embedded' : null;
};

/**
 * Refuses a data file that was used with the other engine. Where the log is in EventStoreDB, a new file records that.
 */
export const bindFileToLog = (file: DataFile, wanted: OtherLog['held']): E.Either<DataFileError | OtherLog, void> => {
  const { path } = file;
  const held = E.tryCatch(
    () => heldLog(file),
    (thrown) => openFailure(path, thrown),
  );
  if (E.isLeft(held)) return held;
  if (held.right !== null && held.right !== wanted) return E.left({ type: 'OtherLog', path, held: held.right });
  return wanted === 'embedded' ? E.right(undefined) : file.migrate(schema);
};

const tryMake = (path: string, make: () => EventStore): E.Either<DataFileError, EventStore> =>
  E.tryCatch(make, (thrown) => openFailure(path, thrown));

/**
 * The embedded event store on the data file, which stays open when the store is closed. Each append settles after an
 * fsync that appends arriving together share.
 */
export const makeSqliteEventStore = (file: DataFile): E.Either<DataFileError, EventStore> => {
  const migrated = file.migrate(logSchema);
  if (E.isLeft(migrated)) return migrated;
  return tryMake(file.path, () => makeEmbeddedEventStore(makeSqliteLogStorage(file.db, file.writer)));
};

/** A read-only store: appends are `Unavailable`. Subscriptions deliver what was there when they started. */
export const makeReadOnlyEventStore = (file: ReadOnlyDataFile): E.Either<DataFileError, EventStore> =>
  tryMake(file.path, () => makeEmbeddedEventStore(makeSqliteLogStorage(file.db, undefined)));
