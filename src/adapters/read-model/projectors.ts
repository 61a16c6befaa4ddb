import * as E from 'fp-ts/lib/Either.js';
import type { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../domain/unknown.ts';
import { bookingsProjection, bookingsTable } from '../../projections/bookings/bookings-projection.ts';
import { calendarBookingsFold } from '../../projections/calendar-health/calendar-bookings-fold.ts';
import { calendarHealthFold } from '../../projections/calendar-health/calendar-health-fold.ts';
import { calendarBookingsTable, calendarHealthTable } from '../../projections/calendar-health/calendar-health-table.ts';
import { outboxProjection } from '../../projections/outbox/outbox-projection.ts';
import { outboxTable } from '../../projections/outbox/outbox-table.ts';
import { timersProjection, timersTable } from '../../projections/timers/timers-projection.ts';
import {
  changesOf,
  type Projection,
  type RowAccess,
  type RowTable,
  type ProjectedEvent,
} from '../../projections/projection.ts';

/** Rows in memory over a table, so that a batch reads and writes each row once at most. */
type RowCache<Row> = {
  readonly get: (key: string) => Row;
  readonly put: (key: string, row: Row) => void;
  /** Writes what was put since the last time. Inside a transaction. */
  readonly write: () => void;
  /** Keeps the `most` rows that were put last, of those that are written. */
  readonly trim: (most: number) => void;
  /** Forgets everything, as after a rollback. */
  readonly forget: () => void;
  readonly size: () => number;
};

type CachedRow<Row> = { row: Row; unwritten: boolean };

export const makeRowCache = <Row>(access: RowAccess<Row>, initial: Row): RowCache<Row> => {
  const cached = new Map<string, CachedRow<Row>>();
  let unwritten: Array<[string, CachedRow<Row>]> = [];

  const put = (key: string, row: Row): void => {
    const known = cached.get(key);
    if (known?.unwritten === true) {
      known.row = row;
      return;
    }
    // Deleted and set anew, so that the map is ordered by the last `put`, oldest first.
    if (known !== undefined) cached.delete(key);
    const entry = { row, unwritten: true };
    cached.set(key, entry);
    unwritten.push([key, entry]);
  };

  const get = (key: string): Row => {
    const known = cached.get(key);
    if (known !== undefined) return known.row;
    const row = access.find(key) ?? initial;
    cached.set(key, { row, unwritten: false });
    return row;
  };

  return {
    get,
    put,
    write: () => {
      for (const [key, entry] of unwritten) {
        access.put(key, entry.row);
        entry.unwritten = false;
      }
      unwritten = [];
    },
    trim: (most) => {
      if (cached.size <= most) return;
      let surplus = cached.size - most;
      for (const [key, entry] of cached) {
        if (surplus === 0) break;
        if (!entry.unwritten) cached.delete(key);
        surplus -= 1;
      }
    },
    forget: () => {
      cached.clear();
      unwritten = [];
    },
    size: () => cached.size,
  };
};

/**
 * A projection at work on an open file. `apply` folds an event; it answers null, or why the projection cannot fold it,
 * and has then changed nothing. Errors of the file are thrown.
 */
export type Projector = Pick<RowCache<unknown>, 'write' | 'trim' | 'forget' | 'size'> & {
  readonly name: string;
  readonly apply: (event: ProjectedEvent) => string | null;
};

/** What stands between a projection and its table. */
export type AroundRows = <Row>(access: RowAccess<Row>, table: RowTable<Row>, projection: string) => RowAccess<Row>;

const asTheyAre: AroundRows = (access) => access;

/** A projection with its table, whatever its rows are. */
type Part = {
  readonly name: string;
  readonly schema: string;
  readonly indexes: string;
  readonly open: (db: DatabaseSync, around?: AroundRows) => Projector;
};

/** The same, with access to its rows. */
type PartOf<Row> = Omit<Part, 'open'> & {
  readonly open: (db: DatabaseSync, around?: AroundRows) => Projector & Pick<RowCache<Row>, 'get'>;
};

const attempt = <A>(task: () => A): E.Either<string, A> => E.tryCatch(task, (thrown) => messageOf(thrown));

const partOf = <Row>(projection: Projection<Row>, table: RowTable<Row>): PartOf<Row> => ({
  name: projection.name,
  schema: table.schema,
  indexes: table.indexes,
  open: (db, around = asTheyAre) => {
    const rows = makeRowCache(around(table.open(db), table, projection.name), projection.initial);
    const apply = (event: ProjectedEvent): string | null => {
      const changes = attempt(() => changesOf(projection, event));
      if (E.isLeft(changes)) return changes.left;
      const before = changes.right.map(({ key, to }) => ({ key, to, row: rows.get(key) }));
      const after = attempt(() => before.map(({ key, to, row }) => ({ key, row: to(row) })));
      if (E.isLeft(after)) return after.left;
      for (const { key, row } of after.right) rows.put(key, row);
      return null;
    };
    const { get, write, trim, forget, size } = rows;
    return { name: projection.name, apply, get, write, trim, forget, size };
  },
});

/** Raised whenever a projection makes other rows of the same events, so that older files are rebuilt. */
export const READ_MODEL_VERSION = 9;

/** The bookings come first: the other projections get each event with the booking before and after it. */
export const bookingsPart = partOf(bookingsProjection, bookingsTable);

export const otherParts: ReadonlyArray<Part> = [
  partOf(calendarHealthFold, calendarHealthTable),
  partOf(calendarBookingsFold, calendarBookingsTable),
  partOf(outboxProjection, outboxTable),
  partOf(timersProjection, timersTable),
];
