import type { HeldClaim } from '../availability/slot.ts';
import { intervalOf, toEpochMs } from '../time/interval.ts';
import type { ScheduleEvent } from './events.ts';

/** Who holds which span of a host's time, as the fold of the schedule stream. Sorted by the order of holding. */
export type ScheduleState = { readonly claims: ReadonlyArray<ScheduleClaim> };
export type ScheduleClaim = HeldClaim & { readonly confirmed: boolean };

/** Claims that ended longer ago than this decide nothing any more: yearly limits look back a year at most. */
export const CLAIMS_KEPT_DAYS = 400;
const keptMs = Temporal.Duration.from({ days: CLAIMS_KEPT_DAYS }).total('milliseconds');

export const emptySchedule: ScheduleState = { claims: [] };

const without = (claims: ReadonlyArray<ScheduleClaim>, bookingUid: string): ReadonlyArray<ScheduleClaim> =>
  claims.filter((claim) => claim.bookingUid !== bookingUid);

const hold = (
  schedule: ScheduleState,
  { occurredAt, data }: Extract<ScheduleEvent, { type: 'SlotHeld' }>,
): ScheduleState => {
  const kept = toEpochMs(occurredAt) - keptMs;
  const claims = schedule.claims.filter((claim) => claim.claim.end >= kept && claim.bookingUid !== data.bookingUid);
  const { bookingUid, eventTypeId } = data;
  const claim = {
    bookingUid,
    eventTypeId,
    start: toEpochMs(data.start),
    claim: intervalOf(data.claim),
    confirmed: false,
  };
  return { claims: [...claims, claim] };
};

const confirm = (schedule: ScheduleState, bookingUid: string): ScheduleState => ({
  claims: schedule.claims.map((claim) => (claim.bookingUid === bookingUid ? { ...claim, confirmed: true } : claim)),
});

/** One event more. Total: a confirmation or release of what is not held changes nothing. */
export const evolveSchedule = (schedule: ScheduleState, event: ScheduleEvent): ScheduleState => {
  switch (event.type) {
    case 'SlotHeld':
      return hold(schedule, event);
    case 'SlotConfirmed':
      return confirm(schedule, event.data.bookingUid);
    case 'SlotReleased':
      return { claims: without(schedule.claims, event.data.bookingUid) };
  }
};
