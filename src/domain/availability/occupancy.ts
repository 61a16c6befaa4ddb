import { type Interval, coalesce, overlaps } from '../time/time.ts';
import { limitReachDays } from './booking-limits.ts';
import { type HeldClaim, type SlotFacts, type SlotRules, MINUTE_IN_MS } from './slot.ts';

/** What is taken of a host's time. `startsIn` counts the live bookings of the one event type that start in a period. */
export type Occupancy = {
  readonly isClaimed: (claim: Interval) => boolean;
  readonly isBusy: (claim: Interval) => boolean;
  readonly startsIn: (period: Interval) => number;
};

const DAY_IN_MS = 86_400_000;

/** The time in which a claim can matter to slots that start in `starts`: the slots with buffers, and limits that count. */
export const claimsReach = ({ eventType }: SlotRules, starts: Interval, lengthInMinutes: number): Interval => {
  const around = limitReachDays(eventType.limits) * DAY_IN_MS;
  return {
    start: starts.start - eventType.beforeBuffer * MINUTE_IN_MS - around,
    end: starts.end + (lengthInMinutes + eventType.afterBuffer) * MINUTE_IN_MS + around,
  };
};

type OccupancyOf = (facts: SlotFacts, eventTypeId: number, except: string | undefined) => Occupancy;

/** Looks at every fact for every question: the cheapest way to decide one slot. */
export const scanned: OccupancyOf = ({ claims, busy }, eventTypeId, except) => ({
  isClaimed: (claim) => claims.some((held) => overlaps(held.claim, claim) && held.bookingUid !== except),
  isBusy: (claim) => busy.some((interval) => overlaps(interval, claim)),
  startsIn: (period) => {
    let count = 0;
    for (const held of claims) if (countsIn(held, period, eventTypeId) && held.bookingUid !== except) count += 1;
    return count;
  },
});

const countsIn = ({ start, eventTypeId }: HeldClaim, period: Interval, wanted: number): boolean =>
  period.start <= start && start < period.end && eventTypeId === wanted;

/** Sorts the facts once, then answers by binary search: for many slots at a time. Says the same as `scanned`. */
export const indexed: OccupancyOf = ({ claims, busy }, eventTypeId, except) => {
  const others = claims.filter((held) => held.bookingUid !== except);
  const claimed = coalesce(others.map((held) => held.claim));
  const taken = coalesce(busy);
  const starts = others.filter((held) => held.eventTypeId === eventTypeId).map((held) => held.start);
  starts.sort((a, b) => a - b);
  const startsBefore = (instant: number): number => countWhile(starts, (start) => start < instant);
  return {
    isClaimed: (claim) => touchesAny(claimed, claim),
    isBusy: (claim) => touchesAny(taken, claim),
    startsIn: (period) => startsBefore(period.end) - startsBefore(period.start),
  };
};

/** `apart`: sorted and apart, so only the last one that begins before the end of `wanted` can reach into it. */
const touchesAny = (apart: ReadonlyArray<Interval>, wanted: Interval): boolean => {
  const last = apart[countWhile(apart, (interval) => interval.start < wanted.end) - 1];
  return last !== undefined && wanted.start < last.end;
};

/** How many leading elements satisfy `holds`, which is true up to some element and false from there on. */
const countWhile = <A>(sorted: ReadonlyArray<A>, holds: (element: A) => boolean): number => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const element = sorted[middle];
    if (element !== undefined && holds(element)) low = middle + 1;
    else high = middle;
  }
  return low;
};
