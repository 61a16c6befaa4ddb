import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { ERASED } from '../../domain/log/sealed-data.ts';
import { isObject } from '../../domain/unknown.ts';

/** A row of a read model, and what of it differs: a column, and within JSON the way to the value; null: the row as a whole. */
export type RowPlace = { readonly table: string; readonly key: string; readonly column: string | null };
export type RowDifference = RowPlace & { readonly reason: string };

/** A table as it is compared. `rows`: all of it by key, without the numbers that SQLite gave. `json`: its column of JSON. */
export type ComparedTable = {
  readonly table: string;
  readonly projection: string;
  readonly key: string;
  readonly rows: string;
  readonly json: string | null;
};

/** Every table of the read model that is made of the log alone. */
export const COMPARED_TABLES: ReadonlyArray<ComparedTable> = [
  {
    table: 'bookings',
    projection: 'bookings',
    key: 'uid',
    rows: `SELECT uid, host_id, event_type_id, status, start_ms, end_ms, created_ms, updated_ms, attendee_email,
      attendee_name, state FROM bookings LEFT JOIN booking_states USING (number) ORDER BY uid`,
    json: 'state',
  },
  {
    table: 'booking_states',
    projection: 'bookings',
    key: 'number',
    rows: `SELECT CAST(number AS TEXT) AS number, state FROM booking_states
      WHERE number NOT IN (SELECT number FROM bookings) ORDER BY 1`,
    json: null,
  },
  {
    table: 'calendar_health',
    projection: 'calendar-health',
    key: 'calendar_id',
    rows: 'SELECT calendar_id, health FROM calendar_health ORDER BY calendar_id',
    json: 'health',
  },
  {
    table: 'calendar_bookings',
    projection: 'calendar-bookings',
    key: 'key',
    rows: 'SELECT key, calendar_id, host_id, state, end_ms, to_mend, booking FROM calendar_bookings ORDER BY key',
    json: 'booking',
  },
  {
    table: 'outbox',
    projection: 'outbox',
    key: 'booking_uid',
    rows: 'SELECT booking_uid, pending, parked, sent, entries FROM outbox ORDER BY booking_uid',
    json: 'entries',
  },
  {
    table: 'timers',
    projection: 'timers',
    key: 'booking_uid',
    rows: 'SELECT booking_uid, due_ms FROM timers ORDER BY booking_uid',
    json: null,
  },
];

type Row = Record<string, SQLOutputValue>;

const parsed = (text: SQLOutputValue | undefined): unknown => {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
};

/** What an object or a list has; null: it is neither. */
const membersOf = (value: unknown): ReadonlyMap<string, unknown> | null =>
  isObject(value) || Array.isArray(value) ? new Map(Object.entries(value)) : null;

/** Where two JSON values first differ, as `request.start` or `0.state`; null: they are the same, whatever the order of their keys. */
const firstDifference = (
  stored: unknown,
  made: unknown,
  isOpen: (made: unknown, path: string) => boolean,
  path = '',
): string | null => {
  if (stored === made || isOpen(made, path)) return null;
  const [theirs, ours] = [membersOf(stored), membersOf(made)];
  if (theirs === null || ours === null || Array.isArray(stored) !== Array.isArray(made)) return path;
  for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
    const found = firstDifference(theirs.get(key), ours.get(key), isOpen, path === '' ? key : `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
};

const nothingIsOpen = (): boolean => false;
/** What stands in where a key is not here: nobody can say what was there. */
const isStandIn = (made: unknown, path: string): boolean =>
  path.endsWith('personal.erased') ||
  made === null ||
  ['', ERASED, 'UTC', 'en'].some((one) => one === made) ||
  membersOf(made)?.size === 0;

/**
 * Whether personal data in a row cannot be told for want of keys: it stands as erased, and no event says that this person was
 * forgotten. Where one does, the row has to be without them.
 */
const isUnreadable = (made: unknown): boolean => {
  if (!isObject(made) || !JSON.stringify(made).includes(ERASED)) return false;
  const forgotten = Array.isArray(made.erased) ? made.erased : [];
  const { request } = made;
  if (!isObject(request)) return true;
  return JSON.stringify(request.personal).includes(ERASED) && !forgotten.includes('attendee');
};

const COLUMNS_OF_PEOPLE: ReadonlySet<string> = new Set(['attendee_email', 'attendee_name']);

const differencesIn = ({ table, key, json }: ComparedTable, stored: Row, made: Row): ReadonlyArray<RowDifference> => {
  const madeJson = json === null || stored[json] === made[json] ? undefined : parsed(made[json]);
  const isOpen = isUnreadable(madeJson) ? isStandIn : nothingIsOpen;
  return Object.keys(made).flatMap((column) => {
    if (stored[column] === made[column] || (COLUMNS_OF_PEOPLE.has(column) && isOpen(made[column], column))) return [];
    const way = column === json ? firstDifference(parsed(stored[column]), madeJson, isOpen) : '';
    if (way === null) return [];
    const name = way === '' ? column : `${column}.${way}`;
    return [{ table, key: String(made[key]), column: name, reason: 'it is not what the log makes of it' }];
  });
};

/** As SQLite orders text: by its bytes. */
const before = (one: string, other: string): boolean => Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0;

/** Rows that are compared before others get a turn. */
const ROWS_IN_TURN = 200;

const rowsOf = (
  db: DatabaseSync,
  { rows, key }: ComparedTable,
): (() => (Row & { readonly at: string }) | undefined) => {
  const all = db.prepare(rows).iterate();
  return () => {
    const { done, value } = all.next();
    return done === true ? undefined : { ...value, at: String(value[key]) };
  };
};

/** Walks two tables by key, a row of each in memory. `made`: from the log. `onRows`: after so many. */
export async function* differingRows(
  table: ComparedTable,
  stored: DatabaseSync,
  made: DatabaseSync,
  onRows: (count: number) => Promise<void>,
): AsyncGenerator<RowDifference> {
  const [nextStored, nextMade] = [rowsOf(stored, table), rowsOf(made, table)];
  const whole = (key: string, reason: string): RowDifference => ({ table: table.table, key, column: null, reason });
  let [one, other] = [nextStored(), nextMade()];
  let count = 0;
  while (one !== undefined || other !== undefined) {
    if (one !== undefined && (other === undefined || before(one.at, other.at))) {
      yield whole(one.at, 'no event makes it');
      one = nextStored();
    } else if (other !== undefined && (one === undefined || before(other.at, one.at))) {
      yield whole(other.at, 'it is missing');
      other = nextMade();
    } else if (one !== undefined && other !== undefined) {
      yield* differencesIn(table, one, other);
      [one, other] = [nextStored(), nextMade()];
    }
    count += 1;
    if (count % ROWS_IN_TURN === 0) await onRows(ROWS_IN_TURN);
  }
  await onRows(count % ROWS_IN_TURN);
}
