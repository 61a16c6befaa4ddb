import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import type { Finding } from '../../../application/audit/finding.ts';
import { scheduleAggregate } from '../../../application/commands/aggregate.ts';
import { type Loaded, foldOn, unloaded } from '../../../application/commands/loaded-stream.ts';
import { FOLD_PAGE_EVENTS } from '../../../application/commands/stream-loader.ts';
import type { EventStore, StoreError } from '../../../application/ports/event-store.ts';
import { packSchedule, SCHEDULE_FOLD } from '../../../domain/schedule/pack-schedule.ts';
import type { ScheduleState } from '../../../domain/schedule/schedule-state.ts';
import { integerColumn, textColumn } from '../../sqlite/sqlite-error.ts';

type Deps = {
  readonly log: Pick<EventStore, 'readStream'>;
  /** The data file, which has the kept folds. */
  readonly path: string;
};

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The fold of a stream's events up to a revision; null: it does not reach so far, or cannot be understood. */
const foldUpTo = async (
  log: Deps['log'],
  stream: string,
  revision: number,
): Promise<E.Either<StoreError, Loaded<ScheduleState> | null>> => {
  const fold = foldOn(scheduleAggregate)(unloaded(scheduleAggregate.initial));
  while (fold.next() <= revision) {
    const from = fold.next();
    const page = await log.readStream(stream, from, Math.min(FOLD_PAGE_EVENTS, revision + 1 - from))();
    if (E.isLeft(page)) return page.left.type === 'Corrupt' ? E.right(null) : page;
    if (page.right.length === 0 || E.isLeft(fold.add(page.right))) return E.right(null);
    await nextTurn();
  }
  return E.right(fold.loaded());
};

/** Rows of a packed state, whatever the order and the parts in which they lie; null: it is no JSON of rows. */
const rowsIn = (parts: Iterable<string>): ReadonlyArray<string> | null => {
  const rows: string[] = [];
  for (const part of parts) {
    const parsed = E.tryCatch((): unknown => JSON.parse(part), String);
    if (E.isLeft(parsed) || !Array.isArray(parsed.right)) return null;
    rows.push(...parsed.right.map((row) => JSON.stringify(row)));
  }
  return rows.toSorted();
};

const isSame = (stored: Iterable<string>, state: ScheduleState): boolean => {
  const [theirs, ours] = [rowsIn(stored), rowsIn(packSchedule(state))];
  return theirs?.length === ours?.length && theirs?.every((row, index) => row === ours?.[index]) === true;
};

const found = (stream: string, { revision, position }: Loaded<ScheduleState>): Finding => ({
  kind: 'read-model',
  stream: '',
  revision: -1,
  position,
  reason:
    `snapshots, row ${stream}: the kept fold up to revision ${revision} is not what the log makes of it; ` +
    'stop the server and delete it (DELETE FROM snapshots), and the next start makes it anew',
  row: { table: 'snapshots', key: stream, column: null },
});

/**
 * Folds each schedule of which the data file keeps a fold anew, and names each kept one that says otherwise. One that no start
 * would use, since its version or its last event is another one, is left out. Throws what SQLite throws.
 */
export const compareSnapshots = async (
  { log, path }: Deps,
  signal?: AbortSignal,
): Promise<E.Either<StoreError, ReadonlyArray<Finding>>> => {
  if (!existsSync(path)) return E.right([]);
  const db = new DatabaseSync(path, { readOnly: true, timeout: 1_000 });
  try {
    if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'snapshots'").get() === undefined) return E.right([]);
    const headers = db
      .prepare('SELECT stream, revision, last_id, last_hash, parts FROM snapshots WHERE fold = ? ORDER BY stream')
      .all(SCHEDULE_FOLD);
    const parts = db.prepare('SELECT body FROM snapshot_parts WHERE stream = ? AND revision = ? AND part < ?');
    const findings: Finding[] = [];
    for (const header of headers) {
      if (signal?.aborted === true) return E.left({ type: 'Unavailable', reason: 'nobody waits any more' });
      const [stream, revision] = [textColumn(header.stream), integerColumn(header.revision)];
      // Before the log is folded: a running server puts another one in its place meanwhile.
      const stored = parts.all(stream, revision, integerColumn(header.parts)).map(({ body }) => textColumn(body));
      const folded = await foldUpTo(log, stream, revision);
      if (E.isLeft(folded)) return folded;
      const { right: loaded } = folded;
      if (loaded === null || loaded.lastId !== header.last_id || loaded.lastHash !== header.last_hash) continue;
      if (stored.length === integerColumn(header.parts) && !isSame(stored, loaded.state))
        findings.push(found(stream, loaded));
    }
    return E.right(findings);
  } finally {
    db.close();
  }
};
