import { toEpochMs, toInstant } from '../time/interval.ts';
import type { CalendarSync, KnownBooking } from './booking-state.ts';
import type { BookingCommandOf } from './commands.ts';
import type { BookingEvent } from './events/index.ts';
import { failedAttempt } from './failed-attempt.ts';

type Undecorated = Extract<CalendarSync, { readonly status: 'held' }>;

const undecorated = (booking: KnownBooking, calendarId: string): Undecorated | undefined => {
  const sync = booking.calendars.find((one) => one.calendarId === calendarId);
  return sync?.status === 'held' && !sync.decorated ? sync : undefined;
};

export const decoration = (
  booking: KnownBooking,
  { calendarId, attempt, meetingUrl, now }: BookingCommandOf<'RecordDecoration'>,
): ReadonlyArray<BookingEvent> =>
  undecorated(booking, calendarId) === undefined
    ? []
    : [{ type: 'CalendarEventDecorated', occurredAt: toInstant(now), data: { calendarId, attempt, meetingUrl } }];

/** Tried again until the meeting is over. A failure that is in the log already is no news. */
export const decorationFailure = (
  booking: KnownBooking,
  command: BookingCommandOf<'RecordDecorationFailure'>,
): ReadonlyArray<BookingEvent> => {
  const sync = undecorated(booking, command.calendarId);
  if (sync === undefined || command.attempt <= sync.decorationAttempts) return [];
  const data = failedAttempt(command, toEpochMs(booking.request.end));
  return [{ type: 'CalendarDecorationFailed', occurredAt: toInstant(command.now), data }];
};
