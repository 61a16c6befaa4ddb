import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { toEpochMs, toInstant } from '../time/time.ts';
import { type CalendarSync, type KnownBooking, isLive } from './booking-state.ts';
import type { BookingCommandOf, BookingRejection } from './commands.ts';
import { failedAttempt, writtenDetails } from './decide-calendar.ts';
import type { BookingEvent } from './events.ts';
import { needsMove } from './reschedule-state.ts';
import { calendarEffect, leaseEffect } from './lease.ts';
import { goingReschedule, isSameInstant, wantedTime } from './reschedule-state.ts';

type Held = Extract<CalendarSync, { readonly status: 'held' }>;

const heldBy = (booking: KnownBooking, calendarId: string): Held | undefined =>
  booking.calendars.find((sync): sync is Held => sync.calendarId === calendarId && sync.status === 'held');

/**
 * Intent before the call. An event that is where it is wanted, is being moved, is wanted at yet another time by now, or is
 * of a booking that is not live any more is not moved: success, no event. Refused only while another node has the lease of the calendar.
 */
export const startMove = (
  booking: KnownBooking,
  { calendarId, attempt, start: asked, now, lease }: BookingCommandOf<'StartCalendarMove'>,
): E.Either<BookingRejection, ReadonlyArray<BookingEvent>> => {
  const sync = heldBy(booking, calendarId);
  const { start, end } = wantedTime(booking);
  if (sync === undefined || !isLive(booking) || sync.move.writing || !needsMove(sync, { start })) return E.right([]);
  if (attempt !== sync.move.attempts + 1 || !isSameInstant(asked, start)) return E.right([]);
  const started: BookingEvent = {
    type: 'CalendarMoveStarted',
    occurredAt: toInstant(now),
    data: { calendarId, attempt, start, end },
  };
  if (lease === undefined) return E.right([started]);
  return pipe(
    leaseEffect(booking, { effect: calendarEffect(calendarId), lease, now }),
    E.map((events) => [...events, started]),
  );
};

/** What a calendar answered is a fact in every phase. A success without an id is a failure, and one that may have moved the event. */
export const moveSuccess = (
  booking: KnownBooking,
  command: BookingCommandOf<'RecordCalendarMove'>,
): ReadonlyArray<BookingEvent> => {
  const { calendarId, attempt, providerEventId, calendarAddress, start, end, status, meetingUrl, created } = command;
  if (providerEventId.trim() === '') {
    const failure = { kind: 'outcome-unknown', message: 'The calendar answered without an event id.' } as const;
    return moveFailure(booking, { ...command, type: 'RecordCalendarMoveFailure', failure });
  }
  const sync = booking.calendars.find((one) => one.calendarId === calendarId);
  const isThere =
    sync?.status === 'held' && !sync.move.writing && !sync.move.uncertain && isSameInstant(sync.start, start);
  const wasNotBegun = sync?.status === 'held' && attempt > sync.move.attempts;
  if (sync === undefined || isThere || wasNotBegun) return [];
  const where = calendarAddress === undefined ? {} : { calendarAddress };
  const moved = { calendarId, attempt, providerEventId, ...where, start, end, status, meetingUrl, created };
  const data = { ...moved, ...writtenDetails(command) };
  return [{ type: 'CalendarMoveSucceeded', occurredAt: toInstant(command.now), data }];
};

/** Epoch ms after which moving makes no sense any more: for a move that is not in force yet its deadline. */
const moveUntil = (booking: KnownBooking): number =>
  toEpochMs(
    goingReschedule(booking)?.deadline ?? (booking.phase === 'pending' ? booking.deadline : booking.request.end),
  );

/** Only the attempt that is in flight can fail. */
export const moveFailure = (
  booking: KnownBooking,
  command: BookingCommandOf<'RecordCalendarMoveFailure'>,
): ReadonlyArray<BookingEvent> => {
  const sync = heldBy(booking, command.calendarId);
  if (sync === undefined || !sync.move.writing || sync.move.attempts !== command.attempt) return [];
  const { start, end } = command;
  const data = { ...failedAttempt(command, moveUntil(booking)), start, end };
  return [{ type: 'CalendarMoveFailed', occurredAt: toInstant(command.now), data }];
};
