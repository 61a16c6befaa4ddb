import * as E from 'fp-ts/lib/Either.js';
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { type Finding, makeFindingList } from '../../application/audit/finding.ts';
import type { CompareReadModel, ReadModelReport } from '../../application/audit/read-model-report.ts';
import type { EventStore, StoreError } from '../../application/ports/event-store.ts';
import { messageOf } from '../../domain/unknown.ts';
import { SQLITE_CORRUPT, SQLITE_NOTADB, sqliteCode } from '../sqlite/sqlite-error.ts';
import { COMPARED_TABLES, differingRows, type RowDifference } from './compare-rows.ts';
import { type Checkpoint, decodeTrusted, type EventFold, foldEvents, initialCheckpoint } from './fold-events.ts';
import { currentGeneration, generationPath } from './generations.ts';
import { createIndexes, createTables, isOfThisProgram, readCheckpoints, writeFold } from './read-model.ts';

type Deps = {
  /** Personal data in the clear where its keys are here. */
  readonly log: Pick<EventStore, 'readAll'>;
  /** The data folder. */
  readonly folder: string;
  /** Events that are folded in one turn of the event loop. */
  readonly pageEvents: number;
};

/** Rows of each projection in memory before they are written, and how many are kept then: about 3 KB for a booking. */
const MOST_HELD_ROWS = 4_000;
const KEPT_ROWS = 1_000;
/** KiB of SQLite's page cache; what is beyond it lies in a file without a name, which is gone with the process. */
const CACHE_KIB = 16_000;
const REMEDY = '"holdfast projections rebuild" makes it anew';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class Ended extends Error {
  readonly error: StoreError;
  constructor(error: StoreError) {
    super(error.type);
    this.error = error;
  }
}

const findingAt = (position: number, { reason, ...row }: RowDifference): Finding => {
  const where = `${row.table}, row ${row.key}${row.column === null ? '' : `, ${row.column}`}`;
  return { kind: 'read-model', stream: '', revision: -1, position, reason: `${where}: ${reason}; ${REMEDY}`, row };
};

