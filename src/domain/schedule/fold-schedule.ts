import type { HeldClaim } from '../availability/slot.ts';
import { intervalOf, toEpochMs } from '../time/time.ts';
import { type ClaimsDraft, draftClaims, draftOf, type MapDraft } from './claims-by-day.ts';
import type { NewClaim, ReleasedClaim, ScheduleClaim, ScheduleEvent, ScheduleState } from './schedule-state.ts';

/** Claims that ended longer ago than this decide nothing any more: yearly limits look back a year at most. */
export const CLAIMS_KEPT_DAYS = 400;
const DAY_IN_MS = 86_400_000;
const keptMs = CLAIMS_KEPT_DAYS * DAY_IN_MS;
/** One event moves the time of the log on by no more than this: a clock that is years ahead must not make claims be forgotten. */
const LONGEST_STEP_MS = DAY_IN_MS;
type Of<T extends ScheduleEvent['type']> = Extract<ScheduleEvent, { readonly type: T }>;

type Draft = {
  readonly byBooking: MapDraft<string, ScheduleClaim>;
  readonly moving: MapDraft<string, ReadonlyArray<NewClaim>>;
  readonly held: ClaimsDraft<HeldClaim>;
  readonly released: ClaimsDraft<ReleasedClaim>;
  time: number | null;
  forgottenBefore: number;
};

/** A clock that is behind holds it back at once, one that is ahead moves it step by step: until the next one that is right. */
const timeAfter = (time: number | null, occurredAt: number): number =>
  time === null ? occurredAt : Math.min(occurredAt, time + LONGEST_STEP_MS);

const keepMoving = ({ moving }: Draft, bookingUid: string, left: ReadonlyArray<NewClaim>): void => {
  if (left.length > 0) moving.set(bookingUid, left);
  else if (moving.get(bookingUid) !== undefined) moving.delete(bookingUid);
};

const forgetOver = (draft: Draft, time: number): void => {
  const over = draft.held.forgetBefore(time - keptMs);
  for (const forgotten of over) {
    const { bookingUid, claim } = forgotten;
    if (draft.byBooking.get(bookingUid)?.claim.end === claim.end) draft.byBooking.delete(bookingUid);
    keepMoving(
      draft,
      bookingUid,
      (draft.moving.get(bookingUid) ?? []).filter((one) => one.claim.end !== claim.end),
    );
  }
  if (over.length > 0) draft.forgottenBefore = time - keptMs;
};

const hold = ({ byBooking, held }: Draft, { occurredAt, data }: Of<'SlotHeld'>): void => {
  const { bookingUid, eventTypeId } = data;
  const before = byBooking.get(bookingUid);
  if (before !== undefined) held.remove(before);
  const claim = { bookingUid, eventTypeId, start: toEpochMs(data.start), claim: intervalOf(data.claim) };
  held.add(claim);
  byBooking.set(bookingUid, { ...claim, icsUid: data.icsUid, confirmed: false, heldAt: occurredAt });
};

const confirm = ({ byBooking }: Draft, bookingUid: string): void => {
  const claim = byBooking.get(bookingUid);
  if (claim !== undefined) byBooking.set(bookingUid, { ...claim, confirmed: true });
};

/** Spans given back before their time came may show in a calendar for a while. */
const giveBack = ({ held, released }: Draft, { bookingUid, icsUid, claim }: ReleasedClaim, now: number): void => {
  held.remove({ bookingUid, claim });
  if (claim.end > now) released.add({ bookingUid, icsUid, claim });
};

const release = (draft: Draft, { data: { bookingUid } }: Of<'SlotReleased'>, now: number): void => {
  draft.released.forgetBefore(now);
  for (const claim of draft.moving.get(bookingUid) ?? []) giveBack(draft, claim, now);
  keepMoving(draft, bookingUid, []);
  const given = draft.byBooking.get(bookingUid);
  if (given === undefined) return;
  draft.byBooking.delete(bookingUid);
  giveBack(draft, given, now);
};

