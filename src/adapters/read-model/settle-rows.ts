import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { BOOKING_COLUMNS, COMPARED_TABLES, type ComparedTable, rowsOf } from './compare-rows.ts';
import type { AroundRows } from './projectors.ts';

/**
 * Rows that are found the same are not kept, but for their keys: about 100 bytes each. With so many of them none is left out
 * any more, and they lie in the file that was made.
 */
const MOST_SETTLED = 4_000_000;

/** Rows of one table of `main` against those of `stored`, two schemas of one open database. */
const openTable = (db: DatabaseSync, table: ComparedTable) => {
  const { key, columns } = table;
  // Letters count also where a list may ignore their case.
  const isSame = columns.map((column) => `${column} COLLATE BINARY IS ?`).join(' AND ');
  const same = db.prepare(`SELECT 1 FROM (${rowsOf(table, 'stored')}) WHERE ${isSame}`);
  const isBookings = table.table === 'bookings';
  const own = (isBookings ? BOOKING_COLUMNS : columns).join(', ');
  const statements = (...texts: ReadonlyArray<string>) => texts.map((text) => db.prepare(text));
  // States of bookings go with their bookings.
  const takeBack = statements(
    `INSERT INTO main.${table.table} (${own}) SELECT ${own} FROM stored.${table.table} WHERE ${key} = ?`,
    ...(isBookings
      ? [
          `INSERT INTO main.booking_states SELECT made.number, state FROM main.bookings AS made
             JOIN stored.bookings AS stored USING (uid) JOIN stored.booking_states AS states
             ON states.number = stored.number WHERE uid = ?`,
        ]
      : []),
  );
  const remove = statements(
    ...(isBookings
      ? ['DELETE FROM main.booking_states WHERE number = (SELECT number FROM main.bookings WHERE uid = ?)']
      : []),
    `DELETE FROM main.${table.table} WHERE ${key} = ?`,
  );
  return {
    isSame: (row: ReadonlyArray<SQLInputValue>): boolean => same.get(...row) !== undefined,
    takeBack: (at: string): void => takeBack.forEach((statement) => statement.run(at)),
    remove: (at: string): void => remove.forEach((statement) => statement.run(at)),
    /** Keys of what is the same, and of what lies in `main`. */
    settled: new Set<string>(),
    kept: new Set<string>(),
  };
};

type SettledRows = {
  /** Between the projections and what they make. */
  readonly around: AroundRows;
  /** Keys of rows that were left out of a table, being the same. */
  readonly keys: (table: string) => ReadonlySet<string>;
};

const NONE: ReadonlySet<string> = new Set();

/**
 * Compares while the rows are made: most of them are what they will be for ever when they leave memory, so that what is made
 * stays small, whatever the size of the log. Inside the transaction that reads `stored`.
 */
export const settlingRows = (db: DatabaseSync): SettledRows => {
  const tables = new Map(
    COMPARED_TABLES.filter(({ table }) => table !== 'booking_states').map((table) => [
      table.projection,
      { table: table.table, ...openTable(db, table) },
    ]),
  );
  return {
    around: (access, { columnsOf }, projection) => {
      const known = tables.get(projection);
      if (known === undefined) return access;
      const { settled, kept, isSame, takeBack, remove } = known;
      return {
        find: (key) => {
          // An event came that may change it.
          if (settled.delete(key)) {
            takeBack(key);
            kept.add(key);
          }
          return kept.has(key) ? access.find(key) : undefined;
        },
        put: (key, row) => {
          const columns = columnsOf(key, row);
          if (columns !== null && settled.size < MOST_SETTLED && isSame(columns)) {
            if (kept.delete(key)) remove(key);
            settled.add(key);
            return;
          }
          settled.delete(key);
          access.put(key, row);
          if (columns === null) kept.delete(key);
          else kept.add(key);
        },
      };
    },
    keys: (name) => [...tables.values()].find(({ table }) => table === name)?.settled ?? NONE,
  };
};
