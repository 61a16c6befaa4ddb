import type { BookingState } from '../../domain/booking/booking-state.ts';
import { noBooking } from '../../domain/booking/booking-state.ts';
import type { Change, Projection, Told } from '../projection.ts';
import { ignored, ignoringCalendars, ignoringSchedules } from '../projection.ts';

const folded = ({ owner, after }: Told): ReadonlyArray<Change<BookingState>> => [{ key: owner, to: () => after }];

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
    BookingApproved: folded,
    BookingRejected: folded,
    BookingExpired: folded,
    BookingCancelled: folded,
    CalendarRemovalSucceeded: folded,
    CalendarRemovalFailed: folded,
    NotificationSent: folded,
    NotificationParked: folded,
    ...ignoringSchedules,
    ...ignoringCalendars,
  },
};
