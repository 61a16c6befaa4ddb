import QuickLRU from 'quick-lru';
import type { LogStorage, StoredEvent } from './log-storage.ts';
import { storageFailure, unexpectedValue, integerColumn, textColumn } from '../../sqlite/sqlite-error.ts';
import type { GroupCommit } from '../../sqlite/group-commit.ts';
import type { ComponentSchema } from '../../sqlite/data-file.ts';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';

/** A stream's number in the tables and the revision of its last event; changed in place by each append. */
type StreamHead = { readonly id: number; revision: number };

/** Heads in memory: 2,000 to 4,000, of 200 bytes each. With more, appends to new streams lose more than others gain. */
const MOST_HEADS = 2_000;
/** Names in memory, about 100 bytes each: one to two times as many. */
const MOST_NAMES = 10_000;

type NumberedName = { readonly id: number; readonly name: string };

/**
 * Names of streams by their numbers. `findFrom` gives some names from a number on, in order: a log that is read from
 * its beginning needs them next. All events of a stream share one string, so a map computes its hash once.
 */
const makeStreamNames = (
  findFrom: (id: number) => ReadonlyArray<NumberedName>,
): ((id: number) => string | undefined) => {
  const kept = new QuickLRU<number, string>({ maxSize: MOST_NAMES });
  return (id) => {
    const known = kept.get(id);
    if (known !== undefined) return known;
    for (const found of findFrom(id)) kept.set(found.id, found.name);
    return kept.get(id);
  };
};

/**
 * Keys are integers that only grow; an index over names or random ids besides the one of `streams` would cost two thirds
 * of the speed at a million events. Rows are never deleted, so no position is given twice.
 */
export const logSchema: ComponentSchema = {
  component: 'log',
  migrations: [
    `CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
     CREATE TABLE events (
       position INTEGER PRIMARY KEY,
       stream INTEGER NOT NULL,
       revision INTEGER NOT NULL,
       body TEXT NOT NULL,
       UNIQUE (stream, revision)
     ) STRICT;`,
  ],
};

/** As a list: a replay reads nothing else, and rows with names cost twice as much, and all their memory is garbage. */
type Row = Record<number, SQLOutputValue>;

/** Columns `position`, `revision`, `body`, from `at` on. A body that is no text is passed on as none, so that the reader of the row can name its position. */
const storedEvent = (stream: string, row: Row, at: number): StoredEvent => {
  const body = row[at + 2];
  return {
    position: integerColumn(row[at]),
    stream,
    revision: integerColumn(row[at + 1]),
    body: typeof body === 'string' ? body : '',
  };
};

