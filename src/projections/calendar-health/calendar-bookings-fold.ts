import type { OutstandingRemoval } from '../../application/ports/read-models.ts';
import { type CalendarSync, type KnownBooking, isLive } from '../../domain/booking/booking-state.ts';
import { openFailures } from '../../domain/booking/decide-calendar.ts';
import { isMendable } from '../../domain/calendar/calendar-failure.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import {
  type Change,
  type Projection,
  type ProjectedEvent,
  ignored,
  ignoringCalendars,
  ignoringSchedules,
} from '../projection.ts';

/**
 * What a calendar has to do with one booking. `held`: it holds the event of a live booking, stored at `heldAt`. `missing`:
 * it was asked to, and does not, or not at the booking's time. `removal`: it may still show the event of a booking that is not live. `acknowledged`: it may,
 * and a person said that this is dealt with. `end`: of the
 * booking, epoch milliseconds. `toMend`: something failed there in a way that a person can mend outside.
 */
export type CalendarBooking = {
  readonly calendarId: string;
  readonly hostId: string;
  readonly end: number;
  readonly toMend: boolean;
} & (
  | { readonly state: 'held'; readonly bookingUid: string; readonly heldAt: string }
  | { readonly state: 'missing' | 'acknowledged'; readonly bookingUid: string }
  | ({ readonly state: 'removal' } & OutstandingRemoval)
);

type Row = CalendarBooking | null;

const removalOf = (sync: CalendarSync, since: string): Omit<OutstandingRemoval, 'bookingUid'> | null => {
  switch (sync.status) {
    case 'idle':
    case 'removed':
      return null;
    case 'failed':
      return sync.mayHold !== 'no' ? { since, attempts: 0, failure: null } : null;
    case 'writing':
    case 'held':
      return { since, attempts: 0, failure: null };
    case 'removal-failed': {
      const { kind, message, retryAt } = sync.failure;
      return { since, attempts: sync.removalAttempts, failure: { kind, message, retryAt } };
    }
  }
};

const rowOf = (uid: string, booking: KnownBooking, sync: CalendarSync, at: string, before: Row): Row => {
  const { hostId, end } = booking.request;
  const toMend = openFailures(booking, sync.calendarId).some(({ kind }) => isMendable(kind));
  const known = { calendarId: sync.calendarId, hostId, end: toEpochMs(end), toMend, bookingUid: uid };
  if (!isLive(booking)) {
    if (sync.status === 'removed' && sync.acknowledged === true) return { ...known, state: 'acknowledged' };
    const removal = removalOf(sync, before?.state === 'removal' ? before.since : at);
    return removal === null ? null : { ...known, state: 'removal', ...removal };
  }
  if (sync.status === 'held' && sync.difference !== undefined) return { ...known, state: 'missing' };
  if (sync.status === 'held') return { ...known, state: 'held', heldAt: before?.state === 'held' ? before.heldAt : at };
  return sync.status === 'idle' ? null : { ...known, state: 'missing' };
};

/** Every calendar of the booking, whatever the event said of one of them. */
const folded = ({ event, owner, after }: ProjectedEvent): ReadonlyArray<Change<Row>> =>
  after.phase === 'none'
    ? []
    : after.calendars.map((sync) => ({
        key: JSON.stringify([sync.calendarId, owner]),
        to: (before) => rowOf(owner, after, sync, event.occurredAt, before),
      }));

/** A row for each calendar and booking that have to do with each other; it goes when the calendar is known to be rid of it. */
export const calendarBookingsFold: Projection<Row> = {
  name: 'calendar-bookings',
  initial: null,
  on: {
    BookingRequested: ignored,
    RequestAbandoned: ignored,
    EffectLeased: ignored,
    RoomReady: ignored,
    RoomFailed: ignored,
    CalendarSyncStarted: folded,
    CalendarSyncSucceeded: folded,
    CalendarSyncFailed: folded,
    CalendarEventConfirmed: folded,
    CalendarConfirmationFailed: folded,
    CalendarRetryRequested: ignored,
    CalendarEventDecorated: folded,
    CalendarDecorationFailed: folded,
    BookingAccepted: folded,
    BookingLeftPending: ignored,
    MailboxVerified: ignored,
    BookingApproved: ignored,
    ApprovalReminderDue: ignored,
    BookingRejected: folded,
    BookingExpired: folded,
    BookingCancelled: folded,
    ReminderFellDue: ignored,
    MeetingStarted: ignored,
    NoShowCheckFellDue: ignored,
    MeetingEnded: ignored,
    AbsenceMarked: ignored,
    GuestsAdded: folded,
    GuestRemoved: folded,
    PersonalDataErased: ignored,
    LocationChanged: folded,
    RescheduleRequested: folded,
    RescheduleApproved: folded,
    BookingRescheduled: folded,
    RescheduleDeclined: ignored,
    RescheduleFailed: folded,
    RescheduleWithdrawn: ignored,
    RescheduleAbandoned: ignored,
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
    CalendarEventRestoreRequested: ignored,
    CalendarEventNotFollowed: ignored,
    NotificationSent: ignored,
    NotificationParked: ignored,
    ...ignoringSchedules,
    ...ignoringCalendars,
  },
};
