import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { ERASED } from '../../domain/log/sealed-data.ts';
import { isObject } from '../../domain/unknown.ts';

/** A row of a read model, and what of it differs: a column, and within JSON the way to the value; null: the row as a whole. */
export type RowPlace = { readonly table: string; readonly key: string; readonly column: string | null };
export type RowDifference = RowPlace & { readonly reason: string };

/**
 * A table as it is compared. `columns`: without the numbers that SQLite gave. `from`: where they are, in one of two open
 * databases. `json`: the column of JSON.
 */
export type ComparedTable = {
  readonly table: string;
  readonly projection: string;
  readonly key: string;
  readonly columns: ReadonlyArray<string>;
  readonly from: (schema: string) => string;
  readonly json: string | null;
};

const plain =
  (table: string) =>
  (schema: string): string =>
    `${schema}.${table}`;

/** Columns of `bookings` itself, beside the state, which lies apart. */
export const BOOKING_COLUMNS =
  'uid host_id event_type_id status start_ms end_ms created_ms updated_ms attendee_email attendee_name'.split(' ');

/** Every table of the read model that is made of the log alone. */
export const COMPARED_TABLES: ReadonlyArray<ComparedTable> = [
  {
    table: 'bookings',
    projection: 'bookings',
    key: 'uid',
    columns: [...BOOKING_COLUMNS, 'state'],
    from: (schema) => `${schema}.bookings LEFT JOIN ${schema}.booking_states USING (number)`,
    json: 'state',
  },
  {
    table: 'booking_states',
    projection: 'bookings',
    key: 'number',
    columns: ['number', 'state'],
    from: (schema) => `(SELECT CAST(number AS TEXT) AS number, state FROM ${schema}.booking_states
      WHERE number NOT IN (SELECT number FROM ${schema}.bookings))`,
    json: null,
  },
  {
    table: 'calendar_health',
    projection: 'calendar-health',
    key: 'calendar_id',
    columns: ['calendar_id', 'health'],
    from: plain('calendar_health'),
    json: 'health',
  },
  {
    table: 'calendar_bookings',
    projection: 'calendar-bookings',
    key: 'key',
    columns: ['key', 'calendar_id', 'host_id', 'state', 'end_ms', 'to_mend', 'booking'],
    from: plain('calendar_bookings'),
    json: 'booking',
  },
  {
    table: 'outbox',
    projection: 'outbox',
    key: 'booking_uid',
    columns: ['booking_uid', 'pending', 'parked', 'sent', 'entries'],
    from: plain('outbox'),
    json: 'entries',
  },
  {
    table: 'timers',
    projection: 'timers',
    key: 'booking_uid',
    columns: ['booking_uid', 'due_ms'],
    from: plain('timers'),
    json: null,
  },
];

export const rowsOf = ({ columns, from }: ComparedTable, schema: string): string =>
  `SELECT ${columns.join(', ')} FROM ${from(schema)}`;

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

/** Rows that are compared before others get a turn. */
const ROWS_IN_TURN = 200;

/**
 * What is another row in `stored` than in `main`, two schemas of one open database, in the order of the keys. `settled`: keys of
 * rows that were found the same before, and are not in `main` any more. `onRows`: after so many.
 */
export async function* differingRows(
  table: ComparedTable,
  db: DatabaseSync,
  settled: ReadonlySet<string>,
  onRows: (count: number) => Promise<void>,
): AsyncGenerator<RowDifference> {
  const { key } = table;
  const whole = (at: string, reason: string): RowDifference => ({ table: table.table, key: at, column: null, reason });
  const find = db.prepare(`SELECT * FROM (${rowsOf(table, 'stored')}) WHERE ${key} = ?`);
  let both = settled.size;
  let count = 0;
  const counted = async (): Promise<void> => {
    count += 1;
    if (count % ROWS_IN_TURN === 0) await onRows(ROWS_IN_TURN);
  };
  const made = new Set<string>();
  for (const row of db.prepare(`${rowsOf(table, 'main')} ORDER BY ${key}`).iterate()) {
    const at = String(row[key]);
    const stored = find.get(at);
    if (stored === undefined) yield whole(at, 'it is missing');
    else {
      made.add(at);
      yield* differencesIn(table, stored, row);
    }
    await counted();
  }
  both += made.size;
  await onRows((count % ROWS_IN_TURN) + settled.size);
  if (settled.size > 0) {
    const all = db.prepare(`SELECT count(*) AS rows FROM stored.${table.table}`).get();
    if (Number(all?.rows) === both) return;
  }
  for (const row of db.prepare(`SELECT ${key} FROM ${table.from('stored')} ORDER BY ${key}`).iterate()) {
    const at = String(row[key]);
    if (!settled.has(at) && !made.has(at)) yield whole(at, 'no event makes it');
    await counted();
  }
}
