import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { isMendable } from '../calendar/calendar-failure.ts';
import { toEpochMs, toInstant } from '../time/interval.ts';
import type { CalendarSync, Failed, KnownBooking } from './booking-state.ts';
import { isAwaitingApproval, isLive } from './booking-state.ts';
import type { BookingCommandOf, BookingRejection } from './commands.ts';
import type { BookingEvent } from './events.ts';
import { failedAttempt } from './retry.ts';
import { calendarEffect, leaseEffect } from './lease.ts';

const syncOf = (booking: KnownBooking, calendarId: string): CalendarSync | undefined =>
  booking.calendars.find((sync) => sync.calendarId === calendarId);

/** Epoch ms after which trying to write makes no sense any more: an accepted booking is written as long as it lasts. */
const writeUntil = (booking: KnownBooking): number =>
  toEpochMs(booking.phase === 'accepted' ? booking.request.end : booking.deadline);

/**
 * Intent before the call. A write that is under way, done, or not wanted any more is not begun: success, no event. Refused
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
 * What a calendar answered is a fact in every phase, also after a removal that came too early. A success without an id
 * is a failure (S08), and one that may have left an event behind.
 */
export const syncSuccess = (
  booking: KnownBooking,
  command: BookingCommandOf<'RecordCalendarSuccess'>,
): ReadonlyArray<BookingEvent> => {
  const { calendarId, attempt, providerEventId, calendarAddress, status, meetingUrl, found } = command;
  if (providerEventId.trim() === '') {
    const failure = { kind: 'outcome-unknown', message: 'The calendar answered without an event id.' } as const;
    return syncFailure(booking, { ...command, type: 'RecordCalendarFailure', failure });
  }
  const sync = syncOf(booking, calendarId);
  const where = calendarAddress === undefined ? {} : { calendarAddress };
  const data = { calendarId, attempt, providerEventId, ...where, status, meetingUrl, found };
  return sync === undefined || sync.status === 'held'
    ? []
    : [{ type: 'CalendarSyncSucceeded', occurredAt: toInstant(command.now), data }];
};

/** Only the attempt that is under way can fail. */
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
        ? [sync.confirmation.failure, sync.decoration.failure].filter((failure) => failure !== null)
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
