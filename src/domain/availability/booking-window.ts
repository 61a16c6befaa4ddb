import type { BookingWindow } from '../bookable/event-type.ts';
import type { Interval } from '../time/interval.ts';
import { dayNumberOf } from '../time/local-date.ts';
import type { WorkingDays } from './working-days.ts';

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
