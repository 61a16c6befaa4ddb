import { randomBytes, randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { StoreError } from '../../application/ports/event-store.ts';
import { encodeCrockford128 } from '../identity/ids.ts';
import { integerColumn, textColumn, storageFailure } from '../sqlite/sqlite-error.ts';
import type { ComponentSchema, DataFile } from '../sqlite/data-file.ts';
import type { DataFileError } from '../sqlite/inspect-file.ts';

/** Why a node must not run on the log that it was pointed at. Secrets are in none of them. */
export type InstallationRefusal =
  | { readonly type: 'OtherInstallation' }
  | { readonly type: 'OtherSecret' }
  | { readonly type: 'NodeNameTaken'; readonly node: string }
  | { readonly type: 'CalendarElsewhere'; readonly calendar: string; readonly node: string }
  | { readonly type: 'CopiedFolder'; readonly node: string };

/** One line for the operator: what does not go together, and what to do. The code at its end is stable. */
export const describeRefusal = (refusal: InstallationRefusal): string => {
  switch (refusal.type) {
    case 'OtherInstallation':
      return 'This data folder belongs to another log than the one that "store" names. Take a new data folder, or name its own log. [other_installation]';
    case 'OtherSecret':
      return 'The other nodes on this log use another secret. Give all nodes the same HOLDFAST_SECRET; to change it, stop all of them and run "holdfast store accept-secret" with the new one. [other_secret]';
    case 'NodeNameTaken':
      return `Another data folder has the name "${refusal.node}" on this log. Give each node a HOLDFAST_NODE of its own; if that folder is gone for good, run "holdfast store forget-node ${refusal.node}". [node_name_taken]`;
    case 'CalendarElsewhere':
      return `The built-in calendar "${refusal.calendar}" lies in the data folder of node "${refusal.node}". Run that node alone, move its data folder here, or use CalDAV or Google; if the folder is gone for good, run "holdfast store forget-node ${refusal.node}". [calendar_elsewhere]`;
    case 'CopiedFolder':
      return `A copy of this data folder was started on this log after this one was made or last started. Use that copy, or take a new data folder; to go on with this one, as after a restore, stop the copy and run "holdfast store forget-node ${refusal.node}". [copied_folder]`;
  }
};

/** `name`: who a lease belongs to. `folder`: a UUID that goes with the data folder, whatever name it runs under. */
export type StoredNode = { readonly name: string; readonly folder: string };

const nodeSchema: ComponentSchema = {
  component: 'node',
  migrations: [
    `CREATE TABLE node (id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL, folder TEXT NOT NULL) STRICT`,
    `CREATE TABLE membership (
       id INTEGER PRIMARY KEY CHECK (id = 1),
       installation TEXT,
       starting TEXT,
       last_start INTEGER
     ) STRICT`,
  ],
};

/** 30 random bits are enough among the nodes of one installation, and short enough to be read out. */
const NAME_LETTERS = 6;
const makeNodeName = (): string => `node-${encodeCrockford128(randomBytes(16)).slice(-NAME_LETTERS)}`;

const keepOrMake = (db: DatabaseSync): StoredNode => {
  db.prepare('INSERT INTO node (id, name, folder) VALUES (1, ?, ?) ON CONFLICT DO NOTHING').run(
    makeNodeName(),
    randomUUID(),
  );
  const row = db.prepare('SELECT name, folder FROM node').get();
  return { name: textColumn(row?.name), folder: textColumn(row?.folder) };
};

/** Name and id of this data folder, made at its first start. `given`: HOLDFAST_NODE, which wins and is not kept. */
export const storedNode = (
  file: DataFile,
  given: string | null,
): TE.TaskEither<DataFileError | StoreError, StoredNode> =>
  pipe(
    TE.fromEither<DataFileError | StoreError, void>(file.migrate(nodeSchema)),
    TE.flatMap(() => TE.tryCatch(() => file.writer.run(keepOrMake), storageFailure)),
    TE.map((stored) => ({ ...stored, name: given ?? stored.name })),
  );

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
    installation: row.installation === null ? null : textColumn(row.installation),
    starting: row.starting === null ? null : textColumn(row.starting),
    lastStart: row.last_start === null ? null : integerColumn(row.last_start),
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
