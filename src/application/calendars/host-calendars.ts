import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as RA from 'fp-ts/lib/ReadonlyArray.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { CalendarFailure } from '../../domain/calendar/calendar-failure.ts';
import type { Host } from '../../domain/bookable/host.ts';
import { type ScheduleState, claimOf, releasedWithin } from '../../domain/schedule/schedule-state.ts';
import type { CalendarBusy } from '../../domain/rules/decision-facts.ts';
import type { Interval } from '../../domain/time/time.ts';
import type { Calendar, OwnEvent } from '../ports/calendar.ts';

/** A calendar that could not be read. Then no time of the host counts as free (I10). */
export type CalendarUnreadable = {
  readonly type: 'CalendarUnreadable';
  readonly calendarId: string;
  readonly failure: CalendarFailure;
};

/** Calendars by id, as configured and connected. */
export type Calendars = ReadonlyMap<string, Calendar>;

/** A calendar that a booking or a host names and that is not configured any more (S09). */
export const notConnected: CalendarFailure = {
  kind: 'no-credential',
  message: 'The calendar is not connected any more.',
};

const readOne =
  (calendars: Calendars, window: Interval, except: ReadonlyArray<OwnEvent>, signal: AbortSignal) =>
  async (calendarId: string): Promise<E.Either<CalendarUnreadable, CalendarBusy>> => {
    const calendar = calendars.get(calendarId);
    const read = calendar === undefined ? E.left(notConnected) : await calendar.busy(window, except, signal)();
    return pipe(
      read,
      E.bimap(
        (failure) => ({ type: 'CalendarUnreadable', calendarId, failure }),
        ({ busy }) => ({ calendarId, busy }),
      ),
    );
  };

/**
 * Busy times of all of a host's calendars, read at the same time, by calendar. Fails if any of them cannot be read. Events
 * of bookings that released their slot are left out, whether they are still in the calendar or not (S37). Events of live
 * bookings need not be: their claims cover the same time. `moving`: uid of a
 * booking whose own event is left out, since it is about to move.
 */
export const readHostCalendars =
  (calendars: Calendars) =>
  (
    host: Host,
    schedule: ScheduleState,
    window: Interval,
    signal: AbortSignal,
    moving?: string,
  ): TaskEither<CalendarUnreadable, ReadonlyArray<CalendarBusy>> =>
  async () => {
    if (host.calendarIds.length === 0) return E.right([]);
    const own = moving === undefined ? undefined : claimOf(schedule, moving);
    const except = [...releasedWithin(schedule, window), ...(own === undefined ? [] : [own])].map(
      ({ bookingUid, icsUid }) => ({ bookingUid, icsUid }),
    );
    const results = await Promise.all(host.calendarIds.map(readOne(calendars, window, except, signal)));
    return RA.sequence(E.Applicative)(results);
  };

/** The same, whichever calendar it is that is busy. */
export const readHostBusy =
  (calendars: Calendars) =>
  (
    ...asked: Parameters<ReturnType<typeof readHostCalendars>>
  ): TaskEither<CalendarUnreadable, ReadonlyArray<Interval>> =>
  async () =>
    pipe(await readHostCalendars(calendars)(...asked)(), E.map(RA.flatMap(({ busy }) => busy)));
