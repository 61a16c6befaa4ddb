import type { DatabaseSync } from 'node:sqlite';
import {
  type Bookings,
  type CalendarReport,
  type LiveBookings,
  type MendableBooking,
  type OutstandingRemoval,
  MOST_UIDS,
} from '../../application/ports/read-models.ts';
import { MOST_WATCHED } from '../../application/watching/sightings.ts';
import { type CalendarState, isElsewhere, noCalendar } from '../../domain/calendar/calendar-state.ts';
import { isObject } from '../../domain/unknown.ts';
import { type Columns, jsonOf, type RowTable, numberOf, textOf } from '../projection.ts';
import type { CalendarBooking } from './calendar-bookings-fold.ts';
import type { CalendarHealth } from './calendar-health-fold.ts';

const isHealth = (value: unknown): value is CalendarHealth =>
  isObject(value) && 'failuresInRow' in value && 'own' in value;

const isBooking = (value: unknown): value is CalendarBooking =>
  isObject(value) && 'calendarId' in value && 'state' in value;

/** What the rows hold. Both throw `DamagedRow`. */
const healthOf = (row: Columns): CalendarHealth => jsonOf(row, 'health', isHealth);
const calendarBookingOf = (row: Columns): CalendarBooking => jsonOf(row, 'booking', isBooking);

export const calendarHealthTable: RowTable<CalendarHealth> = {
  schema: 'CREATE TABLE calendar_health (calendar_id TEXT PRIMARY KEY, health TEXT NOT NULL) STRICT, WITHOUT ROWID;',
  indexes: '',
  columnsOf: (calendarId, health) => [calendarId, JSON.stringify(health)],
  open: (db) => {
    const find = db.prepare('SELECT health FROM calendar_health WHERE calendar_id = ?');
    const upsert = db.prepare('INSERT OR REPLACE INTO calendar_health VALUES (?, ?)');
    return {
      find: (calendarId) => {
        const row = find.get(calendarId);
        return row === undefined ? undefined : healthOf(row);
      },
      put: (calendarId, health) => {
        upsert.run(...(calendarHealthTable.columnsOf(calendarId, health) ?? []));
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
  columnsOf: (key, booking) => {
    if (booking === null) return null;
    const { calendarId, hostId, state, end, toMend } = booking;
    return [key, calendarId, hostId, state, end, toMend ? 1 : 0, JSON.stringify(booking)];
  },
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
        const columns = calendarBookingsTable.columnsOf(key, booking);
        if (columns === null) remove.run(key);
        else upsert.run(...columns);
      },
    };
  },
};

/** Removals that a report shows; of the rest it says how many. */
const MOST_REMOVALS = 50;
/** Bookings that are looked at for having been stored at an old address; an upper bound for one question. */
const MOST_ELSEWHERE = 2_000;

const noHealth: CalendarHealth = { lastSuccessAt: null, lastFailure: null, failuresInRow: 0, own: noCalendar };

const removalOf = (booking: CalendarBooking): ReadonlyArray<OutstandingRemoval> =>
  booking.state === 'removal'
    ? [
        {
          bookingUid: booking.bookingUid,
          since: booking.since,
          attempts: booking.attempts,
          failure: booking.failure,
        },
      ]
    : [];

/** Another host's booking is none of the caller's business; that the calendar failed is. */
const troubleFor = ({ lastFailure }: CalendarHealth, hostId: string | null): CalendarHealth['lastFailure'] =>
  lastFailure === null || hostId === null || lastFailure.hostId === hostId
    ? lastFailure
    : { ...lastFailure, bookingUid: '', hostId: '' };

