import type { DatabaseSync } from 'node:sqlite';
import type {
  BookingNotifications,
  Notification,
  NotificationPage,
  NotificationQuery,
} from '../../application/ports/read-models.ts';
import { type Columns, jsonOf, numberOf, textOf, type RowTable } from '../projection.ts';
import type { BookingOutbox } from './outbox-projection.ts';

const isEntries = (value: unknown): value is BookingOutbox => Array.isArray(value);
const entriesOf = (row: Columns): BookingOutbox => jsonOf(row, 'entries', isEntries);
const count = (outbox: BookingOutbox, state: Notification['state']): number =>
  outbox.filter((entry) => entry.state === state).length;

/** One row for each booking that anything was to be said of; `number` by the first of it. */
export const outboxTable: RowTable<BookingOutbox> = {
  schema: `CREATE TABLE outbox (
    number INTEGER PRIMARY KEY,
    booking_uid TEXT NOT NULL UNIQUE,
    pending INTEGER NOT NULL,
    parked INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    entries TEXT NOT NULL
  ) STRICT;`,
  indexes: `CREATE INDEX outbox_pending ON outbox (number) WHERE pending > 0;
    CREATE INDEX outbox_parked ON outbox (number) WHERE parked > 0;
    CREATE INDEX outbox_sent ON outbox (number) WHERE sent > 0;`,
  columnsOf: (uid, outbox) => {
    const [pending, parked, sent] = [count(outbox, 'pending'), count(outbox, 'parked'), count(outbox, 'sent')];
    return outbox.length === 0 ? null : [uid, pending, parked, sent, JSON.stringify(outbox)];
  },
  open: (db) => {
    const find = db.prepare('SELECT entries FROM outbox WHERE booking_uid = ?');
    const upsert = db.prepare(
      `INSERT INTO outbox (booking_uid, pending, parked, sent, entries) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (booking_uid) DO UPDATE SET
       pending = excluded.pending, parked = excluded.parked, sent = excluded.sent, entries = excluded.entries`,
    );
    return {
      find: (uid) => {
        const row = find.get(uid);
        return row === undefined ? undefined : entriesOf(row);
      },
      put: (uid, outbox) => {
        const columns = outboxTable.columnsOf(uid, outbox);
        if (columns !== null) upsert.run(...columns);
      },
    };
  },
};

const inState = (entries: BookingOutbox, state: NotificationQuery['state']): BookingOutbox =>
  state === null ? entries : entries.filter((entry) => entry.state === state);

/** Each page is read through an index: it costs what it holds, however many bookings there are. */
export const readOutbox = (db: DatabaseSync): ((query: NotificationQuery) => NotificationPage) => {
  const columns = 'SELECT number, booking_uid, entries FROM outbox';
  const page = (condition: string) =>
    db.prepare(`${columns} WHERE number < ? AND ${condition} ORDER BY number DESC LIMIT ?`);
  const ofBooking = db.prepare(`${columns} WHERE number < ? AND booking_uid = ? LIMIT ?`);
  const pages = { all: page('TRUE'), pending: page('pending > 0'), parked: page('parked > 0'), sent: page('sent > 0') };
  return ({ state, bookingUid, before, take }) => {
    const below = before ?? Number.MAX_SAFE_INTEGER;
    // One more than asked for tells whether there is a next page.
    const found =
      bookingUid === null ? pages[state ?? 'all'].all(below, take + 1) : ofBooking.all(below, bookingUid, take + 1);
    const rows = found.slice(0, take);
    const last = rows.at(-1);
    return {
      bookings: rows
        .map((row): BookingNotifications => ({
          bookingUid: textOf(row, 'booking_uid'),
          notifications: inState(entriesOf(row), state),
        }))
        .filter(({ notifications }) => notifications.length > 0),
      next: found.length > take && last !== undefined ? numberOf(last, 'number') : null,
    };
  };
};
