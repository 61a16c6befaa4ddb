import { DatabaseSync } from 'node:sqlite';
import { purgeFile } from '../sqlite/wal-sync.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { numberOf, textOf } from '../../projections/projection.ts';
import { type Checkpoint, type EventFold, foldEvents, initialCheckpoint, decodeRecorded } from './fold-events.ts';
import { SIGHTINGS_SCHEMA } from './sightings.ts';
import { bookingsPart, otherParts, READ_MODEL_VERSION } from './projectors.ts';

/** Rows of each projection that stay in memory between batches: about 3 KB for a booking. */
const CACHED_ROWS = 4_000;
/** Pages in the write-ahead log before it is written back, which costs an fsync. */
const WAL_PAGES = 4_000;
/** Milliseconds to wait for a lock that another process, reading, holds for a moment. */
const BUSY_TIMEOUT_MS = 100;

const allParts = [bookingsPart, ...otherParts];
const BOOK_KEEPING = `
  CREATE TABLE definition (text TEXT NOT NULL) STRICT;
  CREATE TABLE checkpoints (
    name TEXT PRIMARY KEY, position INTEGER NOT NULL, event_id TEXT NOT NULL, stopped TEXT
  ) STRICT, WITHOUT ROWID;`;

/** What the rows of this program mean. A file of another definition cannot be used, only replaced. */
const DEFINITION = JSON.stringify([
  READ_MODEL_VERSION,
  BOOK_KEEPING,
  SIGHTINGS_SCHEMA,
  ...allParts.flatMap(({ name, schema, indexes }) => [name, schema, indexes]),
]);

/** An open read model. Everything is synchronous: nobody reads between the rows and the checkpoint of a batch. */
export type ReadModel = {
  readonly db: DatabaseSync;
  /** Folds the events in one transaction with the checkpoints. Throws what SQLite throws, and has changed nothing then. */
  readonly apply: (events: ReadonlyArray<RecordedEvent>) => void;
  readonly checkpoints: () => ReadonlyMap<string, Checkpoint>;
  readonly close: () => void;
  /** Leaves nothing of what was written over, in its log neither. Throws while somebody reads the file. */
  readonly purge: () => boolean;
};

export const createTables = (db: DatabaseSync): void => {
  db.exec(BOOK_KEEPING);
  db.prepare('INSERT INTO definition VALUES (?)').run(DEFINITION);
  db.exec(SIGHTINGS_SCHEMA);
  for (const { schema } of allParts) db.exec(schema);
};

export const createIndexes = (db: DatabaseSync): void => {
  for (const { indexes } of allParts) db.exec(indexes);
};

/** Writes the rows in memory and how far they go. Inside a transaction. */
export const writeFold = (db: DatabaseSync): ((fold: EventFold) => void) => {
  const put = db.prepare('INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?)');
  return (fold) => {
    for (const projector of fold.projectors) projector.write();
    for (const [name, { position, eventId, stopped }] of fold.checkpoints()) put.run(name, position, eventId, stopped);
  };
};

/** How far each projection has got in a file. `schema`: the name of one that is attached. */
export const readCheckpoints = (db: DatabaseSync, schema = 'main'): ReadonlyMap<string, Checkpoint> =>
  new Map(
    db
      .prepare(`SELECT name, position, event_id, stopped FROM ${schema}.checkpoints`)
      .all()
      .map((row) => [
        textOf(row, 'name'),
        {
          position: numberOf(row, 'position'),
          eventId: textOf(row, 'event_id'),
          stopped: row.stopped === null ? null : textOf(row, 'stopped'),
        },
      ]),
  );

/** Whether the rows of a file mean what those of this program do. */
export const isOfThisProgram = (db: DatabaseSync): boolean => {
  const [known] = db.prepare("SELECT name FROM sqlite_schema WHERE name = 'definition'").all();
  return known !== undefined && db.prepare('SELECT text FROM definition').get()?.text === DEFINITION;
};

const inTransaction = (db: DatabaseSync, task: () => void): void => {
  db.exec('BEGIN IMMEDIATE');
  try {
    task();
    db.exec('COMMIT');
  } catch (thrown) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw thrown;
  }
};

/** Opens a read model that a rebuild has made; null when it is of another definition. Throws what SQLite throws. */
export const openReadModel = (path: string): ReadModel | null => {
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    if (!isOfThisProgram(db)) {
      db.close();
      return null;
    }
    // A power cut may lose the last batches, never their consistency: they are folded again.
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;
      PRAGMA wal_autocheckpoint = ${WAL_PAGES}`);
    const fold = foldEvents(db, decodeRecorded);
    const write = writeFold(db);
    fold.reset(readCheckpoints(db));
    const apply = (events: ReadonlyArray<RecordedEvent>): void => {
      try {
        inTransaction(db, () => {
          for (const event of events) fold.fold(event);
          write(fold);
        });
      } catch (thrown) {
        fold.reset(readCheckpoints(db));
        throw thrown;
      }
      for (const projector of fold.projectors) projector.trim(CACHED_ROWS);
    };
    return { db, apply, checkpoints: fold.checkpoints, purge: () => purgeFile(db), close: () => db.close() };
  } catch (thrown) {
    if (db.isOpen) db.close();
    throw thrown;
  }
};

/** The checkpoint that lists of bookings and all that follows them go by. */
export const bookingsCheckpoint = (model: Pick<ReadModel, 'checkpoints'>): Checkpoint =>
  model.checkpoints().get(bookingsPart.name) ?? initialCheckpoint;
