import type { RowAccess } from '../../projections/projection.ts';

/** Rows in memory over a table, so that a batch reads and writes each row once at most. */
export type HeldRows<Row> = {
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

type Held<Row> = { row: Row; unwritten: boolean };

export const holdRows = <Row>(access: RowAccess<Row>, initial: Row): HeldRows<Row> => {
  const held = new Map<string, Held<Row>>();
  let unwritten: Array<[string, Held<Row>]> = [];

  const put = (key: string, row: Row): void => {
    const known = held.get(key);
    if (known?.unwritten === true) {
      known.row = row;
      return;
    }
    // Deleted and set anew, so that the map runs from the row that was put longest ago.
    if (known !== undefined) held.delete(key);
    const entry = { row, unwritten: true };
    held.set(key, entry);
    unwritten.push([key, entry]);
  };

  const get = (key: string): Row => {
    const known = held.get(key);
    if (known !== undefined) return known.row;
    const row = access.find(key) ?? initial;
    held.set(key, { row, unwritten: false });
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
      if (held.size <= most) return;
      let surplus = held.size - most;
      for (const [key, entry] of held) {
        if (surplus === 0) break;
        if (!entry.unwritten) held.delete(key);
        surplus -= 1;
      }
    },
    forget: () => {
      held.clear();
      unwritten = [];
    },
    size: () => held.size,
  };
};
