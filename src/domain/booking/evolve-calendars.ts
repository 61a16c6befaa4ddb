import type { Booked, CalendarSync, KnownBooking } from './booking-state.ts';
import type { BookingEventOf, BookingEventType } from './events.ts';
import {
  onConfirmationFailed,
  onConfirmed,
  onDecorated,
  onDecorationFailed,
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
      return outcomeOn(booking, event.data.calendarId, (sync) =>
        onSyncSucceeded(sync, event.data, wantedTime(booking).start),
      );
    case 'CalendarSyncFailed':
      return outcomeOn(booking, event.data.calendarId, (sync) => onSyncFailed(sync, event.data, event.occurredAt));
    case 'CalendarMoveStarted':
      return onCalendar(withTouched(booking), event.data.calendarId, (sync) => onMoveStarted(sync, event.data));
    case 'CalendarMoveSucceeded':
      return outcomeOn(booking, event.data.calendarId, (sync) => onMoveSucceeded(sync, event.data));
    case 'CalendarMoveFailed':
      return outcomeOn(booking, event.data.calendarId, (sync) => onMoveFailed(sync, event.data, event.occurredAt));
    case 'CalendarEventConfirmed':
      return outcomeOn(booking, event.data.calendarId, (sync) => onConfirmed(sync, event.data));
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
  }
};
