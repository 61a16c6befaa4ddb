import * as E from 'fp-ts/lib/Either.js';
import * as RA from 'fp-ts/lib/ReadonlyArray.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { EventType } from '../bookable/event-type.ts';
import type { Interval } from '../time/time.ts';
import { type ReachedLimit, limitReachedOn, bookableStarts } from './booking-limits.ts';
import { type Occupancy, scanned, indexed } from './occupancy.ts';
import {
  MINUTE_IN_MS,
  type SlotRules,
  type Slot,
  type SlotFacts,
  type SlotRefusal,
  type SlotRequest,
  slotAt,
} from './slot.ts';
import { type WorkingDay, type WorkingDays, workingDaysOf, gridOrigin, lastsUntil } from './working-hours.ts';

/** Rules and facts, made ready to decide slots. `earliest`: first start that the minimum notice allows, epoch ms. */
type Situation = {
  readonly eventType: EventType;
  readonly days: WorkingDays;
  readonly now: number;
  readonly earliest: number;
  readonly bookable: Interval;
  readonly occupancy: Occupancy;
  readonly limitReachedOn: (day: WorkingDay) => ReachedLimit | null;
};

const situationOf = ({ host, eventType }: SlotRules, now: number, occupancy: Occupancy): Situation => {
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
const allowedLengths = ({ lengthInMinutes, lengthOptions }: EventType): ReadonlyArray<number> =>
  lengthOptions.includes(lengthInMinutes) ? lengthOptions : [lengthInMinutes, ...lengthOptions];

/** Distance between two starts of the grid, in minutes. */
const gridStep = (eventType: EventType, lengthInMinutes: number): number => eventType.slotInterval ?? lengthInMinutes;

type Check = (situation: Situation, wanted: SlotRequest, slot: Slot) => SlotRefusal | null;

const refuseIf = (refused: boolean, refusal: SlotRefusal): SlotRefusal | null => (refused ? refusal : null);

const past: Check = ({ now }, { start }) => refuseIf(start < now, { code: 'start_in_past' });

const notice: Check = ({ earliest }, { start }) =>
  refuseIf(start < earliest, { code: 'inside_minimum_notice', earliest });

const bookingWindow: Check = ({ bookable }, { start }) =>
  refuseIf(!(bookable.start <= start && start < bookable.end), { code: 'beyond_booking_window', bookable });

const length: Check = ({ eventType }, { lengthInMinutes }) => {
  const allowed = allowedLengths(eventType);
  return refuseIf(!allowed.includes(lengthInMinutes), { code: 'invalid_length', allowed });
};

const gridAndHours: Check = ({ eventType, days }, { lengthInMinutes }, slot) => {
  const day = days.at(slot.start);
  const hours = day.hours.find(({ start, end }) => start <= slot.start && slot.start < end);
  if (hours === undefined) return { code: 'outside_hours' };
  const stepInMinutes = gridStep(eventType, lengthInMinutes);
  if ((slot.start - gridOrigin(days, day, hours)) % (stepInMinutes * MINUTE_IN_MS) !== 0)
    return { code: 'off_grid', stepInMinutes };
  return refuseIf(!lastsUntil(days, day, hours, slot.end), { code: 'outside_hours' });
};

const limits: Check = ({ days, limitReachedOn }, { start }) => {
  const reached = limitReachedOn(days.at(start));
  return reached === null ? null : { code: 'booking_limit_reached', ...reached };
};

const claims: Check = ({ occupancy }, _, { claim }) =>
  refuseIf(occupancy.isClaimed(claim), { code: 'slot_unavailable', cause: 'booking' });

const busyTimes: Check = ({ occupancy }, _, { claim }) =>
  refuseIf(occupancy.isBusy(claim), { code: 'slot_unavailable', cause: 'calendar' });

/**
 * What the caller can mend by asking differently comes first, then what no start nearby would change, last what depends
 * on the one slot. Grid and hours are one check: off the grid is said only of a start inside the hours.
 */
const checks: ReadonlyArray<Check> = [past, notice, bookingWindow, length, gridAndHours, limits, claims, busyTimes];

/** The decision itself, for whoever has a situation ready. The first check that refuses gives the answer. */
const judge =
  (situation: Situation) =>
  (wanted: SlotRequest): E.Either<SlotRefusal, Slot> => {
    const slot = slotAt(situation.eventType, wanted.start, wanted.lengthInMinutes);
    for (const check of checks) {
      const refusal = check(situation, wanted, slot);
      if (refusal !== null) return E.left(refusal);
    }
    return E.right(slot);
  };

/** Whether one slot can be booked (I11: the same decision that `offerSlots` makes for each slot that it shows). */
export const decideSlot = (rules: SlotRules, facts: SlotFacts, wanted: SlotRequest): E.Either<SlotRefusal, Slot> =>
  judge(situationOf(rules, facts.now, scanned(facts, rules.eventType.id, wanted.except)))(wanted);

/** Starts on the grid inside working hours, in order, from the days that `span` reaches into. `step`: milliseconds. */
function* gridStarts({ days }: Situation, span: Interval, step: number): Generator<number> {
  if (span.start >= span.end) return;
  for (let day = days.at(span.start); day.start < span.end; day = days.on(day.number + 1)) {
    for (const hours of day.hours) {
      const origin = gridOrigin(days, day, hours);
      const first = origin + Math.ceil((Math.max(hours.start, span.start) - origin) / step) * step;
      for (let start = first; start < Math.min(hours.end, span.end); start += step) yield start;
    }
  }
}

/**
 * The slots that can be booked now and start inside `window` (epoch ms, half-open), by start. Each is decided by the check
 * that the booking command makes (I11). The work grows with the days of the window: callers bound it.
 * `lengthInMinutes`: one that the event type allows, else nothing is offered. `except`: uid of the booking that is moved.
 */
export const offerSlots = (
  rules: SlotRules,
  facts: SlotFacts,
  window: Interval,
  lengthInMinutes: number,
  except?: string,
): ReadonlyArray<Slot> => {
  if (!allowedLengths(rules.eventType).includes(lengthInMinutes)) return [];
  const situation = situationOf(rules, facts.now, indexed(facts, rules.eventType.id, except));
  const span = {
    start: Math.max(window.start, situation.earliest, situation.bookable.start),
    end: Math.min(window.end, situation.bookable.end),
  };
  const step = gridStep(rules.eventType, lengthInMinutes) * MINUTE_IN_MS;
  return pipe(
    [...gridStarts(situation, span, step)],
    RA.map((start) => judge(situation)({ start, lengthInMinutes })),
    RA.rights,
  );
};
