import type { SQLOutputValue } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { ConsumerState, KeyedParkedMessage, WaitingMessage } from '../../application/consumers/consumer-state.ts';
import { integerColumn, textColumn, storageFailure } from '../sqlite/sqlite-error.ts';
import type { ComponentSchema, DataFile } from '../sqlite/data-file.ts';
import { type DataFileError, openFailure } from '../sqlite/inspect-file.ts';

const consumersSchema: ComponentSchema = {
  component: 'consumers',
  migrations: [
    `CREATE TABLE consumer_groups (name TEXT PRIMARY KEY, checkpoint INTEGER NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE consumer_waiting (
       name TEXT NOT NULL, position INTEGER NOT NULL, key TEXT NOT NULL, attempts INTEGER NOT NULL,
       due_at INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (name, position)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE consumer_parked (
       name TEXT NOT NULL, position INTEGER NOT NULL, key TEXT NOT NULL, stream TEXT NOT NULL, type TEXT NOT NULL,
       attempts INTEGER NOT NULL, reason TEXT NOT NULL, parked_at TEXT NOT NULL, PRIMARY KEY (name, position)
     ) STRICT, WITHOUT ROWID;`,
    `ALTER TABLE consumer_waiting ADD COLUMN wait_ms INTEGER;
     ALTER TABLE consumer_waiting ADD COLUMN replayed INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE consumer_parked ADD COLUMN replayed INTEGER NOT NULL DEFAULT 0;`,
  ],
};

type Row = Record<string, SQLOutputValue>;

const waitingMessage = (row: Row): WaitingMessage => ({
  position: integerColumn(row.position),
  key: textColumn(row.key),
  attempts: integerColumn(row.attempts),
  dueAt: integerColumn(row.due_at),
  waitMs: row.wait_ms === null ? null : integerColumn(row.wait_ms),
  reason: textColumn(row.reason),
  replayed: row.replayed === 1,
});

const parkedMessage = (row: Row): KeyedParkedMessage => ({
  group: textColumn(row.name),
  position: integerColumn(row.position),
  key: textColumn(row.key),
  stream: textColumn(row.stream),
  type: textColumn(row.type),
  attempts: integerColumn(row.attempts),
  reason: textColumn(row.reason),
  parkedAt: textColumn(row.parked_at),
  replayed: row.replayed === 1,
});

const overFile = ({ db, writer }: DataFile): ConsumerState => {
  const findCheckpoint = db.prepare('SELECT checkpoint FROM consumer_groups WHERE name = ?');
  const findWaiting = db.prepare('SELECT * FROM consumer_waiting WHERE name = ? ORDER BY position');
  const findAhead = db.prepare('SELECT position FROM consumer_parked WHERE name = ? AND position > ?');
  const findParked = db.prepare('SELECT * FROM consumer_parked WHERE ?1 IS NULL OR name = ?1 ORDER BY name, position');
  const putCheckpoint = db.prepare('INSERT OR REPLACE INTO consumer_groups VALUES (?, ?)');
  const putWaiting = db.prepare('INSERT OR REPLACE INTO consumer_waiting VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const removeWaiting = db.prepare('DELETE FROM consumer_waiting WHERE name = ? AND position = ?');
  const putParked = db.prepare('INSERT OR REPLACE INTO consumer_parked VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const moveBack = db.prepare(
    `INSERT OR REPLACE INTO consumer_waiting
     SELECT name, position, key, 0, ?3, reason, 0, 1 FROM consumer_parked WHERE name = ?1 AND (?2 IS NULL OR position = ?2)
     RETURNING *`,
  );
  const removeParked = db.prepare('DELETE FROM consumer_parked WHERE name = ?1 AND (?2 IS NULL OR position = ?2)');
  const put = (name: string, m: WaitingMessage): void => {
    putWaiting.run(name, m.position, m.key, m.attempts, m.dueAt, m.reason, m.waitMs, m.replayed ? 1 : 0);
  };
  const count = db.prepare(
    `SELECT name, checkpoint,
       (SELECT count(*) FROM consumer_waiting w WHERE w.name = g.name) AS retrying,
       (SELECT count(*) FROM consumer_parked p WHERE p.name = g.name) AS parked
     FROM consumer_groups g ORDER BY name`,
  );
  return {
    load: async (name) => {
      const row = findCheckpoint.get(name);
      const checkpoint = row === undefined ? null : integerColumn(row.checkpoint);
      return {
        checkpoint,
        waiting: findWaiting.all(name).map(waitingMessage),
        parkedAhead: findAhead.all(name, checkpoint ?? 0).map((each) => integerColumn(each.position)),
      };
    },
    save: (name, changes) =>
      writer.run(() => {
        putCheckpoint.run(name, changes.checkpoint);
        for (const position of changes.remove) removeWaiting.run(name, position);
        for (const message of changes.put) put(name, message);
        for (const m of changes.park) {
          removeWaiting.run(name, m.position);
          const replayed = m.replayed ? 1 : 0;
          putParked.run(name, m.position, m.key, m.stream, m.type, m.attempts, m.reason, m.parkedAt, replayed);
        }
      }),
    parked: async (name) => findParked.all(name ?? null).map(parkedMessage),
    unpark: (name, position, dueAt) =>
      writer.run(() => {
        const moved = moveBack.all(name, position ?? null, dueAt).map(waitingMessage);
        removeParked.run(name, position ?? null);
        return moved.toSorted((a, b) => a.position - b.position);
      }),
    adjust: (name, changes) =>
      writer.run(() => {
        for (const position of changes.remove) removeWaiting.run(name, position);
        for (const message of changes.put) put(name, message);
        for (const position of changes.unparked) removeParked.run(name, position);
      }),
    counts: async () =>
      count.all().map((row) => ({
        name: textColumn(row.name),
        checkpoint: integerColumn(row.checkpoint),
        retrying: integerColumn(row.retrying),
        parked: integerColumn(row.parked),
      })),
    toStoreError: storageFailure,
  };
};

/** In the data file, through its writer: progress shares transactions and fsyncs with appends. */
export const makeSqliteConsumerState = (file: DataFile): E.Either<DataFileError, ConsumerState> =>
  pipe(
    file.migrate(consumersSchema),
    E.chain(() =>
      E.tryCatch(
        () => overFile(file),
        (thrown) => openFailure(file.path, thrown),
      ),
    ),
  );
