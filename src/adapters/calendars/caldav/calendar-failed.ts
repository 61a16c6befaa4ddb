import * as TE from 'fp-ts/lib/TaskEither.js';
import type { CalendarFailure } from '../../../domain/calendar/calendar-failure.ts';

/** `status`: of the HTTP answer that it came from, where there was one. */
type CalendarFailed = Error & { readonly calendarFailure: CalendarFailure; readonly status: number | null };

/** Carries a failure through the async functions of this adapter; `calendarCall` turns it into a value again. */
export const calendarFailed = (calendarFailure: CalendarFailure, status: number | null = null): CalendarFailed =>
  Object.assign(new Error(calendarFailure.message), { calendarFailure, status });

const isCalendarFailed = (error: unknown): error is CalendarFailed =>
  error instanceof Error && 'calendarFailure' in error;

export const failureIn = (error: unknown): CalendarFailure | undefined =>
  isCalendarFailed(error) ? error.calendarFailure : undefined;

/** The HTTP status that a failure came from; null: none. */
export const statusIn = (error: unknown): number | null => (isCalendarFailed(error) ? error.status : null);

const UNKNOWN: CalendarFailure = {
  kind: 'outcome-unknown',
  message: 'the calendar adapter failed in a way that it does not know',
};

/** One call of the port: nothing is thrown across it. */
export const calendarCall = <A>(run: () => Promise<A>): TE.TaskEither<CalendarFailure, A> =>
  TE.tryCatch(run, (error) => failureIn(error) ?? UNKNOWN);
