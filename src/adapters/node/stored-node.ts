import { randomBytes, randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { StoreError } from '../../application/ports/event-store.ts';
import { encodeCrockford128 } from '../keys/base32.ts';
import { text } from '../sqlite/columns.ts';
import type { ComponentSchema } from '../sqlite/component-schema.ts';
import type { DataFile } from '../sqlite/data-file.ts';
import type { DataFileError } from '../sqlite/data-file-error.ts';
import { storageFailure } from '../sqlite/sqlite-error.ts';

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
const newName = (): string => `node-${encodeCrockford128(randomBytes(16)).slice(-NAME_LETTERS)}`;

const keepOrMake = (db: DatabaseSync): StoredNode => {
  db.prepare('INSERT INTO node (id, name, folder) VALUES (1, ?, ?) ON CONFLICT DO NOTHING').run(
    newName(),
    randomUUID(),
  );
  const row = db.prepare('SELECT name, folder FROM node').get();
  return { name: text(row?.name), folder: text(row?.folder) };
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
