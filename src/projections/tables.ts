import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';

export type Columns = Record<string, SQLOutputValue>;

/** A row of the read model that is not what we wrote: the file is damaged and can be rebuilt. */
export class DamagedRow extends Error {}

/** Throws `DamagedRow` when the column is not text; tables are STRICT. */
export const textOf = (row: Columns, column: string): string => {
  const value = row[column];
  if (typeof value !== 'string') throw new DamagedRow(`${column} is not text`);
  return value;
};

/** Throws `DamagedRow` when the column is not a number. */
export const numberOf = (row: Columns, column: string): number => {
  const value = row[column];
  if (typeof value !== 'number') throw new DamagedRow(`${column} is not a number`);
  return value;
};

/** JSON of our own writing. Throws `DamagedRow` when it is cut off or of another shape. */
export const jsonOf = <A>(row: Columns, column: string, is: (value: unknown) => value is A): A => {
  let value: unknown;
  try {
    value = JSON.parse(textOf(row, column));
  } catch (cause) {
    throw new DamagedRow(`${column} is not JSON`, { cause });
  }
  if (!is(value)) throw new DamagedRow(`${column} has another shape`);
  return value;
};

/** Reads and writes rows by key. `find` answers undefined for a row that is not there. */
export type RowAccess<Row> = {
  readonly find: (key: string) => Row | undefined;
  readonly put: (key: string, row: Row) => void;
};

/**
 * Where the rows of a projection are kept. `schema` makes the table and what looking up by key needs; `indexes` are made
 * after a rebuild has filled it. A row that stands for "nothing" is deleted by `put`.
 */
export type RowTable<Row> = {
  readonly schema: string;
  readonly indexes: string;
  readonly open: (db: DatabaseSync) => RowAccess<Row>;
};
