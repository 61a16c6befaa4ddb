import type { Columns } from '../tables.ts';
import { jsonOf } from '../tables.ts';
import type { RowTable } from '../tables.ts';
import type { CalendarBooking, CalendarHealth } from './calendar-health-fold.ts';
import { isObject } from '../../domain/unknown.ts';

const isHealth = (value: unknown): value is CalendarHealth =>
  isObject(value) && 'failuresInRow' in value && 'own' in value;

const isBooking = (value: unknown): value is CalendarBooking =>
  isObject(value) && 'calendarId' in value && 'state' in value;

/** What the rows hold. Both throw `DamagedRow`. */
export const healthOf = (row: Columns): CalendarHealth => jsonOf(row, 'health', isHealth);
export const calendarBookingOf = (row: Columns): CalendarBooking => jsonOf(row, 'booking', isBooking);

export const calendarHealthTable: RowTable<CalendarHealth> = {
  schema: 'CREATE TABLE calendar_health (calendar_id TEXT PRIMARY KEY, health TEXT NOT NULL) STRICT, WITHOUT ROWID;',
  indexes: '',
  open: (db) => {
    const find = db.prepare('SELECT health FROM calendar_health WHERE calendar_id = ?');
    const upsert = db.prepare('INSERT OR REPLACE INTO calendar_health VALUES (?, ?)');
    return {
      find: (calendarId) => {
        const row = find.get(calendarId);
        return row === undefined ? undefined : healthOf(row);
      },
      put: (calendarId, health) => {
        upsert.run(calendarId, JSON.stringify(health));
      },
    };
  },
};

/** `end_ms`: of the booking. Of a thousand bookings nearly all are over: the index finds what lies ahead without them. */
export const calendarBookingsTable: RowTable<CalendarBooking | null> = {
  schema: `CREATE TABLE calendar_bookings (
    key TEXT PRIMARY KEY,
    calendar_id TEXT NOT NULL,
    host_id TEXT NOT NULL,
    state TEXT NOT NULL,
    end_ms INTEGER NOT NULL,
    to_mend INTEGER NOT NULL,
    booking TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;`,
  indexes: `CREATE INDEX calendar_bookings_ahead ON calendar_bookings (state, calendar_id, end_ms, host_id);
    CREATE INDEX calendar_bookings_to_mend ON calendar_bookings (calendar_id, end_ms) WHERE to_mend = 1;`,
  open: (db) => {
    const find = db.prepare('SELECT booking FROM calendar_bookings WHERE key = ?');
    const remove = db.prepare('DELETE FROM calendar_bookings WHERE key = ?');
    const upsert = db.prepare('INSERT OR REPLACE INTO calendar_bookings VALUES (?, ?, ?, ?, ?, ?, ?)');
    return {
      find: (key) => {
        const row = find.get(key);
        return row === undefined ? undefined : calendarBookingOf(row);
      },
      put: (key, booking) => {
        if (booking === null) remove.run(key);
        else {
          const { calendarId, hostId, state, end, toMend } = booking;
          upsert.run(key, calendarId, hostId, state, end, toMend ? 1 : 0, JSON.stringify(booking));
        }
      },
    };
  },
};
