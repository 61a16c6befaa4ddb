import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { BookingListQuery, ListedBooking, ListedStatus } from '../../application/ports/read-models.ts';
import { memoized } from '../../domain/memoized.ts';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import { numberOf, textOf } from '../projection.ts';
import { bookingOf } from './bookings-projection.ts';

type Condition = { readonly sql: string; readonly values: ReadonlyArray<SQLInputValue> };

const statusConditions: Readonly<Record<ListedStatus, string>> = {
  upcoming: "(end_ms > ?1 AND status IN ('pending', 'accepted'))",
  recurring: '0',
  past: "(end_ms <= ?1 AND status IN ('pending', 'accepted'))",
  cancelled: "status IN ('cancelled', 'rejected')",
  unconfirmed: "(end_ms > ?1 AND status = 'pending')",
};

const orderColumns = { start: 'start_ms', end: 'end_ms', created: 'created_ms', updated: 'updated_ms' } as const;

const when = (sql: string, value: SQLInputValue): ReadonlyArray<Condition> =>
  value === null ? [] : [{ sql, values: [value] }];

/** One value by equality, which an index serves best; several through JSON, so that the statement stays the same. */
const anyOf = (column: string, values: ReadonlyArray<string | number> | null): ReadonlyArray<Condition> => {
  if (values === null) return [];
  const [only] = values;
  return values.length === 1 && only !== undefined
    ? when(`${column} = ?`, only)
    : when(`${column} IN (SELECT value FROM json_each(?))`, JSON.stringify(values));
};

const anyStatus = (statuses: ReadonlyArray<ListedStatus>): ReadonlyArray<Condition> =>
  statuses.length === 0
    ? []
    : [{ sql: `(${statuses.map((status) => statusConditions[status]).join(' OR ')})`, values: [] }];

const conditionsOf = (query: BookingListQuery): ReadonlyArray<Condition> => [
  ...anyStatus(query.statuses),
  ...anyOf('host_id', query.hostIds),
  ...anyOf('event_type_id', query.eventTypeIds),
  ...when('attendee_email = ?', query.attendeeEmail),
  ...when('attendee_name = ?', query.attendeeName),
  ...when('uid = ?', query.bookingUid),
  ...when('start_ms >= ?', query.afterStart),
  ...when('end_ms <= ?', query.beforeEnd),
  ...when('created_ms >= ?', query.afterCreatedAt),
  ...when('created_ms <= ?', query.beforeCreatedAt),
  ...when('updated_ms >= ?', query.afterUpdatedAt),
  ...when('updated_ms <= ?', query.beforeUpdatedAt),
];

/**
 * What lies ahead, and what changed lately, are few rows of a long history: `+` keeps SQLite from walking all of it in
 * order, so that it finds them by their own index and sorts them.
 */
const isShort = ({ statuses, afterUpdatedAt }: BookingListQuery): boolean =>
  afterUpdatedAt !== null ||
  (statuses.length > 0 && statuses.every((status) => status === 'upcoming' || status === 'unconfirmed'));

const orderOf = (query: BookingListQuery): string =>
  [
    ...query.order.map(
      ({ by, direction }) => `${isShort(query) ? '+' : ''}${orderColumns[by]} ${direction === 'asc' ? 'ASC' : 'DESC'}`,
    ),
    'uid ASC',
  ].join(', ');

/** Statements differ by the filters that are given, so there are few; more than this are not kept. */
const MAX_STATEMENTS = 200;

/** Reads one page. Throws what SQLite throws, and `DamagedRow`. */
export const queryBookings = (
  db: DatabaseSync,
): ((query: BookingListQuery) => { readonly rows: ReadonlyArray<ListedBooking>; readonly total: number }) => {
  const prepare = memoized(MAX_STATEMENTS, (sql: string): StatementSync => db.prepare(sql));
  const findState = db.prepare('SELECT state FROM booking_states WHERE number = ?');
  const foldOf = (number: number): KnownBooking => bookingOf(findState.get(number) ?? {});
  return (query) => {
    const conditions = conditionsOf(query);
    // ?1 is always used, so that its number never changes the places of the others.
    const where = ['?1 IS NOT NULL', ...conditions.map(({ sql }) => sql)].join(' AND ');
    const values = [query.now, ...conditions.flatMap((condition) => condition.values)];
    const counted = prepare(`SELECT count(*) AS total FROM bookings WHERE ${where}`).get(...values);
    const found = prepare(
      `SELECT number, uid FROM bookings WHERE ${where} ORDER BY ${orderOf(query)} LIMIT ? OFFSET ?`,
    ).all(...values, query.take, query.skip);
    return {
      // Looked up here: a sort would carry the folds of all rows that match, for the sake of a page of them.
      rows: found.map((row) => ({ uid: textOf(row, 'uid'), booking: foldOf(numberOf(row, 'number')) })),
      total: counted === undefined ? 0 : numberOf(counted, 'total'),
    };
  };
};
