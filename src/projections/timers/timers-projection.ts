import type { DatabaseSync } from 'node:sqlite';
import type { DueTimers } from '../../application/ports/read-models.ts';
import { nextTimerAt } from '../../domain/booking/timers.ts';
import {
  type Change,
  ignored,
  ignoringCalendars,
  ignoringSchedules,
  numberOf,
  type ProjectedEvent,
  type Projection,
  type RowTable,
  textOf,
} from '../projection.ts';

/** When the clock is next of interest to a booking, epoch milliseconds; null: never again. */
type Row = number | null;

const folded = ({ owner, after }: ProjectedEvent): ReadonlyArray<Change<Row>> => [
  { key: owner, to: () => nextTimerAt(after) },
];

/** A row for each booking that the clock will bring something to. Only what can change that is looked at. */
export const timersProjection: Projection<Row> = {
  name: 'timers',
  initial: null,
  on: {
    BookingRequested: ignored,
    ApprovalReminderDue: ignored,
    RequestAbandoned: ignored,
    RoomReady: ignored,
    RoomFailed: ignored,
    CalendarSyncStarted: ignored,
    CalendarSyncSucceeded: ignored,
    CalendarSyncFailed: ignored,
    CalendarEventConfirmed: ignored,
    CalendarConfirmationFailed: ignored,
    CalendarRetryRequested: ignored,
    CalendarEventDecorated: ignored,
    CalendarDecorationFailed: ignored,
    EffectLeased: ignored,
    BookingAccepted: folded,
    BookingLeftPending: ignored,
    MailboxVerified: ignored,
    BookingApproved: ignored,
    BookingRejected: folded,
    BookingExpired: folded,
    BookingCancelled: folded,
    GuestsAdded: ignored,
    GuestRemoved: ignored,
    PersonalDataErased: ignored,
    LocationChanged: ignored,
    RescheduleRequested: ignored,
    RescheduleApproved: ignored,
    BookingRescheduled: folded,
    RescheduleDeclined: ignored,
    RescheduleFailed: ignored,
    RescheduleWithdrawn: ignored,
    RescheduleAbandoned: ignored,
    CalendarMoveStarted: ignored,
    CalendarMoveSucceeded: folded,
    CalendarMoveFailed: ignored,
    ReminderFellDue: folded,
    MeetingStarted: folded,
    NoShowCheckFellDue: folded,
    MeetingEnded: folded,
    AbsenceMarked: folded,
    CalendarRemovalSucceeded: ignored,
    CalendarRemovalFailed: ignored,
    CalendarRemovalAcknowledged: ignored,
    CalendarEventMissing: folded,
    CalendarEventMoved: folded,
    CalendarEventChanged: folded,
    CalendarEventVerified: folded,
    CalendarEventRestoreRequested: ignored,
    CalendarEventNotFollowed: ignored,
    NotificationSent: ignored,
    NotificationParked: ignored,
    ...ignoringSchedules,
    ...ignoringCalendars,
  },
};

/** Sorted by time: the first rows are those that are due, however many bookings lie in the future. */
export const timersTable: RowTable<Row> = {
  schema: 'CREATE TABLE timers (booking_uid TEXT PRIMARY KEY, due_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;',
  indexes: 'CREATE INDEX timers_by_time ON timers (due_ms, booking_uid);',
  columnsOf: (uid, dueMs) => (dueMs === null ? null : [uid, dueMs]),
  open: (db) => {
    const find = db.prepare('SELECT due_ms FROM timers WHERE booking_uid = ?');
    const put = db.prepare('INSERT OR REPLACE INTO timers VALUES (?, ?)');
    const remove = db.prepare('DELETE FROM timers WHERE booking_uid = ?');
    return {
      find: (uid) => {
        const row = find.get(uid);
        return row === undefined ? undefined : numberOf(row, 'due_ms');
      },
      put: (uid, dueMs) => {
        if (dueMs === null) remove.run(uid);
        else put.run(uid, dueMs);
      },
    };
  },
};

/** The one question to the table: at most `take` rows of the index are read. */
export const FIRST_TIMERS = 'SELECT booking_uid, due_ms FROM timers ORDER BY due_ms, booking_uid LIMIT ?';

/** The first `take` bookings whose time comes, the earliest first. */
export const readTimers = (db: DatabaseSync): ((take: number) => DueTimers) => {
  const first = db.prepare(FIRST_TIMERS);
  return (take) => first.all(take).map((row) => ({ uid: textOf(row, 'booking_uid'), dueMs: numberOf(row, 'due_ms') }));
};
