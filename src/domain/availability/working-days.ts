import type { Host } from '../bookable/host.ts';
import { dayNumberNotAfter } from '../time/local-date.ts';
import type { WorkingDay } from './working-day.ts';
import { workingDay } from './working-day.ts';

/** A host's calendar. `on`: by day number (days since 1970-01-01). `at`: the day that an instant (epoch ms) lies in. */
export type WorkingDays = {
  readonly on: (number: number) => WorkingDay;
  readonly at: (instant: number) => WorkingDay;
};

/** Days remembered per host: a month on show, the days around it, and the edges of a year's limit. */
export const REMEMBERED_DAYS = 128;

const remembering = (host: Host): WorkingDays => {
  const remembered = new Map<number, WorkingDay>();
  const on = (number: number): WorkingDay => {
    const known = remembered.get(number);
    if (known !== undefined) return known;
    if (remembered.size >= REMEMBERED_DAYS) remembered.clear();
    const day = workingDay(host, number);
    remembered.set(number, day);
    return day;
  };
  /** Questions come in runs about one day. */
  let last: WorkingDay | undefined;
  const at = (instant: number): WorkingDay => {
    if (last !== undefined && last.start <= instant && instant < last.end) return last;
    let day = on(dayNumberNotAfter(instant));
    while (day.end <= instant) day = on(day.number + 1);
    last = day;
    return day;
  };
  return { on, at };
};

const byHost = new WeakMap<Host, WorkingDays>();

/**
 * Hosts are immutable, so what was worked out for one object stays true; the memory is bounded and dies with the host.
 * It saves about 10 us of time zone arithmetic per day.
 */
export const workingDaysOf = (host: Host): WorkingDays => {
  const known = byHost.get(host);
  if (known !== undefined) return known;
  const days = remembering(host);
  byHost.set(host, days);
  return days;
};
