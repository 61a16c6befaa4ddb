import type { HeldClaim } from '../availability/slot.ts';
import type { Interval } from '../time/interval.ts';
import { intervalOf, toEpochMs } from '../time/interval.ts';
import type { ScheduleEvent } from './events.ts';

/**
 * Who holds which span of a host's time, as the fold of the schedule stream, in the order of holding. `released`: spans
 * given back whose time is still to come; their events may linger in a calendar and must not block the slot (S37).
 */
export type ScheduleState = {
  readonly claims: ReadonlyArray<ScheduleClaim>;
  readonly released: ReadonlyArray<ReleasedClaim>;
};
export type ReleasedClaim = { readonly bookingUid: string; readonly claim: Interval };
/** `heldAt`: the UTC instant of its `SlotHeld`, which tells one hold of a booking from a later one. */
export type ScheduleClaim = HeldClaim & { readonly confirmed: boolean; readonly heldAt: string };

/** Claims that ended longer ago than this decide nothing any more: yearly limits look back a year at most. */
export const CLAIMS_KEPT_DAYS = 400;
const keptMs = Temporal.Duration.from({ days: CLAIMS_KEPT_DAYS }).total('milliseconds');

export const emptySchedule: ScheduleState = { claims: [], released: [] };

type Of<T extends ScheduleEvent['type']> = Extract<ScheduleEvent, { readonly type: T }>;

const hold = (schedule: ScheduleState, { occurredAt, data }: Of<'SlotHeld'>): ScheduleState => {
  const kept = toEpochMs(occurredAt) - keptMs;
  const { bookingUid, eventTypeId } = data;
  const claims = schedule.claims.filter((claim) => claim.claim.end >= kept && claim.bookingUid !== bookingUid);
  claims.push({
    bookingUid,
    eventTypeId,
    start: toEpochMs(data.start),
    claim: intervalOf(data.claim),
    confirmed: false,
    heldAt: occurredAt,
  });
  return { ...schedule, claims };
};

const confirm = (schedule: ScheduleState, bookingUid: string): ScheduleState => ({
  ...schedule,
  claims: schedule.claims.map((claim) => (claim.bookingUid === bookingUid ? { ...claim, confirmed: true } : claim)),
});

const release = (schedule: ScheduleState, { occurredAt, data }: Of<'SlotReleased'>): ScheduleState => {
  const now = toEpochMs(occurredAt);
  const claims = schedule.claims.filter((claim) => claim.bookingUid !== data.bookingUid);
  const given = schedule.claims.filter((claim) => claim.bookingUid === data.bookingUid);
  const released = [...schedule.released, ...given].filter(({ claim }) => claim.end > now);
  return { claims, released: released.map(({ bookingUid, claim }) => ({ bookingUid, claim })) };
};

/** One event more. Total: a confirmation or release of what is not held changes nothing. */
export const evolveSchedule = (schedule: ScheduleState, event: ScheduleEvent): ScheduleState => {
  switch (event.type) {
    case 'SlotHeld':
      return hold(schedule, event);
    case 'SlotConfirmed':
      return confirm(schedule, event.data.bookingUid);
    case 'SlotReleased':
      return release(schedule, event);
  }
};
