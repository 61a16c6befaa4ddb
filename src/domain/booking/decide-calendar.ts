import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { isRetryable, isMendable } from '../calendar/calendar-failure.ts';
import { backoffMs, toInstant, toEpochMs } from '../time/time.ts';
import { type CalendarSync, type Failed, type KnownBooking, isAwaitingApproval, isLive } from './booking-state.ts';
import type { BookingCommandOf, RetryPolicy, BookingRejection } from './commands.ts';
import type { BookingEventData, BookingEvent } from './events.ts';
import { calendarEffect, leaseEffect } from './lease.ts';
import { isSameInstant, wantedTime } from './reschedule-state.ts';

/**
 * Whole milliseconds to wait after attempt `attempt` (from 1). A wait that the provider asked for is the least.
 * `jitter` in [0, 1) spreads many bookings that failed together.
 */
export const retryDelayMs = (policy: RetryPolicy, attempt: number, jitter: number, retryAfterMs = 0): number => {
  const full = backoffMs(policy.baseMs, policy.capMs, attempt);
  return Math.ceil(Math.max(full * (1 - jitter / 2), retryAfterMs));
};

/**
 * How many attempts fit into `withinMs`, the first one at 0, with the full waits: after
 * so many nobody tries again. At least 1, at most 1000.
 */
export const attemptsWithin = (policy: RetryPolicy, withinMs: number): number => {
  let attempts = 1;
  for (let elapsed = retryDelayMs(policy, 1, 0); elapsed <= withinMs && attempts < 1000; attempts += 1)
    elapsed += retryDelayMs(policy, attempts + 1, 0);
  return attempts;
};

type FailureCommand = BookingCommandOf<
  | 'RecordCalendarFailure'
  | 'RecordCalendarMoveFailure'
  | 'RecordConfirmationFailure'
  | 'RecordDecorationFailure'
  | 'RecordRemovalFailure'
>;

/** How long a call took, as it is stored; a start of its own tells it where there is one. */
export const tookTime = (command: object): { readonly tookMs?: number } =>
  'tookMs' in command && Number.isSafeInteger(command.tookMs) && Number(command.tookMs) >= 0
    ? { tookMs: Number(command.tookMs) }
    : {};

type FailedCall = BookingEventData<'CalendarRemovalFailed'>;

const stored = (command: FailureCommand, retryable: boolean, until: number): FailedCall => {
  const { kind, message, retryAfterMs } = command.failure;
  const due = command.now + retryDelayMs(command.retry, command.attempt, command.jitter, retryAfterMs);
  const retryAt = retryable && due < until ? toInstant(due) : null;
  const { calendarId, attempt } = command;
  return { calendarId, attempt, kind, message, retryable, retryAt, ...tookTime(command) };
};

/** How often guests or place had changed when an event was written, as it is stored: never is not said. */
export const writtenDetails = ({ detailsVersion = 0 }: { readonly detailsVersion?: number }) =>
  detailsVersion === 0 ? {} : { detailsVersion };

/** A failure as it is stored, with the plan for the next try; one that would come after `until` (epoch ms) is none. */
export const failedAttempt = (command: FailureCommand, until: number): FailedCall =>
  stored(command, isRetryable(command.failure.kind), until);

/**
 * Removals are tried again whatever the kind: an orphan in somebody's calendar does not become less wrong. Only a calendar
 * that is not connected cannot be asked: the removal stays outstanding, and is tried once the configuration has it again.
 */
export const failedRemoval = (command: BookingCommandOf<'RecordRemovalFailure'>, until: number): FailedCall =>
  stored(command, command.failure.kind !== 'no-credential', until);

const syncOf = (booking: KnownBooking, calendarId: string): CalendarSync | undefined =>
  booking.calendars.find((sync) => sync.calendarId === calendarId);

/** Epoch ms after which trying to write makes no sense any more: an accepted booking is written as long as it lasts. */
const writeUntil = (booking: KnownBooking): number =>
  toEpochMs(booking.phase === 'accepted' ? booking.request.end : booking.deadline);

/**
 * Intent before the call. A write that is in flight, done, or not wanted any more is not begun: success, no event. Refused
 * only while another node has the lease of the calendar.
 */
