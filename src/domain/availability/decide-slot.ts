import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as O from 'fp-ts/lib/Option.js';
import * as RA from 'fp-ts/lib/ReadonlyArray.js';
import { scanned } from './occupancy.ts';
import type { Situation } from './situation.ts';
import { allowedLengths, gridStep, situationOf } from './situation.ts';
import type { Slot, SlotFacts, SlotRefusal, SlotRules, WantedSlot } from './slot.ts';
import { MINUTE_IN_MS, slotAt } from './slot.ts';
import { gridOrigin, lastsUntil } from './working-window.ts';

type Check = (situation: Situation, wanted: WantedSlot, slot: Slot) => O.Option<SlotRefusal>;

const refuseIf = (refused: boolean, refusal: SlotRefusal): O.Option<SlotRefusal> =>
  refused ? O.some(refusal) : O.none;

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
  if (hours === undefined) return O.some({ code: 'outside_hours' });
  const stepInMinutes = gridStep(eventType, lengthInMinutes);
  if ((slot.start - gridOrigin(days, day, hours)) % (stepInMinutes * MINUTE_IN_MS) !== 0)
    return O.some({ code: 'off_grid', stepInMinutes });
  return refuseIf(!lastsUntil(days, day, hours, slot.end), { code: 'outside_hours' });
};

const limits: Check = ({ days, limitReachedOn }, { start }) =>
  pipe(
    limitReachedOn(days.at(start)),
    O.map((reached) => ({ code: 'booking_limit_reached', ...reached })),
  );

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
export const judge =
  (situation: Situation) =>
  (wanted: WantedSlot): E.Either<SlotRefusal, Slot> => {
    const slot = slotAt(situation.eventType, wanted.start, wanted.lengthInMinutes);
    return pipe(
      checks,
      RA.findFirstMap((check) => check(situation, wanted, slot)),
      O.match(() => E.right(slot), E.left),
    );
  };

/** Whether one slot can be booked (I11: the same decision that `offerSlots` makes for each slot that it shows). */
export const decideSlot = (rules: SlotRules, facts: SlotFacts, wanted: WantedSlot): E.Either<SlotRefusal, Slot> =>
  judge(situationOf(rules, facts.now, scanned(facts, rules.eventType.id, wanted.except)))(wanted);
