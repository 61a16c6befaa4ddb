import type { Booked, CalendarSync, KnownBooking } from './booking-state.ts';
import { onNoticed, onNotFollowed, onRestoreRequested, onVerified } from './difference.ts';
import type { BookingEventOf, BookingEventType } from './events.ts';
import { onConfirmationFailed, onConfirmed, onDecorated, onDecorationFailed } from './evolve-event-change.ts';
import {
  onMoveFailed,
  onMoveStarted,
  onMoveSucceeded,
  onRemovalAcknowledged,
  onRemovalFailed,
  onRemoved,
  onRetryRequested,
  onSyncFailed,
  onSyncStarted,
  onSyncSucceeded,
} from './evolve-calendar.ts';
import { withTouched } from './reschedule-state.ts';
import { calendarEffect, withoutLease } from './lease.ts';
import { wantedTime } from './reschedule-state.ts';

const onCalendar = <B extends Booked>(
  booking: B,
  calendarId: string,
  change: (sync: CalendarSync) => CalendarSync,
): B => ({
  ...booking,
  calendars: booking.calendars.map((sync) => (sync.calendarId === calendarId ? change(sync) : sync)),
});

/** The calendar has just answered that it holds the event. */
const seen =
  (at: string, change: (sync: CalendarSync) => CalendarSync) =>
  (sync: CalendarSync): CalendarSync => {
    const changed = change(sync);
    return changed === sync || changed.status !== 'held' ? changed : { ...changed, seenAt: at };
  };

/** What a calendar came to: nobody is at it any more. */
const outcomeOn = <B extends Booked>(booking: B, calendarId: string, change: (sync: CalendarSync) => CalendarSync): B =>
  withoutLease(onCalendar(booking, calendarId, change), calendarEffect(calendarId));

type CalendarEventType = Extract<BookingEventType, `Calendar${string}`>;
export type EventOnCalendar = { readonly [T in CalendarEventType]: BookingEventOf<T> }[CalendarEventType];

/** One event about one of the booking's calendars more. A calendar that the booking does not know changes nothing. */
export const evolveCalendars = (booking: KnownBooking, event: EventOnCalendar): KnownBooking => {
  switch (event.type) {
    case 'CalendarSyncStarted':
      return onCalendar(withTouched(booking), event.data.calendarId, (sync) => onSyncStarted(sync, event.data));
    case 'CalendarSyncSucceeded':
      return outcomeOn(
        booking,
        event.data.calendarId,
        seen(event.occurredAt, (sync) =>
          onSyncSucceeded(sync, event.data, wantedTime(booking).start, booking.detailsVersion),
        ),
      );
    case 'CalendarSyncFailed':
      return outcomeOn(booking, event.data.calendarId, (sync) => onSyncFailed(sync, event.data, event.occurredAt));
    case 'CalendarMoveStarted':
      return onCalendar(withTouched(booking), event.data.calendarId, (sync) => onMoveStarted(sync, event.data));
    case 'CalendarMoveSucceeded':
      return outcomeOn(
        booking,
        event.data.calendarId,
        seen(event.occurredAt, (sync) => onMoveSucceeded(sync, event.data, booking.detailsVersion)),
      );
    case 'CalendarMoveFailed':
      return outcomeOn(booking, event.data.calendarId, (sync) => onMoveFailed(sync, event.data, event.occurredAt));
    case 'CalendarEventConfirmed':
      return outcomeOn(
        booking,
        event.data.calendarId,
        seen(event.occurredAt, (sync) => onConfirmed(sync, event.data, booking.detailsVersion)),
      );
    case 'CalendarConfirmationFailed':
      return outcomeOn(booking, event.data.calendarId, (sync) =>
        onConfirmationFailed(sync, event.data, event.occurredAt),
      );
    case 'CalendarRetryRequested':
      return onCalendar(booking, event.data.calendarId, (sync) => onRetryRequested(sync, event.occurredAt));
    case 'CalendarEventDecorated':
      return outcomeOn(booking, event.data.calendarId, (sync) => onDecorated(sync, event.data));
    case 'CalendarDecorationFailed':
      return outcomeOn(booking, event.data.calendarId, (sync) =>
        onDecorationFailed(sync, event.data, event.occurredAt),
      );
    case 'CalendarRemovalSucceeded':
      return outcomeOn(booking, event.data.calendarId, onRemoved);
    case 'CalendarRemovalFailed':
      return outcomeOn(booking, event.data.calendarId, (sync) => onRemovalFailed(sync, event.data, event.occurredAt));
    case 'CalendarRemovalAcknowledged':
      return outcomeOn(booking, event.data.calendarId, onRemovalAcknowledged);
    case 'CalendarEventMissing':
    case 'CalendarEventMoved':
    case 'CalendarEventChanged':
      return onCalendar(booking, event.data.calendarId, (sync) => onNoticed(booking, sync, event));
    case 'CalendarEventVerified':
      return onCalendar(booking, event.data.calendarId, (sync) => onVerified(booking, sync, event));
    case 'CalendarEventRestoreRequested':
      return onCalendar(booking, event.data.calendarId, (sync) => onRestoreRequested(sync, event.data));
    case 'CalendarEventNotFollowed':
      return onCalendar(booking, event.data.calendarId, (sync) => onNotFollowed(sync, event.data));
  }
};
