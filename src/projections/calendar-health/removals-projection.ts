import type { FailureKind } from '../../domain/calendar/calendar-failure.ts';
import type { Projection } from '../projection.ts';
import { ignored } from '../projection.ts';

/**
 * An event that a calendar still shows though its booking is not live any more. `since`: of the first failed removal.
 * `retryAt` null: only a person can help. UTC instants.
 */
export type PendingRemoval = {
  readonly calendarId: string;
  readonly bookingUid: string;
  readonly since: string;
  readonly attempts: number;
  readonly kind: FailureKind;
  readonly message: string;
  readonly retryAt: string | null;
};

const keyOf = (calendarId: string, bookingUid: string): string => JSON.stringify([calendarId, bookingUid]);

/** What could not be taken out of the calendars yet (I3). A row goes when the removal succeeds. */
export const removalsProjection: Projection<PendingRemoval | null> = {
  name: 'pending-removals',
  initial: null,
  on: {
    BookingRequested: ignored,
    RequestAbandoned: ignored,
    EffectLeased: ignored,
    RoomReady: ignored,
    RoomFailed: ignored,
    CalendarSyncStarted: ignored,
    CalendarSyncSucceeded: ignored,
    CalendarSyncFailed: ignored,
    CalendarEventDecorated: ignored,
    CalendarDecorationFailed: ignored,
    BookingAccepted: ignored,
    BookingLeftPending: ignored,
    BookingApproved: ignored,
    BookingRejected: ignored,
    BookingExpired: ignored,
    BookingCancelled: ignored,
    CalendarRemovalSucceeded: ({ event, owner }) => [{ key: keyOf(event.data.calendarId, owner), to: () => null }],
    CalendarRemovalFailed: ({ event: { data, occurredAt }, owner }) => [
      {
        key: keyOf(data.calendarId, owner),
        to: (pending) => ({
          calendarId: data.calendarId,
          bookingUid: owner,
          since: pending?.since ?? occurredAt,
          attempts: data.attempt,
          kind: data.kind,
          message: data.message,
          retryAt: data.retryAt,
        }),
      },
    ],
    NotificationSent: ignored,
    NotificationParked: ignored,
    SlotHeld: ignored,
    SlotConfirmed: ignored,
    SlotReleased: ignored,
  },
};
