import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { StoreError } from '../../application/ports/event-store.ts';
import { integer, text } from '../sqlite/columns.ts';
import type { DataFile } from '../sqlite/data-file.ts';
import { storageFailure } from '../sqlite/sqlite-error.ts';

/**
 * What a data folder knows about the installation in EventStoreDB that it belongs to. `starting`: id of the event of a
 * start that may or may not have been written. `lastStart`: revision of the last one that was.
 */
export type Membership = {
  readonly installation: string | null;
  readonly starting: string | null;
  readonly lastStart: number | null;
};

const NONE: Membership = { installation: null, starting: null, lastStart: null };

const select = (db: DatabaseSync): Membership => {
  const row = db.prepare('SELECT installation, starting, last_start FROM membership').get();
  if (row === undefined) return NONE;
  return {
    installation: row.installation === null ? null : text(row.installation),
    starting: row.starting === null ? null : text(row.starting),
    lastStart: row.last_start === null ? null : integer(row.last_start),
  };
};

const replace = (db: DatabaseSync, { installation, starting, lastStart }: Membership): void => {
  db.prepare('INSERT OR REPLACE INTO membership VALUES (1, ?, ?, ?)').run(installation, starting, lastStart);
};

const run = <A>(file: DataFile, task: (db: DatabaseSync) => A): TE.TaskEither<StoreError, A> =>
  TE.tryCatch(() => file.writer.run(task), storageFailure);

/** What the data file remembers; nothing before the first start on EventStoreDB. */
export const readMembership = (file: DataFile): TE.TaskEither<StoreError, Membership> => run(file, select);

/** Durable before it answers. */
export const changeMembership = (file: DataFile, change: Partial<Membership>): TE.TaskEither<StoreError, Membership> =>
  run(file, (db) => {
    const changed = { ...select(db), ...change };
    replace(db, changed);
    return changed;
  });

/** A folder that the installation has forgotten goes on under a new id, as if it had never been started. */
export const renewFolder = (file: DataFile): TE.TaskEither<StoreError, string> =>
  run(file, (db) => {
    const folder = randomUUID();
    db.prepare('UPDATE node SET folder = ?').run(folder);
    replace(db, { ...select(db), starting: null, lastStart: null });
    return folder;
  });
