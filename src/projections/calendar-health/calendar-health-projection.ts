import type { FailureKind } from '../../domain/calendar/calendar-failure.ts';
import type { Change, Projection, Told } from '../projection.ts';
import { ignored } from '../projection.ts';

/** `task`: what the calendar was asked to do. `at`: UTC instant. `message`: without secrets and guest data. */
export type CalendarTrouble = {
  readonly task: 'write' | 'decorate' | 'remove';
  readonly kind: FailureKind;
  readonly message: string;
  readonly at: string;
  readonly bookingUid: string;
};

/** How a calendar has been answering, over all bookings. `failuresInRow`: since the last success. */
export type CalendarHealth = {
  readonly lastSuccessAt: string | null;
  readonly lastFailure: CalendarTrouble | null;
  readonly failuresInRow: number;
};

type Health = ReadonlyArray<Change<CalendarHealth>>;
type Succeeded = Told<'CalendarSyncSucceeded' | 'CalendarEventDecorated' | 'CalendarRemovalSucceeded'>;
type Failed = Told<'CalendarSyncFailed' | 'CalendarDecorationFailed' | 'CalendarRemovalFailed'>;

const succeeded = ({ event }: Succeeded): Health => [
  {
    key: event.data.calendarId,
    to: (health) => ({ ...health, lastSuccessAt: event.occurredAt, failuresInRow: 0 }),
  },
];

const failed =
  (task: CalendarTrouble['task']) =>
  ({ event, owner }: Failed): Health => [
    {
      key: event.data.calendarId,
      to: (health) => ({
        ...health,
        lastFailure: {
          task,
          kind: event.data.kind,
          message: event.data.message,
          at: event.occurredAt,
          bookingUid: owner,
        },
        failuresInRow: health.failuresInRow + 1,
      }),
    },
  ];

/** One row for each calendar that was ever written to. */
export const calendarHealthProjection: Projection<CalendarHealth> = {
  name: 'calendar-health',
  initial: { lastSuccessAt: null, lastFailure: null, failuresInRow: 0 },
  on: {
    BookingRequested: ignored,
    RequestAbandoned: ignored,
    EffectLeased: ignored,
    RoomReady: ignored,
    RoomFailed: ignored,
    CalendarSyncStarted: ignored,
    CalendarSyncSucceeded: succeeded,
    CalendarSyncFailed: failed('write'),
    CalendarEventDecorated: succeeded,
    CalendarDecorationFailed: failed('decorate'),
    BookingAccepted: ignored,
    BookingLeftPending: ignored,
    BookingApproved: ignored,
    BookingRejected: ignored,
    BookingExpired: ignored,
    BookingCancelled: ignored,
    CalendarRemovalSucceeded: succeeded,
    CalendarRemovalFailed: failed('remove'),
    NotificationSent: ignored,
    NotificationParked: ignored,
    SlotHeld: ignored,
    SlotConfirmed: ignored,
    SlotReleased: ignored,
  },
};
