import { noBooking, type BookingState, type KnownBooking } from '../../domain/booking/booking-state.ts';
import { statusOf } from '../../domain/booking/booking-status.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { isObject } from '../../domain/unknown.ts';
import {
  ignored,
  ignoringCalendars,
  ignoringSchedules,
  type Change,
  type Projection,
  type ProjectedEvent,
  type Columns,
  jsonOf,
  numberOf,
  type RowTable,
} from '../projection.ts';

const folded = ({ owner, after }: ProjectedEvent): ReadonlyArray<Change<BookingState>> => [
  { key: owner, to: () => after },
];

/** One row for each booking: the fold of its stream, which alone says its status (I9). */
export const bookingsProjection: Projection<BookingState> = {
  name: 'bookings',
  initial: noBooking,
  on: {
    BookingRequested: folded,
    RequestAbandoned: ignored,
    EffectLeased: folded,
    RoomReady: folded,
    RoomFailed: folded,
    CalendarSyncStarted: folded,
    CalendarSyncSucceeded: folded,
    CalendarSyncFailed: folded,
    CalendarEventConfirmed: folded,
    CalendarConfirmationFailed: folded,
    CalendarRetryRequested: folded,
    CalendarEventDecorated: folded,
    CalendarDecorationFailed: folded,
    BookingAccepted: folded,
    BookingLeftPending: folded,
    MailboxVerified: folded,
    BookingApproved: folded,
    ApprovalReminderDue: folded,
    BookingRejected: folded,
    BookingExpired: folded,
    BookingCancelled: folded,
    ReminderFellDue: folded,
    MeetingStarted: folded,
    NoShowCheckFellDue: folded,
    MeetingEnded: folded,
    AbsenceMarked: folded,
    GuestsAdded: folded,
    GuestRemoved: folded,
    PersonalDataErased: folded,
    LocationChanged: folded,
    RescheduleRequested: folded,
    RescheduleApproved: folded,
    BookingRescheduled: folded,
    RescheduleDeclined: folded,
    RescheduleFailed: folded,
    RescheduleWithdrawn: folded,
    RescheduleAbandoned: folded,
    CalendarMoveStarted: folded,
    CalendarMoveSucceeded: folded,
    CalendarMoveFailed: folded,
    CalendarRemovalSucceeded: folded,
    CalendarRemovalFailed: folded,
    CalendarRemovalAcknowledged: folded,
    CalendarEventMissing: folded,
    CalendarEventMoved: folded,
    CalendarEventChanged: folded,
    CalendarEventVerified: folded,
    CalendarEventRestoreRequested: folded,
    CalendarEventNotFollowed: folded,
    NotificationSent: folded,
    NotificationParked: folded,
    ...ignoringSchedules,
    ...ignoringCalendars,
  },
};

const phases: ReadonlySet<unknown> = new Set(['pending', 'accepted', 'rejected', 'expired', 'cancelled']);

const isBooking = (value: unknown): value is KnownBooking =>
  isObject(value) && phases.has(value.phase) && 'request' in value;

/** The booking that a row holds. Throws `DamagedRow`. */
export const bookingOf = (row: Columns): KnownBooking => jsonOf(row, 'state', isBooking);

const UPSERT = `INSERT INTO bookings
  (uid, host_id, event_type_id, status, start_ms, end_ms, created_ms, updated_ms, attendee_email, attendee_name)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (uid) DO UPDATE SET status = excluded.status, start_ms = excluded.start_ms, end_ms = excluded.end_ms,
  updated_ms = excluded.updated_ms, attendee_email = excluded.attendee_email, attendee_name = excluded.attendee_name
  RETURNING number`;

/**
 * `bookings` has what lists filter and sort by, times in epoch milliseconds; the whole fold lies apart, so that counting
 * and filtering read a tenth of the file. One presenter serves a booking from its stream and a booking from a list.
 */
export const bookingsTable: RowTable<BookingState> = {
  schema: `CREATE TABLE bookings (
    number INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    host_id TEXT NOT NULL,
    event_type_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    start_ms INTEGER NOT NULL,
    end_ms INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    attendee_email TEXT NOT NULL COLLATE NOCASE,
    attendee_name TEXT NOT NULL
  ) STRICT;
  CREATE TABLE booking_states (number INTEGER PRIMARY KEY, state TEXT NOT NULL) STRICT;`,
  indexes: `CREATE INDEX bookings_by_start ON bookings (start_ms, uid);
    CREATE INDEX bookings_by_end ON bookings (end_ms, status);
    CREATE INDEX bookings_by_host ON bookings (host_id, start_ms, uid);
    CREATE INDEX bookings_by_host_and_end ON bookings (host_id, end_ms, status);
    CREATE INDEX bookings_by_update ON bookings (updated_ms, uid);
    CREATE INDEX bookings_by_host_and_update ON bookings (host_id, updated_ms, uid);
    CREATE INDEX bookings_by_creation ON bookings (created_ms, uid);
    CREATE INDEX bookings_by_host_and_creation ON bookings (host_id, created_ms, uid);
    CREATE INDEX bookings_by_event_type ON bookings (event_type_id, start_ms, uid);
    CREATE INDEX bookings_by_status ON bookings (status, start_ms, uid);
    CREATE INDEX bookings_by_attendee ON bookings (attendee_email, start_ms, uid);
    CREATE INDEX bookings_by_name ON bookings (attendee_name, start_ms, uid);`,
  columnsOf: (uid, booking) => {
    if (booking.phase === 'none') return null;
    const { request, requestedAt, updatedAt } = booking;
    return [
      uid,
      request.hostId,
      request.eventTypeId,
      statusOf(booking),
      toEpochMs(request.start),
      toEpochMs(request.end),
      toEpochMs(requestedAt),
      toEpochMs(updatedAt),
      request.personal.attendee.email,
      request.personal.attendee.name,
      JSON.stringify(booking),
    ];
  },
  open: (db) => {
    const find = db.prepare('SELECT state FROM bookings JOIN booking_states USING (number) WHERE uid = ?');
    const upsert = db.prepare(UPSERT);
    const putState = db.prepare('INSERT OR REPLACE INTO booking_states VALUES (?, ?)');
    return {
      find: (uid) => {
        const row = find.get(uid);
        return row === undefined ? undefined : bookingOf(row);
      },
      put: (uid, booking) => {
        const columns = bookingsTable.columnsOf(uid, booking);
        if (columns === null) return;
        const row = upsert.get(...columns.slice(0, -1));
        putState.run(row === undefined ? null : numberOf(row, 'number'), columns.at(-1) ?? null);
      },
    };
  },
};
