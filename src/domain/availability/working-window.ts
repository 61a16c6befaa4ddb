import type { Interval } from '../time/interval.ts';
import type { WorkingDay } from './working-day.ts';
import type { WorkingDays } from './working-days.ts';

const isOpenAllDay = (day: WorkingDay): boolean => day.hours[0]?.start === day.start && day.hours[0].end === day.end;

/**
 * Where the grid of starts begins for some hours of a day. A window that began the evening before keeps its grid past
 * midnight; a day that is open from midnight to midnight has a grid of its own, so that hours without end have one too.
 */
export const gridOrigin = (days: WorkingDays, day: WorkingDay, hours: Interval): number => {
  if (hours.start !== day.start || isOpenAllDay(day)) return hours.start;
  const evening = days.on(day.number - 1).hours.at(-1);
  return evening?.end === day.start ? evening.start : hours.start;
};

/** Whether the host works from inside `hours` of `day` through to `end`, past midnight where the next day goes on. */
export const lastsUntil = (days: WorkingDays, day: WorkingDay, hours: Interval, end: number): boolean => {
  if (end <= hours.end) return true;
  if (hours.end !== day.end) return false;
  const next = days.on(day.number + 1);
  const morning = next.hours[0];
  return morning?.start === next.start && lastsUntil(days, next, morning, end);
};
