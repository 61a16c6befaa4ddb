import type { DatabaseSync } from 'node:sqlite';
import type { Columns } from '../runtime/columns.ts';
import { jsonOf, textOf } from '../runtime/columns.ts';
import type { RowTable } from '../runtime/row-table.ts';
import type { BookingOutbox, OutboxEntry } from './outbox-projection.ts';

const isEntries = (value: unknown): value is BookingOutbox => Array.isArray(value);
const entriesOf = (row: Columns): BookingOutbox => jsonOf(row, 'entries', isEntries);
const count = (outbox: BookingOutbox, state: OutboxEntry['state']): number =>
  outbox.filter((entry) => entry.state === state).length;

export const outboxTable: RowTable<BookingOutbox> = {
  schema: `CREATE TABLE outbox (
    number INTEGER PRIMARY KEY,
    booking_uid TEXT NOT NULL UNIQUE,
    pending INTEGER NOT NULL,
    parked INTEGER NOT NULL,
    entries TEXT NOT NULL
  ) STRICT;`,
  indexes: `CREATE INDEX outbox_pending ON outbox (pending) WHERE pending > 0;
    CREATE INDEX outbox_parked ON outbox (parked) WHERE parked > 0;`,
  open: (db) => {
    const find = db.prepare('SELECT entries FROM outbox WHERE booking_uid = ?');
    const upsert = db.prepare(
      `INSERT INTO outbox (booking_uid, pending, parked, entries) VALUES (?, ?, ?, ?)
       ON CONFLICT (booking_uid) DO UPDATE SET
       pending = excluded.pending, parked = excluded.parked, entries = excluded.entries`,
    );
    return {
      find: (uid) => {
        const row = find.get(uid);
        return row === undefined ? undefined : entriesOf(row);
      },
      put: (uid, outbox) => {
        if (outbox.length > 0)
          upsert.run(uid, count(outbox, 'pending'), count(outbox, 'parked'), JSON.stringify(outbox));
      },
    };
  },
};

export type OutboxOfBooking = { readonly bookingUid: string; readonly entries: BookingOutbox };

/** Most bookings that one answer holds. */
const MAX_UNSETTLED = 1000;

export type OutboxReader = {
  readonly ofBooking: (uid: string) => BookingOutbox;
  /** Bookings with something pending, or parked, oldest first; at most `MAX_UNSETTLED`. */
  readonly pending: () => ReadonlyArray<OutboxOfBooking>;
  readonly parked: () => ReadonlyArray<OutboxOfBooking>;
};

export const readOutbox = (db: DatabaseSync): OutboxReader => {
  const one = db.prepare('SELECT entries FROM outbox WHERE booking_uid = ?');
  const unsettled = (column: 'pending' | 'parked') => {
    const found = db.prepare(
      `SELECT booking_uid, entries FROM outbox WHERE ${column} > 0 ORDER BY number LIMIT ${MAX_UNSETTLED}`,
    );
    return () => found.all().map((row) => ({ bookingUid: textOf(row, 'booking_uid'), entries: entriesOf(row) }));
  };
  return {
    ofBooking: (uid) => {
      const row = one.get(uid);
      return row === undefined ? [] : entriesOf(row);
    },
    pending: unsettled('pending'),
    parked: unsettled('parked'),
  };
};
