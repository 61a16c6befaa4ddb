import { pipe } from 'fp-ts/lib/function.js';
import * as O from 'fp-ts/lib/Option.js';
import * as RA from 'fp-ts/lib/ReadonlyArray.js';
import type { Interval } from '../time/interval.ts';
import { judge } from './decide-slot.ts';
import { indexed } from './occupancy.ts';
import type { Situation } from './situation.ts';
import { allowedLengths, gridStep, situationOf } from './situation.ts';
import type { Slot, SlotFacts, SlotRules } from './slot.ts';
import { MINUTE_IN_MS } from './slot.ts';
import { gridOrigin } from './working-window.ts';

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
    RA.filterMap((start) => O.fromEither(judge(situation)({ start, lengthInMinutes }))),
  );
};
