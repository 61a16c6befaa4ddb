import type { Option } from 'fp-ts/lib/Option.js';
import type { EventType } from '../bookable/event-type.ts';
import type { Interval } from '../time/interval.ts';
import type { ReachedLimit } from './booking-limits.ts';
import { limitReachedOn } from './booking-limits.ts';
import { bookableStarts } from './booking-window.ts';
import type { Occupancy } from './occupancy.ts';
import { MINUTE_IN_MS, type SlotRules } from './slot.ts';
import type { WorkingDay } from './working-day.ts';
import type { WorkingDays } from './working-days.ts';
import { workingDaysOf } from './working-days.ts';

/** Rules and facts, made ready to decide slots. `earliest`: first start that the minimum notice allows, epoch ms. */
export type Situation = {
  readonly eventType: EventType;
  readonly days: WorkingDays;
  readonly now: number;
  readonly earliest: number;
  readonly bookable: Interval;
  readonly occupancy: Occupancy;
  readonly limitReachedOn: (day: WorkingDay) => Option<ReachedLimit>;
};

export const situationOf = ({ host, eventType }: SlotRules, now: number, occupancy: Occupancy): Situation => {
  const days = workingDaysOf(host);
  return {
    eventType,
    days,
    now,
    earliest: now + eventType.minimumNotice * MINUTE_IN_MS,
    bookable: bookableStarts(eventType.bookingWindow, days, now),
    occupancy,
    limitReachedOn: limitReachedOn(eventType.limits, days, occupancy.startsIn),
  };
};

/** Lengths that a guest may ask for, in minutes. */
export const allowedLengths = ({ lengthInMinutes, lengthOptions }: EventType): ReadonlyArray<number> =>
  lengthOptions.includes(lengthInMinutes) ? lengthOptions : [lengthInMinutes, ...lengthOptions];

/** Distance between two starts of the grid, in minutes. */
export const gridStep = (eventType: EventType, lengthInMinutes: number): number =>
  eventType.slotInterval ?? lengthInMinutes;
