import { toEpochMs, toInstant } from '../time/interval.ts';
import type { CalendarSync, KnownBooking } from './booking-state.ts';
import { isLive } from './booking-state.ts';
import type { BookingCommandOf } from './commands.ts';
import type { BookingEvent } from './events/index.ts';
import { failedRemoval } from './failed-attempt.ts';

/** An event that a booking is not live any more with is hunted for this long after the booking was to end. */
const REMOVAL_RETRY_DAYS = 30;

const huntedUntil = (booking: KnownBooking): number =>
  toEpochMs(booking.request.end) + Temporal.Duration.from({ days: REMOVAL_RETRY_DAYS }).total('milliseconds');

/** What is to be removed: of a booking that is not live, from a calendar that was asked to hold it. */
const toRemove = (booking: KnownBooking, calendarId: string): CalendarSync | undefined =>
  isLive(booking)
    ? undefined
    : booking.calendars.find(
        (sync) => sync.calendarId === calendarId && sync.status !== 'idle' && sync.status !== 'removed',
      );

export const removal = (
  booking: KnownBooking,
  { calendarId, attempt, outcome, now }: BookingCommandOf<'RecordRemoval'>,
): ReadonlyArray<BookingEvent> =>
  toRemove(booking, calendarId) === undefined
    ? []
    : [{ type: 'CalendarRemovalSucceeded', occurredAt: toInstant(now), data: { calendarId, attempt, outcome } }];

/** A failure that is in the log already is no news. */
export const removalFailure = (
  booking: KnownBooking,
  command: BookingCommandOf<'RecordRemovalFailure'>,
): ReadonlyArray<BookingEvent> => {
  const sync = toRemove(booking, command.calendarId);
  if (sync === undefined || (sync.status === 'removal-failed' && command.attempt <= sync.removalAttempts)) return [];
  const data = failedRemoval(command, huntedUntil(booking));
  return [{ type: 'CalendarRemovalFailed', occurredAt: toInstant(command.now), data }];
};
