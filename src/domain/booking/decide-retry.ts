import { toInstant } from '../time/interval.ts';
import type { CalendarSync, KnownBooking } from './booking-state.ts';
import { isLive } from './booking-state.ts';
import type { BookingCommandOf } from './commands.ts';
import type { BookingEvent } from './events/index.ts';

const again = (sync: CalendarSync, occurredAt: string): ReadonlyArray<BookingEvent> =>
  sync.status === 'failed'
    ? [{ type: 'CalendarSyncStarted', occurredAt, data: { calendarId: sync.calendarId, attempt: sync.attempt + 1 } }]
    : [];

/** The failed writes of a live booking are begun again at once. Nothing failed, or not live: success without events. */
export const retryCalendars = (
  booking: KnownBooking,
  command: BookingCommandOf<'RetryCalendars'>,
): ReadonlyArray<BookingEvent> =>
  isLive(booking) ? booking.calendars.flatMap((sync) => again(sync, toInstant(command.now))) : [];