/** `writer` is the data file's. Without one, as the command line reads, `transact` is refused and heads are not kept. */
export const makeSqliteLogStorage = (db: DatabaseSync, writer: GroupCommit | undefined): LogStorage => {
  const heads = new QuickLRU<string, StreamHead>({ maxSize: MOST_HEADS });
  const findHead = db.prepare(
    'SELECT id, (SELECT max(revision) FROM events WHERE stream = streams.id) AS revision FROM streams WHERE name = ?',
  );
  // No LIMIT with a parameter: SQLite plans such a statement anew each time, which doubles the cost of a short read.
  const readStream = db.prepare(
    'SELECT position, revision, body FROM events WHERE stream = ? AND revision BETWEEN ? AND ? ORDER BY revision',
  );
  const readStreamByName = db.prepare(
    `SELECT stream, position, revision, body FROM streams JOIN events ON stream = id
     WHERE name = ? AND revision BETWEEN ? AND ? ORDER BY revision`,
  );
  const readAfter = db.prepare(
    'SELECT stream, position, revision, body FROM events WHERE position > ? ORDER BY position LIMIT ?',
  );
  for (const statement of [readStream, readStreamByName, readAfter]) statement.setReturnArrays(true);
  const findNames = db.prepare('SELECT id, name FROM streams WHERE id >= ? ORDER BY id LIMIT 256');
  const nameOf = makeStreamNames((id) =>
    findNames.all(id).map((row) => ({ id: integerColumn(row.id), name: textColumn(row.name) })),
  );
  const findLast = db.prepare('SELECT coalesce(max(position), 0) AS position FROM events');
  const addStream = db.prepare('INSERT INTO streams (name) VALUES (?) ON CONFLICT DO NOTHING');
  const addEvent = db.prepare('INSERT INTO events (stream, revision, body) VALUES (?, ?, ?)');
  const readLast = (): number => integerColumn(findLast.get()?.position);

  let durableLast = readLast();
  let last = durableLast;
  let inTask = false;
  writer?.join({
    committed: () => {
      durableLast = last;
    },
    rolledBack: () => {
      last = durableLast;
      heads.clear();
    },
  });
  /** SQLite shows a commit before it is durable. Only tasks may read that far. */
  const visibleLast = (): number => {
    if (writer === undefined) return Number.MAX_SAFE_INTEGER;
    return inTask ? last : durableLast;
  };
  /** Rows come by position; `at`: the column of it. */
  const visible = (rows: ReadonlyArray<Row>, at: number): ReadonlyArray<Row> => {
    const limit = visibleLast();
    const newest = rows[rows.length - 1];
    return newest === undefined || integerColumn(newest[at]) <= limit
      ? rows
      : rows.filter((row) => integerColumn(row[at]) <= limit);
  };
  const asTask =
    <A>(task: () => A) =>
    (): A => {
      inTask = true;
      try {
        return task();
      } finally {
        inTask = false;
      }
    };

  const headOf = (stream: string): StreamHead | undefined => {
    const known = heads.get(stream);
    if (known !== undefined && writer !== undefined) return known;
    const row = findHead.get(stream);
    if (row === undefined) return undefined;
    const head = { id: integerColumn(row.id), revision: row.revision === null ? -1 : integerColumn(row.revision) };
    heads.set(stream, head);
    return head;
  };
  /** `undefined` where the stream was there already. */
  const newStream = (stream: string): StreamHead | undefined => {
    const { changes, lastInsertRowid } = addStream.run(stream);
    if (changes === 0) return undefined;
    const head = { id: Number(lastInsertRowid), revision: -1 };
    heads.set(stream, head);
    return head;
  };

  /** A stream that is read to its end is often appended to next, so its head is kept. */
  const readByName = (stream: string, from: number, to: number): ReadonlyArray<StoredEvent> => {
    const rows = readStreamByName.all(stream, from, to);
    const last = rows[rows.length - 1];
    if (last !== undefined && integerColumn(last[2]) < to) {
      heads.set(stream, { id: integerColumn(last[0]), revision: integerColumn(last[2]) });
    }
    return visible(rows, 1).map((row) => storedEvent(stream, row, 1));
  };

  return {
    transact: (task) =>
      writer === undefined ? Promise.reject(new Error('the log is open for reading only')) : writer.run(asTask(task)),
    drain: async () => writer?.drain(),
    join: (participant) => writer?.join(participant),
    revisionOf: (stream) => headOf(stream)?.revision ?? -1,
    claim: (stream) => newStream(stream) !== undefined,
    streamFrom: (stream, from, to) => {
      const head = writer === undefined ? undefined : heads.get(stream);
      if (head === undefined) return readByName(stream, from, to);
      return visible(readStream.all(head.id, from, to), 0).map((row) => storedEvent(stream, row, 0));
    },
    after: (position, limit) =>
      visible(readAfter.all(position, limit), 1).map((row) =>
        storedEvent(textColumn(nameOf(integerColumn(row[0]))), row, 1),
      ),
    lastPosition: () => (writer === undefined ? readLast() : visibleLast()),
    insert: (stream, revision, body) => {
      const head = headOf(stream) ?? newStream(stream);
      if (head === undefined) throw unexpectedValue(`the stream ${stream} is there and is not`);
      last = Number(addEvent.run(head.id, revision, body).lastInsertRowid);
      head.revision = revision;
      return last;
    },
    toStoreError: storageFailure,
  };
};
