import type { CalendarTrouble } from '../../application/ports/read-models.ts';
import { type CalendarState, evolveCalendar, noCalendar } from '../../domain/calendar/calendar-state.ts';
import type { CalendarStreamEventType } from '../../domain/calendar/events.ts';
import { type Change, type Projection, type ProjectedEvent, ignored, ignoringSchedules } from '../projection.ts';

/** How a calendar has been answering, over all bookings, and the fold of its own stream. */
export type CalendarHealth = {
  readonly lastSuccessAt: string | null;
  readonly lastFailure: CalendarTrouble | null;
  readonly failuresInRow: number;
  readonly own: CalendarState;
};

type Health = ReadonlyArray<Change<CalendarHealth>>;
type Succeeded = ProjectedEvent<
  | 'CalendarSyncSucceeded'
  | 'CalendarMoveSucceeded'
  | 'CalendarEventConfirmed'
  | 'CalendarEventDecorated'
  | 'CalendarRemovalSucceeded'
  | 'CalendarEventVerified'
>;
type Failed = ProjectedEvent<
  | 'CalendarSyncFailed'
  | 'CalendarMoveFailed'
  | 'CalendarConfirmationFailed'
  | 'CalendarDecorationFailed'
  | 'CalendarRemovalFailed'
>;

const succeeded = ({ event }: Succeeded): Health => [
  {
    key: event.data.calendarId,
    to: (health) => ({ ...health, lastSuccessAt: event.occurredAt, failuresInRow: 0 }),
  },
];

const failed =
  (task: CalendarTrouble['task']) =>
  ({ event, owner, after }: Failed): Health => {
    const { calendarId, kind, message } = event.data;
    const hostId = after.phase === 'none' ? '' : after.request.hostId;
    const lastFailure = { task, kind, message, at: event.occurredAt, bookingUid: owner, hostId };
    const to = (health: CalendarHealth) => ({ ...health, lastFailure, failuresInRow: health.failuresInRow + 1 });
    return [{ key: calendarId, to }];
  };

const ofItsOwn = ({ event, owner }: ProjectedEvent<CalendarStreamEventType>): Health => [
  { key: owner, to: (health) => ({ ...health, own: evolveCalendar(health.own, event) }) },
];

/** One row for each calendar that was ever connected or written to. */
export const calendarHealthFold: Projection<CalendarHealth> = {
  name: 'calendar-health',
  initial: { lastSuccessAt: null, lastFailure: null, failuresInRow: 0, own: noCalendar },
  on: {
    BookingRequested: ignored,
    RequestAbandoned: ignored,
    EffectLeased: ignored,
    RoomReady: ignored,
    RoomFailed: ignored,
    CalendarSyncStarted: ignored,
    CalendarSyncSucceeded: succeeded,
    CalendarSyncFailed: failed('write'),
    CalendarEventConfirmed: succeeded,
    CalendarConfirmationFailed: failed('confirm'),
    CalendarRetryRequested: ignored,
    CalendarEventDecorated: succeeded,
    CalendarDecorationFailed: failed('decorate'),
    BookingAccepted: ignored,
    BookingLeftPending: ignored,
    MailboxVerified: ignored,
    BookingApproved: ignored,
    ApprovalReminderDue: ignored,
    BookingRejected: ignored,
    BookingExpired: ignored,
    BookingCancelled: ignored,
    ReminderFellDue: ignored,
    MeetingStarted: ignored,
    NoShowCheckFellDue: ignored,
    MeetingEnded: ignored,
    AbsenceMarked: ignored,
    GuestsAdded: ignored,
    GuestRemoved: ignored,
    PersonalDataErased: ignored,
    LocationChanged: ignored,
    RescheduleRequested: ignored,
    RescheduleApproved: ignored,
    BookingRescheduled: ignored,
    RescheduleDeclined: ignored,
    RescheduleFailed: ignored,
    RescheduleWithdrawn: ignored,
    RescheduleAbandoned: ignored,
    CalendarMoveStarted: ignored,
    CalendarMoveSucceeded: succeeded,
    CalendarMoveFailed: failed('move'),
    CalendarRemovalSucceeded: succeeded,
    CalendarRemovalFailed: failed('remove'),
    CalendarRemovalAcknowledged: ignored,
    CalendarEventMissing: ignored,
    CalendarEventMoved: ignored,
    CalendarEventChanged: ignored,
    CalendarEventVerified: succeeded,
    CalendarEventRestoreRequested: ignored,
    CalendarEventNotFollowed: ignored,
    NotificationSent: ignored,
    NotificationParked: ignored,
    ...ignoringSchedules,
    CalendarConnected: ofItsOwn,
    CalendarAddressChanged: ofItsOwn,
    CalendarObjectsUnreadable: ofItsOwn,
    CalendarObjectsNotNamed: ofItsOwn,
    CalendarObjectsCleared: ofItsOwn,
    CalendarUnreadableForBooking: ignored,
    CalendarReadingFailed: ofItsOwn,
    CalendarUnreadable: ofItsOwn,
    CalendarCredentialRefused: ofItsOwn,
    CalendarReadableAgain: ofItsOwn,
    CalendarWatchStopped: ofItsOwn,
    CalendarWatchResumed: ofItsOwn,
    CalendarWatchHinted: ignored,
    CalendarEffectLeased: ignored,
    CalendarNotificationSent: ignored,
    CalendarNotificationParked: ignored,
  },
};