const holdNew = (draft: Draft, { occurredAt, data }: Of<'NewSlotHeld'>): void => {
  const { bookingUid, rescheduleId, icsUid, eventTypeId } = data;
  const before = draft.moving.get(bookingUid) ?? [];
  if (before.some((one) => one.rescheduleId === rescheduleId)) return;
  const claim = { bookingUid, eventTypeId, start: toEpochMs(data.start), claim: intervalOf(data.claim) };
  draft.held.add(claim);
  keepMoving(draft, bookingUid, [...before, { ...claim, icsUid, rescheduleId, heldAt: occurredAt }]);
};

/** Takes the claim of a move out of those that the booking holds for moves; what it was, or undefined. */
const takeNew = (draft: Draft, { bookingUid, rescheduleId }: Of<'SlotMoved'>['data']): NewClaim | undefined => {
  const before = draft.moving.get(bookingUid) ?? [];
  const taken = before.find((one) => one.rescheduleId === rescheduleId);
  if (taken !== undefined)
    keepMoving(
      draft,
      bookingUid,
      before.filter((one) => one !== taken),
    );
  return taken;
};

const moveSlot = (draft: Draft, { data }: Of<'SlotMoved'>, now: number): void => {
  draft.released.forgetBefore(now);
  const taken = takeNew(draft, data);
  if (taken === undefined) return;
  const { rescheduleId: _, ...claim } = taken;
  const given = draft.byBooking.get(data.bookingUid);
  if (given !== undefined) giveBack(draft, given, now);
  draft.byBooking.set(data.bookingUid, { ...claim, confirmed: given?.confirmed ?? false });
};

const releaseNew = (draft: Draft, { data }: Of<'NewSlotReleased'>, now: number): void => {
  draft.released.forgetBefore(now);
  const taken = takeNew(draft, data);
  if (taken !== undefined) giveBack(draft, taken, now);
};

const apply = (draft: Draft, event: ScheduleEvent): void => {
  const time = timeAfter(draft.time, toEpochMs(event.occurredAt));
  draft.time = time;
  switch (event.type) {
    case 'SlotHeld':
      forgetOver(draft, time);
      return hold(draft, event);
    case 'SlotConfirmed':
      return confirm(draft, event.data.bookingUid);
    case 'SlotReleased':
      return release(draft, event, time);
    case 'NewSlotHeld':
      forgetOver(draft, time);
      return holdNew(draft, event);
    case 'SlotMoved':
      return moveSlot(draft, event, time);
    case 'NewSlotReleased':
      return releaseNew(draft, event, time);
  }
};

/** A fold in the making. `state`: what it has come to; a later `add` changes that state too, where it is. */
type ScheduleFold = {
  readonly add: (events: ReadonlyArray<ScheduleEvent>) => void;
  readonly state: () => ScheduleState;
};

/**
 * Begins a fold of the events that follow, in order. Total: a confirmation or release of what is not held changes nothing.
 * The state that is folded from stays as it is; what is copied of it is copied once in the whole fold.
 */
export const beginFold = (schedule: ScheduleState): ScheduleFold => {
  const draft: Draft = {
    byBooking: draftOf(schedule.byBooking),
    moving: draftOf(schedule.moving),
    held: draftClaims(schedule.held),
    released: draftClaims(schedule.released),
    time: schedule.time,
    forgottenBefore: schedule.forgottenBefore,
  };
  return {
    add: (events) => {
      for (const event of events) apply(draft, event);
    },
    state: () => ({
      byBooking: draft.byBooking.done(),
      moving: draft.moving.done(),
      held: draft.held.done(),
      released: draft.released.done(),
      time: draft.time,
      forgottenBefore: draft.forgottenBefore,
    }),
  };
};

/** Events that follow. */
export const foldSchedule = (schedule: ScheduleState, events: ReadonlyArray<ScheduleEvent>): ScheduleState => {
  const fold = beginFold(schedule);
  fold.add(events);
  return fold.state();
};

/** One event more; what is copied for it is a thousandth of the claims. */
export const evolveSchedule = (schedule: ScheduleState, event: ScheduleEvent): ScheduleState =>
  foldSchedule(schedule, [event]);
