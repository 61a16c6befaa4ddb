import { toEpochMs, toInstant } from '../time/interval.ts';
import type { CalendarSync, KnownBooking } from './booking-state.ts';
import type { BookingCommandOf } from './commands.ts';
import type { BookingEvent } from './events/index.ts';
import { failedAttempt } from './failed-attempt.ts';

type Held = Extract<CalendarSync, { readonly status: 'held' }>;

const heldBy = (booking: KnownBooking, calendarId: string): Held | undefined =>
  booking.calendars.find((sync): sync is Held => sync.calendarId === calendarId && sync.status === 'held');

const confirmedNow = (sync: Held, now: number): ReadonlyArray<BookingEvent> => {
  const { calendarId, confirmation } = sync;
  const data = { calendarId, attempt: confirmation.attempts + 1 };
  return confirmation.done ? [] : [{ type: 'CalendarEventConfirmed', occurredAt: toInstant(now), data }];
};

const decoratedNow = (sync: Held, meetingUrl: string, now: number): ReadonlyArray<BookingEvent> => {
  const { calendarId, decoration } = sync;
  const data = { calendarId, attempt: decoration.attempts + 1, meetingUrl };
  return decoration.done ? [] : [{ type: 'CalendarEventDecorated', occurredAt: toInstant(now), data }];
};

/** What a calendar was told is a fact in every phase, as long as it holds the event. Told before: no news. */
export const confirmation = (
  booking: KnownBooking,
  { calendarId, meetingUrl, now }: BookingCommandOf<'RecordConfirmation'>,
): ReadonlyArray<BookingEvent> => {
  const sync = heldBy(booking, calendarId);
  if (sync === undefined) return [];
  return [...confirmedNow(sync, now), ...(meetingUrl === null ? [] : decoratedNow(sync, meetingUrl, now))];
};

/** Tried again until the meeting is over. A failure that is in the log already is no news. */
export const confirmationFailure = (
  booking: KnownBooking,
  command: BookingCommandOf<'RecordConfirmationFailure'>,
): ReadonlyArray<BookingEvent> => {
  const sync = heldBy(booking, command.calendarId);
  if (sync === undefined || sync.confirmation.done || command.attempt <= sync.confirmation.attempts) return [];
  const data = failedAttempt(command, toEpochMs(booking.request.end));
  return [{ type: 'CalendarConfirmationFailed', occurredAt: toInstant(command.now), data }];
};

/** The event is written whole, so whoever writes the link of an accepted booking has confirmed it as well. */
export const decoration = (
  booking: KnownBooking,
  { calendarId, meetingUrl, now }: BookingCommandOf<'RecordDecoration'>,
): ReadonlyArray<BookingEvent> => {
  const sync = heldBy(booking, calendarId);
  if (sync === undefined || sync.decoration.done) return [];
  return [...decoratedNow(sync, meetingUrl, now), ...(booking.phase === 'accepted' ? confirmedNow(sync, now) : [])];
};

/** Tried again until the meeting is over. A failure that is in the log already is no news. */
export const decorationFailure = (
  booking: KnownBooking,
  command: BookingCommandOf<'RecordDecorationFailure'>,
): ReadonlyArray<BookingEvent> => {
  const sync = heldBy(booking, command.calendarId);
  if (sync === undefined || sync.decoration.done || command.attempt <= sync.decoration.attempts) return [];
  const data = failedAttempt(command, toEpochMs(booking.request.end));
  return [{ type: 'CalendarDecorationFailed', occurredAt: toInstant(command.now), data }];
};
