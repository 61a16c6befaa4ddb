import { overlaps, type Interval } from '../time/time.ts';

/**
 * A map that is never changed, and whose changed copy shares all but a thousandth with it: 32 rows of 32 small maps, of
 * which a change copies one row and one map. Whoever has many changes makes them in one draft.
 */
export type PersistentMap<K extends string | number, V> = {
  readonly size: number;
  readonly rows: ReadonlyArray<ReadonlyArray<ReadonlyMap<K, V>>>;
};

/** A copy in the making. What it was made from stays as it is; what `done` gives is changed by what is done later. */
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

function* keysOf<K extends string | number, V>({ rows }: Pick<PersistentMap<K, V>, 'rows'>): Iterable<K> {
  for (const row of rows) for (const cell of row) yield* cell.keys();
}

export function* valuesOf<K extends string | number, V>({ rows }: PersistentMap<K, V>): Iterable<V> {
  for (const row of rows) for (const cell of row) yield* cell.values();
}

export const draftOf = <K extends string | number, V>(map: PersistentMap<K, V>): MapDraft<K, V> => {
  let { rows, size } = map;
  let ownRows: Array<Array<ReadonlyMap<K, V>>> | undefined;
  /** Rows and maps that are ours alone, by the numbers of their places: they are changed where they are. */
  let ours: Map<number, Array<ReadonlyMap<K, V>> | Map<K, V>> | undefined;

  const ownCell = (hash: number): Map<K, V> => {
    const known = ours?.get(hash);
    if (known instanceof Map) return known;
    if (ours === undefined || ownRows === undefined) {
      ours = new Map();
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

/** A booking's span of its host's time, epoch milliseconds. */
export type Claim = { readonly bookingUid: string; readonly claim: Interval };

/**
 * Claims by the UTC day in which they end, each day's by start, so that a question about a month looks at the claims of a
 * month, and what has long been over goes day by day. `longestMs`: no claim is longer. `from`: no claim ends on an
 * earlier day.
 */
export type ClaimsByDay<C extends Claim> = {
  readonly days: PersistentMap<number, ReadonlyArray<C>>;
  readonly longestMs: number;
  readonly from: number;
};

export type ClaimsDraft<C extends Claim> = {
  readonly add: (claim: C) => void;
  /** Takes one claim of the booking's for that time out. It may have another for the same time: it moved away and back. */
  readonly remove: (claim: Claim) => void;
  /** Forgets the claims that end on days before that of `instant`, and answers them. */
  readonly forgetBefore: (instant: number) => ReadonlyArray<C>;
  readonly done: () => ClaimsByDay<C>;
};

const DAY_IN_MS = 86_400_000;
const dayOf = (instant: number): number => Math.floor(instant / DAY_IN_MS);

export const noClaims = <C extends Claim>(): ClaimsByDay<C> => ({ days: emptyMap(), longestMs: 0, from: Infinity });

/** Every day from `first` to `last` that may have claims; walks the days or the claims, whichever are fewer. */
const daysBetween = (first: number, last: number, known: { readonly size: number; readonly keys: Iterable<number> }) =>
  last - first < known.size
    ? Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
    : [...known.keys].filter((day) => first <= day && day <= last).sort((a, b) => a - b);

/** The claims that reach into `wanted`, by start. The work grows with the days of `wanted`, not with all claims. */
export const claimsWithin = <C extends Claim>(
  { days, longestMs, from }: ClaimsByDay<C>,
  wanted: Interval,
): ReadonlyArray<C> => {
  const first = Math.max(from, dayOf(wanted.start));
  const known = { size: days.size, keys: keysOf(days) };
  return daysBetween(first, dayOf(wanted.end + longestMs), known)
    .flatMap((day) => (getFrom(days, day) ?? []).filter(({ claim }) => overlaps(claim, wanted)))
    .sort((a, b) => a.claim.start - b.claim.start);
};

const byStart = <C extends Claim>(claims: ReadonlyArray<C>, added: C): ReadonlyArray<C> => {
  let at = claims.length;
  while (at > 0 && (claims[at - 1]?.claim.start ?? 0) > added.claim.start) at -= 1;
  return at === claims.length ? claims.concat([added]) : claims.toSpliced(at, 0, added);
};

const isSame = (a: Claim, b: Claim): boolean =>
  a.bookingUid === b.bookingUid && a.claim.start === b.claim.start && a.claim.end === b.claim.end;

export const draftClaims = <C extends Claim>(claims: ClaimsByDay<C>): ClaimsDraft<C> => {
  const days: MapDraft<number, ReadonlyArray<C>> = draftOf(claims.days);
  let { longestMs, from } = claims;
  return {
    add: (added) => {
      const day = dayOf(added.claim.end);
      days.set(day, byStart(days.get(day) ?? [], added));
      longestMs = Math.max(longestMs, added.claim.end - added.claim.start);
      from = Math.min(from, day);
    },
    remove: (removed) => {
      const day = dayOf(removed.claim.end);
      const claimsOfDay = days.get(day) ?? [];
      const index = claimsOfDay.findIndex((one) => isSame(one, removed));
      const left = index < 0 ? claimsOfDay : claimsOfDay.toSpliced(index, 1);
      if (left.length === 0) days.delete(day);
      else days.set(day, left);
    },
    forgetBefore: (instant) => {
      const day = dayOf(instant);
      if (day <= from) return [];
      const over = daysBetween(from, day - 1, { size: days.size(), keys: days.keys() });
      const forgotten = over.flatMap((one) => days.get(one) ?? []);
      for (const one of over) days.delete(one);
      from = days.size() === 0 ? Infinity : day;
      return forgotten;
    },
    done: () => ({ days: days.done(), longestMs, from }),
  };
};