/** The prepared questions about calendars. `now`: epoch milliseconds. `hostId` null: everybody's bookings. */
export const readCalendarHealth = (db: DatabaseSync) => {
  const known = db.prepare(
    `SELECT calendar_id, (SELECT health FROM calendar_health WHERE calendar_id = known.calendar_id) AS health FROM
     (SELECT calendar_id FROM calendar_health UNION SELECT DISTINCT calendar_id FROM calendar_bookings) AS known
     ORDER BY calendar_id`,
  );
  const where = 'state = ?1 AND calendar_id = ?2 AND end_ms > ?3 AND (?4 IS NULL OR host_id = ?4)';
  const counted = db.prepare(`SELECT count(*) AS count FROM calendar_bookings WHERE ${where}`);
  const first = db.prepare(`SELECT booking FROM calendar_bookings WHERE ${where} ORDER BY end_ms, key LIMIT ?5`);

  const rows = (
    state: CalendarBooking['state'],
    calendarId: string,
    after: number,
    hostId: string | null,
    most: number,
  ) => first.all(state, calendarId, after, hostId, most).map(calendarBookingOf);
  const count = (state: CalendarBooking['state'], calendarId: string, after: number, hostId: string | null): number => {
    const row = counted.get(state, calendarId, after, hostId);
    return row === undefined ? 0 : numberOf(row, 'count');
  };
  const uidsOf = (found: ReadonlyArray<CalendarBooking>): ReadonlyArray<string> =>
    found.slice(0, MOST_UIDS).map(({ bookingUid }) => bookingUid);

  const bookings = (...asked: Parameters<typeof count>): Bookings => ({
    count: count(...asked),
    uids: uidsOf(rows(...asked, MOST_UIDS)),
  });
  const elsewhere = (own: CalendarState, calendarId: string, now: number, hostId: string | null): Bookings => {
    if (own.formerly.length === 0) return { count: 0, uids: [] };
    const found = rows('held', calendarId, now, hostId, MOST_ELSEWHERE).filter(
      (booking) => booking.state === 'held' && isElsewhere(own, booking.heldAt),
    );
    return { count: found.length, uids: uidsOf(found) };
  };

  const report = (calendarId: string, health: CalendarHealth, now: number, hostId: string | null): CalendarReport => ({
    calendarId,
    place: health.own.place,
    lastSuccessAt: health.lastSuccessAt,
    lastFailure: troubleFor(health, hostId),
    failuresInRow: health.failuresInRow,
    outage: health.own.outage,
    held: bookings('held', calendarId, now, hostId),
    missing: bookings('missing', calendarId, now, hostId),
    elsewhere: elsewhere(health.own, calendarId, now, hostId),
    removals: {
      // Whenever the booking was: an orphan stays one.
      count: count('removal', calendarId, 0, hostId),
      first: rows('removal', calendarId, 0, hostId, MOST_REMOVALS).flatMap(removalOf),
      acknowledged: bookings('acknowledged', calendarId, 0, hostId),
    },
    unreadable: {
      objects: health.own.unreadable.map(({ window: _, ...object }) => object),
      more: health.own.more,
    },
  });

  return (now: number, hostId: string | null): ReadonlyArray<CalendarReport> =>
    known
      .all()
      .map((row) => report(textOf(row, 'calendar_id'), row.health === null ? noHealth : healthOf(row), now, hostId));
};

/** `now`: epoch milliseconds. */
export const readWatchedBookings = (db: DatabaseSync): ((calendarId: string, now: number) => ReadonlyArray<string>) => {
  const ahead = db.prepare(
    `SELECT booking FROM calendar_bookings WHERE state IN ('held', 'missing') AND calendar_id = ? AND end_ms > ?
     ORDER BY end_ms, key LIMIT ${MOST_WATCHED}`,
  );
  return (calendarId, now) =>
    ahead
      .all(calendarId, now)
      .map(calendarBookingOf)
      .map(({ bookingUid }) => bookingUid);
};

/** More are not tried again at one start. */
const MOST_TO_MEND = 10_000;

/** `now`: epoch milliseconds. */
export const readMendableBookings = (db: DatabaseSync): ((now: number) => ReadonlyArray<MendableBooking>) => {
  const all = db.prepare(
    `SELECT booking FROM calendar_bookings WHERE to_mend = 1 AND (end_ms > ? OR state = 'removal')
     ORDER BY calendar_id, end_ms, key LIMIT ${MOST_TO_MEND}`,
  );
  return (now) =>
    all
      .all(now)
      .map(calendarBookingOf)
      .map(({ calendarId, bookingUid }) => ({ calendarId, bookingUid }));
};

/** Live bookings that are not over, by host and event type. `now`: epoch milliseconds. */
export const readLiveBookings = (db: DatabaseSync): ((now: number) => ReadonlyArray<LiveBookings>) => {
  const ahead = "end_ms > ? AND status IN ('pending', 'accepted')";
  const groups = db.prepare(
    `SELECT host_id, event_type_id, count(*) AS count FROM bookings WHERE ${ahead}
     GROUP BY host_id, event_type_id ORDER BY host_id, event_type_id`,
  );
  const first = db.prepare(
    `SELECT uid FROM bookings WHERE ${ahead} AND host_id = ? AND event_type_id = ? ORDER BY end_ms, uid LIMIT ${MOST_UIDS}`,
  );
  return (now) =>
    groups.all(now).map((row) => {
      const [hostId, eventTypeId] = [textOf(row, 'host_id'), numberOf(row, 'event_type_id')];
      const uids = first.all(now, hostId, eventTypeId).map((one) => textOf(one, 'uid'));
      return { hostId, eventTypeId, count: numberOf(row, 'count'), uids };
    });
};