export const startSync = (
  booking: KnownBooking,
  { calendarId, attempt, now, lease }: BookingCommandOf<'StartCalendarSync'>,
): E.Either<BookingRejection, ReadonlyArray<BookingEvent>> => {
  const sync = syncOf(booking, calendarId);
  const wanted = isLive(booking) && !isAwaitingApproval(booking);
  const startable = (sync?.status === 'idle' || sync?.status === 'failed') && attempt === sync.attempt + 1;
  if (!wanted || !startable) return E.right([]);
  const started: BookingEvent = {
    type: 'CalendarSyncStarted',
    occurredAt: toInstant(now),
    data: { calendarId, attempt },
  };
  if (lease === undefined) return E.right([started]);
  const leased = leaseEffect(booking, { effect: calendarEffect(calendarId), lease, now });
  return pipe(
    leased,
    E.map((events) => [...events, started]),
  );
};

/**
 * What a calendar answered is a fact in every phase, also after a removal that came too early; only an attempt that was
 * begun has an answer. A success without an id is a failure (S08), and one that may have left an event behind.
 */
export const syncSuccess = (
  booking: KnownBooking,
  command: BookingCommandOf<'RecordCalendarSuccess'>,
): ReadonlyArray<BookingEvent> => {
  const { calendarId, attempt, providerEventId, calendarAddress, start, status, meetingUrl, found } = command;
  if (providerEventId.trim() === '') {
    const failure = { kind: 'outcome-unknown', message: 'The calendar answered without an event id.' } as const;
    return syncFailure(booking, { ...command, type: 'RecordCalendarFailure', failure });
  }
  const sync = syncOf(booking, calendarId);
  const where = calendarAddress === undefined ? {} : { calendarAddress };
  const when = start === undefined || isSameInstant(start, wantedTime(booking).start) ? {} : { start };
  const details = writtenDetails(command);
  const data = { calendarId, attempt, providerEventId, ...where, ...when, ...details, status, meetingUrl, found };
  return sync === undefined || sync.status === 'held' || attempt > sync.attempt
    ? []
    : [{ type: 'CalendarSyncSucceeded', occurredAt: toInstant(command.now), data }];
};

/** Only the attempt that is in flight can fail. */
export const syncFailure = (
  booking: KnownBooking,
  command: BookingCommandOf<'RecordCalendarFailure'>,
): ReadonlyArray<BookingEvent> => {
  const sync = syncOf(booking, command.calendarId);
  if (sync?.status !== 'writing' || sync.attempt !== command.attempt) return [];
  const data = failedAttempt(command, writeUntil(booking));
  return [{ type: 'CalendarSyncFailed', occurredAt: toInstant(command.now), data }];
};

/** What another try may mend: the write of a live booking, what its event is to say, a removal. */
const failuresOf = (booking: KnownBooking, sync: CalendarSync): ReadonlyArray<Failed> => {
  switch (sync.status) {
    case 'failed':
      return isLive(booking) ? [sync.failure] : [];
    case 'held':
      return booking.phase === 'accepted'
        ? [sync.move.failure, sync.confirmation.failure, sync.decoration.failure].filter((failure) => failure !== null)
        : [];
    case 'removal-failed':
      return isLive(booking) ? [] : [sync.failure];
    case 'idle':
    case 'writing':
    case 'removed':
      return [];
  }
};

export const openFailures = (booking: KnownBooking, calendarId: string): ReadonlyArray<Failed> =>
  booking.calendars.filter((sync) => sync.calendarId === calendarId).flatMap((sync) => failuresOf(booking, sync));

/**
 * Nothing failed, failed since, or another try was asked for already: success without events. A failure of a time to come
 * was written by a clock that has been set right since.
 */
export const retryCalendars = (
  booking: KnownBooking,
  { now, only }: BookingCommandOf<'RetryCalendars'>,
): ReadonlyArray<BookingEvent> => {
  const isOld = ({ failedAt }: Failed): boolean =>
    only === undefined || toEpochMs(failedAt) < only.failedBefore || toEpochMs(failedAt) > now;
  const isDue = (failure: Failed): boolean =>
    !failure.retryRequested && isOld(failure) && (only === undefined || isMendable(failure.kind));
  return booking.calendars
    .filter(({ calendarId }) => only === undefined || calendarId === only.calendarId)
    .filter((sync) => failuresOf(booking, sync).some(isDue))
    .map(({ calendarId }) => ({
      type: 'CalendarRetryRequested',
      occurredAt: toInstant(now),
      data: { calendarId },
    }));
};
