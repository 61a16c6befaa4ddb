import * as E from 'fp-ts/lib/Either.js';
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { type Finding, makeFindingList } from '../../application/audit/finding.ts';
import type { CompareReadModel, ReadModelReport } from '../../application/audit/read-model-report.ts';
import type { EventStore, StoreError } from '../../application/ports/event-store.ts';
import { messageOf } from '../../domain/unknown.ts';
import { SQLITE_CORRUPT, SQLITE_NOTADB, sqliteCode } from '../sqlite/sqlite-error.ts';
import { COMPARED_TABLES, differingRows, type RowDifference } from './compare-rows.ts';
import type { AroundRows } from './projectors.ts';
import { settlingRows } from './settle-rows.ts';
import { type Checkpoint, decodeTrusted, type EventFold, foldEvents, initialCheckpoint } from './fold-events.ts';
import { currentGeneration, generationPath } from './generations.ts';
import { schemaDifferences } from './compare-schema.ts';
import { createTables, isOfThisProgram, readCheckpoints, writeFold } from './read-model.ts';

type Deps = {
  /** Personal data in the clear where its keys are here. */
  readonly log: Pick<EventStore, 'readAll'>;
  /** The data folder. */
  readonly folder: string;
  /** Events that are folded in one turn of the event loop. */
  readonly pageEvents: number;
  /** Rows of each projection in memory before they are compared; a quarter of them is kept. Default: 1,000. */
  readonly heldRows?: number;
};

/** About 3 KB for a booking. */
const HELD_ROWS = 1_000;
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

/** The read model made again, from the log alone. `foldTo`: up to a position, that one included. */
const openMade = (
  { log, pageEvents, heldRows = HELD_ROWS }: Deps,
  db: DatabaseSync,
  around: AroundRows,
  signal: AbortSignal | undefined,
) => {
  const fold = foldEvents(db, decodeTrusted, around);
  fold.reset(new Map());
  const write = writeFold(db);
  let position = 0;
  const makeRoom = (): void => {
    if (fold.projectors.every((projector) => projector.size() < heldRows)) return;
    write(fold);
    for (const projector of fold.projectors) projector.trim(heldRows / 4);
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

/**
 * `db`: empty, beside the read model, which is attached to it as `stored`. One moment of that from the first reading on, which a
 * server may go on writing.
 */
const compareWith = async (
  deps: Deps,
  db: DatabaseSync,
  onProgress: (done: number, all: number) => void,
  signal: AbortSignal | undefined,
): Promise<Pick<ReadModelReport, 'position' | 'rows' | 'findings' | 'more'>> => {
  db.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -${CACHE_KIB}; BEGIN`);
  const stored = readCheckpoints(db, 'stored');
  createTables(db);
  const list = makeFindingList(0);
  const settled = settlingRows(db);
  const again = openMade(deps, db, settled.around, signal);
  const stands = (name: string): Checkpoint => stored.get(name) ?? initialCheckpoint;
  const furthest = Math.max(...PROJECTIONS.map((name) => stands(name).position));
  let rows = 0;
  const onRows = async (count: number): Promise<void> => {
    rows += count;
    if (signal?.aborted === true) throw new Ended({ type: 'Unavailable', reason: 'nobody waits any more' });
    await nextTurn();
  };
  for (const name of PROJECTIONS.toSorted((a, b) => stands(a).position - stands(b).position)) {
    const checkpoint = stands(name);
    await again.foldTo(checkpoint.position, (done) => onProgress(done, furthest));
    const wrong = checkpointDifferences(name, checkpoint, again.checkpoints().get(name) ?? initialCheckpoint);
    list.add(wrong.map((difference) => findingAt(checkpoint.position, difference)));
    if (wrong.length > 0) continue;
    for (const table of COMPARED_TABLES.filter(({ projection }) => projection === name))
      for await (const difference of differingRows(table, db, settled.keys(table.table), onRows))
        list.add([findingAt(checkpoint.position, difference)]);
  }
  return { position: furthest, rows, ...list.all() };
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
      const schema = schemaDifferences(stored);
      const db = open('', false);
      db.prepare('ATTACH ? AS stored').run(`${pathToFileURL(path).href}?mode=ro`);
      const { findings, more, ...compared } = await compareWith(deps, db, onProgress, signal);
      const first = schema.map((difference) => findingAt(compared.position ?? 0, difference));
      return E.right({ ...compared, note: null, findings: [...first, ...findings], more });
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
