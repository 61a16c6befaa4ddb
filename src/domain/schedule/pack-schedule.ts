import type { HeldClaim } from '../availability/slot.ts';
import { draftClaims, draftOf, valuesOf } from './claims-by-day.ts';
import {
  type NewClaim,
  type ReleasedClaim,
  type ScheduleClaim,
  type ScheduleState,
  emptySchedule,
} from './schedule-state.ts';

/**
 * Raised whenever the fold of a schedule makes another state of the same events, or a packed one looks otherwise: what an
 * earlier program kept is not used then.
 */
export const SCHEDULE_FOLD = 3;

/** Claims in one part: a millisecond or two of work. */
const CLAIMS_IN_PART = 1_000;

type Packed =
  | readonly ['held', string, string, number, number, number, number, boolean, string]
  | readonly ['moving', string, string, string, number, number, number, number, string]
  | readonly ['released', string, string, number, number]
  | readonly ['times', number | null, number];

const packHeld = ({ bookingUid, icsUid, eventTypeId, start, claim, confirmed, heldAt }: ScheduleClaim): Packed => [
  'held',
  bookingUid,
  icsUid,
  eventTypeId,
  start,
  claim.start,
  claim.end,
  confirmed,
  heldAt,
];
const packMoving = ({ bookingUid, rescheduleId, icsUid, eventTypeId, start, claim, heldAt }: NewClaim): Packed => [
  'moving',
  bookingUid,
  rescheduleId,
  icsUid,
  eventTypeId,
  start,
  claim.start,
  claim.end,
  heldAt,
];
const packReleased = ({ bookingUid, icsUid, claim }: ReleasedClaim): Packed => [
  'released',
  bookingUid,
  icsUid,
  claim.start,
  claim.end,
];

function* rowsOf({ byBooking, moving, released, time, forgottenBefore }: ScheduleState): Iterable<Packed> {
  yield ['times', time, forgottenBefore];
  for (const claim of valuesOf(byBooking)) yield packHeld(claim);
  for (const claims of valuesOf(moving)) for (const claim of claims) yield packMoving(claim);
  for (const claims of valuesOf(released.days)) for (const claim of claims) yield packReleased(claim);
}

/** The state as JSON texts of a bounded size. */
export function* packSchedule(schedule: ScheduleState): Iterable<string> {
  let rows: Array<Packed> = [];
  for (const row of rowsOf(schedule)) {
    rows.push(row);
    if (rows.length < CLAIMS_IN_PART) continue;
    yield JSON.stringify(rows);
    rows = [];
  }
  yield JSON.stringify(rows);
}

/** Takes the parts in any order; `state` ends it. Throws SyntaxError on a part that is no JSON. */
export const beginUnpacking = () => {
  const byBooking = draftOf(emptySchedule.byBooking);
  const moving = draftOf(emptySchedule.moving);
  const held = draftClaims(emptySchedule.held);
  const released = draftClaims(emptySchedule.released);
  let { time, forgottenBefore } = emptySchedule;
  const add = (part: string): void => {
    // What was packed is what `packSchedule` of the same version wrote.
    for (const row of JSON.parse(part) as ReadonlyArray<Packed>) {
      if (row[0] === 'released') {
        released.add({ bookingUid: row[1], icsUid: row[2], claim: { start: row[3], end: row[4] } });
        continue;
      }
      if (row[0] === 'moving') {
        const [, bookingUid, rescheduleId, icsUid, eventTypeId, start, from, to, heldAt] = row;
        const claim: HeldClaim = { bookingUid, eventTypeId, start, claim: { start: from, end: to } };
        held.add(claim);
        moving.set(bookingUid, [...(moving.get(bookingUid) ?? []), { ...claim, icsUid, rescheduleId, heldAt }]);
        continue;
      }
      if (row[0] === 'times') {
        [, time, forgottenBefore] = row;
        continue;
      }
      const [, bookingUid, icsUid, eventTypeId, start, from, to, confirmed, heldAt] = row;
      const claim: HeldClaim = { bookingUid, eventTypeId, start, claim: { start: from, end: to } };
      held.add(claim);
      byBooking.set(bookingUid, { ...claim, icsUid, confirmed, heldAt });
    }
  };
  const state = (): ScheduleState => ({
    byBooking: byBooking.done(),
    moving: moving.done(),
    held: held.done(),
    released: released.done(),
    time,
    forgottenBefore,
  });
  return { add, state };
};
