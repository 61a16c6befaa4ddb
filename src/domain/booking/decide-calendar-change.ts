import * as E from 'fp-ts/lib/Either.js';
import { toEpochMs, toInstant } from '../time/time.ts';
import { type CalendarSync, type KnownBooking, isLive } from './booking-state.ts';
import type { BookingCommandOf, BookingRejection } from './commands.ts';
import { isUpToDate } from './evolve-event-change.ts';
import type { BookingEvent } from './events.ts';
import { failedAttempt, failedRemoval, tookTime, writtenDetails } from './decide-calendar.ts';

type Held = Extract<CalendarSync, { readonly status: 'held' }>;

/** A pending booking's event is tentative, and nobody tells it anything. */
const heldBy = (booking: KnownBooking, calendarId: string): Held | undefined =>
  booking.phase === 'pending'
    ? undefined
    : booking.calendars.find((sync): sync is Held => sync.calendarId === calendarId && sync.status === 'held');

type Written = { readonly now: number; readonly detailsVersion?: number; readonly tookMs?: number };

/** One that has guests or a place of before says no more than that the booking is on; known before, it is no news. */
const confirmedNow = (sync: Held, written: Written, present: number): ReadonlyArray<BookingEvent> => {
  const { now } = written;
  const { calendarId, confirmation } = sync;
  const data = { calendarId, attempt: confirmation.attempts + 1, ...writtenDetails(written), ...tookTime(written) };
  const isKnown = confirmation.done || (sync.eventStatus === 'confirmed' && !isUpToDate(written, present));
  return isKnown ? [] : [{ type: 'CalendarEventConfirmed', occurredAt: toInstant(now), data }];
};

const decoratedNow = (sync: Held, meetingUrl: string, written: Written): ReadonlyArray<BookingEvent> => {
  const { calendarId, decoration } = sync;
  const data = { calendarId, attempt: decoration.attempts + 1, meetingUrl, ...tookTime(written) };
  return decoration.done ? [] : [{ type: 'CalendarEventDecorated', occurredAt: toInstant(written.now), data }];
};

/** What a calendar was told is a fact from the acceptance on, as long as it holds the event. Told before: no news. */
export const confirmation = (
  booking: KnownBooking,
  command: BookingCommandOf<'RecordConfirmation'>,
): ReadonlyArray<BookingEvent> => {
  const { calendarId, meetingUrl } = command;
  const sync = heldBy(booking, calendarId);
  if (sync === undefined) return [];
  return [
    ...confirmedNow(sync, command, booking.detailsVersion),
    ...(meetingUrl === null ? [] : decoratedNow(sync, meetingUrl, command)),
  ];
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
  command: BookingCommandOf<'RecordDecoration'>,
): ReadonlyArray<BookingEvent> => {
  const { calendarId, meetingUrl } = command;
  const sync = heldBy(booking, calendarId);
  if (sync === undefined || sync.decoration.done) return [];
  return [
    ...decoratedNow(sync, meetingUrl, command),
    ...(booking.phase === 'accepted' ? confirmedNow(sync, command, booking.detailsVersion) : []),
  ];
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
  command: BookingCommandOf<'RecordRemoval'>,
): ReadonlyArray<BookingEvent> => {
  const { calendarId, attempt, outcome, now } = command;
  if (toRemove(booking, calendarId) === undefined) return [];
  const data = { calendarId, attempt, outcome, ...tookTime(command) };
  return [{ type: 'CalendarRemovalSucceeded', occurredAt: toInstant(now), data }];
};

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

/**
 * Only what was tried and failed: before that it is ours to do. What is out of the calendar, or was acknowledged before, is
 * success without events. A removal that is still to be tried again is not tried any more.
 */
export const removalAcknowledgement = (
  booking: KnownBooking,
  { calendarId, now }: BookingCommandOf<'AcknowledgeRemoval'>,
): E.Either<BookingRejection, ReadonlyArray<BookingEvent>> => {
  const sync = booking.calendars.find((one) => one.calendarId === calendarId);
  if (sync?.status === 'removed') return E.right([]);
  return !isLive(booking) && sync?.status === 'removal-failed'
    ? E.right([{ type: 'CalendarRemovalAcknowledged', occurredAt: toInstant(now), data: { calendarId } }])
    : E.left({ type: 'NoRemovalFailed' });
};
