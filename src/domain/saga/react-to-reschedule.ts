import type { Booked, CalendarSync, KnownBooking } from '../booking/booking-state.ts';
import { isBeingMoved, movingOf } from '../booking/decide-reschedule.ts';
import { needsMove } from '../booking/reschedule-state.ts';
import { wantedTime } from '../booking/reschedule-state.ts';
import type { Effect } from './effect.ts';

/** Its event is written whole by then, at the time that is wanted: nothing else is written to it before. */
export const isToBeMoved = (booking: Booked, sync: CalendarSync): boolean =>
  sync.status === 'held' && (sync.move.writing || needsMove(sync, wantedTime(booking)));

/** Events that begin at another time than is wanted, or may do so. */
export const moveInCalendars = (booking: Booked): ReadonlyArray<Effect> =>
  booking.calendars.flatMap((sync): ReadonlyArray<Effect> => {
    if (sync.status !== 'held' || !isToBeMoved(booking, sync)) return [];
    const { calendarId, move } = sync;
    if (move.writing) return [{ type: 'ResolveCalendarMove', calendarId, attempt: move.attempts, at: null }];
    if (move.failure !== null && move.failure.retryAt === null) return [];
    return [{ type: 'MoveCalendarEvent', calendarId, attempt: move.attempts + 1, at: move.failure?.retryAt ?? null }];
  });

/** What is to become of the move in flight. While a calendar is just being asked nobody knows. */
export const rescheduleDecisions = (booking: KnownBooking): ReadonlyArray<Effect> => {
  const { reschedule } = booking;
  if (reschedule === null) return [];
  if (!reschedule.approved) return [{ type: 'FailReschedule', reason: 'approval_missed', at: reschedule.deadline }];
  const moving = movingOf(booking, reschedule);
  if (moving === 'held' || moving === 'no-calendar') return [{ type: 'CompleteReschedule', at: null }];
  if (isBeingMoved(booking)) return [];
  return [{ type: 'FailReschedule', reason: 'calendar_refused', at: moving === 'failed' ? null : reschedule.deadline }];
};

/** Times that were held for moves which have ended since. */
export const settleReschedules = ({ reschedules }: Booked): ReadonlyArray<Effect> => {
  const ended = reschedules.map(({ id, outcome }) => ({ rescheduleId: id, moved: outcome === 'moved' }));
  return ended.length === 0 ? [] : [{ type: 'SettleReschedules', ended, at: null }];
};
