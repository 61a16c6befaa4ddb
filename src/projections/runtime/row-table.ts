import type { DatabaseSync } from 'node:sqlite';

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
