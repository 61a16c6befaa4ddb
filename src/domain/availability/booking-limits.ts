import type { BookingLimits, BookingWindow } from '../bookable/event-type.ts';
import { type Interval, dayNumberOf } from '../time/time.ts';
import type { LimitPeriod } from './slot.ts';
import type { WorkingDay, WorkingDays } from './working-hours.ts';

/** Widest first: where the month is full, another day of it does not help, and the answer should say so. */
const periods: ReadonlyArray<LimitPeriod> = ['year', 'month', 'week', 'day'];

const span = (days: WorkingDays, first: number, length: number): Interval => ({
  start: days.on(first).start,
  end: days.on(first + length).start,
});

/** The period of the host's zone that a day lies in; weeks are ISO 8601 weeks, from Monday. */
const periodAround = (days: WorkingDays, { number, date }: WorkingDay, period: LimitPeriod): Interval => {
  switch (period) {
    case 'day':
      return span(days, number, 1);
    case 'week':
      return span(days, number + 1 - date.dayOfWeek, 7);
    case 'month':
      return span(days, number + 1 - date.day, date.daysInMonth);
    case 'year':
      return span(days, number + 1 - date.dayOfYear, date.daysInYear);
  }
};

/** Days around a start in which bookings can count for its limits: more than the widest limited period, in any zone. */
const reachInDays: Readonly<Record<LimitPeriod, number>> = { year: 368, month: 33, week: 9, day: 3 };
export const limitReachDays = (limits: BookingLimits): number => {
  const widest = periods.find((period) => limits[period] !== undefined);
  return widest === undefined ? 0 : reachInDays[widest];
};

export type ReachedLimit = { readonly period: LimitPeriod; readonly limit: number };

/**
 * The widest limit that the bookings counted by `startsIn` have used up in the periods around a day. The answer is the
 * same for every start of the day, so the last one is remembered: many starts are asked about in order.
 */
export const limitReachedOn = (
  limits: BookingLimits,
  days: WorkingDays,
  startsIn: (period: Interval) => number,
): ((day: WorkingDay) => ReachedLimit | null) => {
  const isUsedUp = (day: WorkingDay, period: LimitPeriod, limit: number): boolean =>
    startsIn(periodAround(days, day, period)) >= limit;
  const reached = (day: WorkingDay): ReachedLimit | null => {
    for (const period of periods) {
      const limit = limits[period];
      if (limit !== undefined && isUsedUp(day, period, limit)) return { period, limit };
    }
    return null;
  };
  let last: { readonly day: WorkingDay; readonly reached: ReachedLimit | null } | undefined;
  return (day) => {
    if (last?.day !== day) last = { day, reached: reached(day) };
    return last.reached;
  };
};

/** The last date that RFC 3339 can write; nothing is booked after it, and time zone arithmetic ends before its own limits. */
const LAST_DATE = '9999-12-31';

const lastDay = dayNumberOf(Temporal.PlainDate.from(LAST_DATE));

/** Starts that the booking window allows at `now` (epoch ms): whole days of the host's zone. */
export const bookableStarts = (window: BookingWindow, days: WorkingDays, now: number): Interval => {
  const endOf = (number: number): number => days.on(Math.min(number, lastDay)).end;
  switch (window.type) {
    case 'unlimited':
      return { start: now, end: endOf(lastDay) };
    case 'rolling':
      return { start: now, end: endOf(days.at(now).number + window.days) };
    case 'range':
      return {
        start: days.on(dayNumberOf(Temporal.PlainDate.from(window.from))).start,
        end: endOf(dayNumberOf(Temporal.PlainDate.from(window.to))),
      };
  }
};
