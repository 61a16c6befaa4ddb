export { toEpochMs, toInstant } from './instant.ts';

import { toEpochMs } from './instant.ts';

/** A half-open span `[start, end)` in epoch milliseconds, so that comparing and sorting cost nothing. */
export type Interval = { readonly start: number; readonly end: number };

/** Half-open: intervals that only touch do not overlap. */
export const overlaps = (a: Interval, b: Interval): boolean => a.start < b.end && b.start < a.end;

export const intervalOf = (times: { readonly start: string; readonly end: string }): Interval => ({
  start: toEpochMs(times.start),
  end: toEpochMs(times.end),
});

/** The same time as sorted intervals that neither overlap nor touch. */
export const coalesce = (intervals: ReadonlyArray<Interval>): ReadonlyArray<Interval> => {
  const sorted = intervals.toSorted((a, b) => a.start - b.start);
  const apart: Array<Interval> = [];
  for (const next of sorted) {
    const last = apart.at(-1);
    if (last === undefined || last.end < next.start) apart.push(next);
    else if (last.end < next.end) apart[apart.length - 1] = { start: last.start, end: next.end };
  }
  return apart;
};