/** The read model made again in memory, from the log alone. `foldTo`: up to a position, that one included. */
const openMade = ({ log, pageEvents }: Deps, db: DatabaseSync, signal: AbortSignal | undefined) => {
  db.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -${CACHE_KIB}; BEGIN`);
  createTables(db);
  const fold = foldEvents(db, decodeTrusted);
  fold.reset(new Map());
  const write = writeFold(db);
  let position = 0;
  const makeRoom = (): void => {
    if (fold.projectors.every((projector) => projector.size() < MOST_HELD_ROWS)) return;
    write(fold);
    for (const projector of fold.projectors) projector.trim(KEPT_ROWS);
  };
  const foldTo = async (target: number, onProgress: (position: number) => void): Promise<void> => {
    while (position < target) {
      if (signal?.aborted === true) throw new Ended({ type: 'Unavailable', reason: 'nobody waits any more' });
      const page = await log.readAll(position, pageEvents)();
      if (E.isLeft(page)) throw new Ended(page.left);
      const events = page.right.filter((event) => event.position <= target);
      for (const event of events) fold.fold(event);
      const last = events.at(-1);
      if (last !== undefined) position = last.position;
      if (events.length < page.right.length || last === undefined) break;
      makeRoom();
      onProgress(position);
      await nextTurn();
    }
    write(fold);
  };
  return { foldTo, checkpoints: (): ReturnType<EventFold['checkpoints']> => fold.checkpoints() };
};

/** The schema of a database: what somebody has put in, taken out or changed would show here. */
const schemaOf = (db: DatabaseSync): ReadonlyMap<string, string> =>
  new Map(
    db
      .prepare(
        "SELECT type, name, coalesce(sql, '') AS sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'",
      )
      .all()
      .map(({ type, name, sql }) => [`${String(type)} ${String(name)}`, String(sql)]),
  );

const schemaDifferences = (stored: DatabaseSync): ReadonlyArray<RowDifference> => {
  const made = new DatabaseSync(':memory:');
  try {
    createTables(made);
    createIndexes(made);
    const [ours, theirs] = [schemaOf(made), schemaOf(stored)];
    return [...new Set([...ours.keys(), ...theirs.keys()])]
      .filter((key) => ours.get(key) !== theirs.get(key))
      .map((key) => ({ table: 'sqlite_schema', key, column: null, reason: 'it is not what this program makes' }));
  } finally {
    made.close();
  }
};

/** Where a projection says that it stands, against the same events in the log. */
const checkpointDifferences = (name: string, stored: Checkpoint, made: Checkpoint): ReadonlyArray<RowDifference> => {
  if (stored.position === made.position && stored.eventId === made.eventId) return [];
  const reason =
    made.stopped === null
      ? `it stands at position ${stored.position} and at an event that the log does not have there`
      : `it stands at position ${stored.position}, and nothing can be made of ${made.stopped}`;
  return [{ table: 'checkpoints', key: name, column: null, reason }];
};

const PROJECTIONS = [...new Set(COMPARED_TABLES.map(({ projection }) => projection))];

const compareWith = async (
  deps: Deps,
  stored: DatabaseSync,
  made: DatabaseSync,
  onProgress: (done: number, all: number) => void,
  signal: AbortSignal | undefined,
): Promise<ReadModelReport> => {
  const list = makeFindingList(0);
  const again = openMade(deps, made, signal);
  const stands = (name: string): Checkpoint => readCheckpoints(stored).get(name) ?? initialCheckpoint;
  const furthest = (): number => Math.max(...PROJECTIONS.map((name) => stands(name).position));
  const all = furthest();
  const fold = (target: number): Promise<void> => again.foldTo(target, (done) => onProgress(done, Math.max(done, all)));
  await fold(Math.min(...PROJECTIONS.map((name) => stands(name).position)));
  // One moment of the file from here on, which a server may go on writing: what it came to meanwhile is folded first.
  stored.exec('BEGIN');
  list.add(schemaDifferences(stored).map((difference) => findingAt(furthest(), difference)));
  let rows = 0;
  const onRows = async (count: number): Promise<void> => {
    rows += count;
    if (signal?.aborted === true) throw new Ended({ type: 'Unavailable', reason: 'nobody waits any more' });
    await nextTurn();
  };
  for (const name of PROJECTIONS.toSorted((a, b) => stands(a).position - stands(b).position)) {
    const checkpoint = stands(name);
    await fold(checkpoint.position);
    const wrong = checkpointDifferences(name, checkpoint, again.checkpoints().get(name) ?? initialCheckpoint);
    list.add(wrong.map((difference) => findingAt(checkpoint.position, difference)));
    if (wrong.length > 0) continue;
    for (const table of COMPARED_TABLES.filter(({ projection }) => projection === name))
      for await (const difference of differingRows(table, stored, made, onRows))
        list.add([findingAt(checkpoint.position, difference)]);
  }
  return { position: furthest(), rows, note: null, ...list.all() };
};

const notCompared = (note: string): ReadModelReport => ({ position: null, rows: 0, note, findings: [], more: 0 });

const unusable = (reason: string): ReadModelReport => ({
  ...notCompared(reason),
  findings: [{ kind: 'read-model', stream: '', revision: -1, position: 0, reason: `${reason}; ${REMEDY}` }],
});

/**
 * Makes the read model in use again from the log, beside it, and names each row that is another one, also beside a running
 * server: up to where the stored one has got. What people forgot and keys that are not here leave as erased is not judged. Left:
 * the log cannot be read, or there is no room to compare.
 */
export const compareReadModel =
  (deps: Deps): CompareReadModel =>
  async (onProgress, signal) => {
    const opened: DatabaseSync[] = [];
    const open = (path: string, readOnly: boolean): DatabaseSync => {
      const db = new DatabaseSync(path, { readOnly, timeout: 1_000 });
      opened.push(db);
      return db;
    };
    try {
      const generation = currentGeneration(deps.folder);
      if (generation === null) return E.right(notCompared('there is no read model yet'));
      const path = generationPath(deps.folder, generation);
      if (!existsSync(path)) return E.right(unusable('the file of the read model is gone'));
      const stored = open(path, true);
      if (!isOfThisProgram(stored))
        return E.right(
          notCompared('the read model is of another version of the program: the next start makes it anew'),
        );
      return E.right(await compareWith(deps, stored, open('', false), onProgress, signal));
    } catch (thrown) {
      // What is wrong in the log is found by those who verify it.
      if (thrown instanceof Ended)
        return thrown.error.type === 'Corrupt'
          ? E.right(notCompared(`the log cannot be folded: ${thrown.error.reason}`))
          : E.left(thrown.error);
      const code = sqliteCode(thrown);
      return code === SQLITE_CORRUPT || code === SQLITE_NOTADB
        ? E.right(unusable(`the file of the read model is damaged: ${messageOf(thrown)}`))
        : E.left({ type: 'Unavailable', reason: `the read model cannot be compared: ${messageOf(thrown)}` });
    } finally {
      for (const db of opened) db.close();
    }
  };
