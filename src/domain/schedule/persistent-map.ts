/**
 * A map that is never changed, and whose changed copy shares all but a thousandth with it: 32 rows of 32 small maps, of
 * which a change copies one row and one map. Whoever has many changes makes them in one draft.
 */
export type PersistentMap<K extends string | number, V> = {
  readonly size: number;
  readonly rows: ReadonlyArray<ReadonlyArray<ReadonlyMap<K, V>>>;
};

/** A copy in the making. What it was made from stays as it is; after `done` it must not be used any more. */
export type MapDraft<K extends string | number, V> = {
  readonly get: (key: K) => V | undefined;
  readonly set: (key: K, value: V) => void;
  readonly delete: (key: K) => void;
  readonly size: () => number;
  readonly keys: () => Iterable<K>;
  readonly done: () => PersistentMap<K, V>;
};

const ROWS = 32;
const ROW_BITS = 5;
const MASK = ROWS - 1;

/** FNV-1a, for spreading only. Numbers are days in a row, which spread by themselves. */
const hashOf = (key: string | number): number => {
  if (typeof key === 'number') return key & 0x3ff;
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return (hash ^ (hash >>> 15)) & 0x3ff;
};

export const emptyMap = <K extends string | number, V>(): PersistentMap<K, V> => {
  const cell: ReadonlyMap<K, V> = new Map();
  const row = Array.from({ length: ROWS }, () => cell);
  return { size: 0, rows: Array.from({ length: ROWS }, () => row) };
};

export const getFrom = <K extends string | number, V>({ rows }: PersistentMap<K, V>, key: K): V | undefined => {
  const hash = hashOf(key);
  return rows[hash >> ROW_BITS]?.[hash & MASK]?.get(key);
};

export function* keysOf<K extends string | number, V>({ rows }: Pick<PersistentMap<K, V>, 'rows'>): Iterable<K> {
  for (const row of rows) for (const cell of row) yield* cell.keys();
}

export function* valuesOf<K extends string | number, V>({ rows }: PersistentMap<K, V>): Iterable<V> {
  for (const row of rows) for (const cell of row) yield* cell.values();
}

export const draftOf = <K extends string | number, V>(map: PersistentMap<K, V>): MapDraft<K, V> => {
  let { rows, size } = map;
  let ownRows: Array<Array<ReadonlyMap<K, V>>> | undefined;
  /** Rows and maps that are ours alone, by the numbers of their places: they are changed where they are. */
  const ours = new Map<number, Array<ReadonlyMap<K, V>> | Map<K, V>>();

  const ownCell = (hash: number): Map<K, V> => {
    const known = ours.get(hash);
    if (known instanceof Map) return known;
    if (ownRows === undefined) {
      ownRows = [...rows] as Array<Array<ReadonlyMap<K, V>>>;
      rows = ownRows;
    }
    const high = hash >> ROW_BITS;
    const rowPlace = -1 - high;
    if (!ours.has(rowPlace)) {
      const row = [...(ownRows[high] ?? [])];
      ownRows[high] = row;
      ours.set(rowPlace, row);
    }
    const cell = new Map(ownRows[high]?.[hash & MASK]);
    const row = ownRows[high];
    if (row !== undefined) row[hash & MASK] = cell;
    ours.set(hash, cell);
    return cell;
  };
  const cellOf = (hash: number): ReadonlyMap<K, V> | undefined => rows[hash >> ROW_BITS]?.[hash & MASK];

  return {
    get: (key) => cellOf(hashOf(key))?.get(key),
    set: (key, value) => {
      const cell = ownCell(hashOf(key));
      size -= cell.size;
      cell.set(key, value);
      size += cell.size;
    },
    delete: (key) => {
      const hash = hashOf(key);
      if (cellOf(hash)?.has(key) === true && ownCell(hash).delete(key)) size -= 1;
    },
    size: () => size,
    keys: () => keysOf({ rows }),
    done: () => (ownRows === undefined ? map : { size, rows }),
  };
};
