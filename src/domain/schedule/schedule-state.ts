import * as t from 'io-ts';
import type { HeldClaim } from '../availability/slot.ts';
import { instantCodec, spanCodec } from '../log/envelope.ts';
import { intervalOf, toEpochMs, type Interval } from '../time/time.ts';
import {
  claimsWithin,
  draftClaims,
  noClaims,
  type Claim,
  type ClaimsByDay,
  type ClaimsDraft,
  draftOf,
  emptyMap,
  getFrom,
  type MapDraft,
  type PersistentMap,
} from './claims-by-day.ts';

/**
 * This span of the host's time is taken by a booking, buffers included in `claim`. `icsUid`: UID of its events in calendars
 * (RFC 5545), by which they are known there also after the slot was released.
 */
const slotHeldCodec = t.type({
  bookingUid: t.string,
  icsUid: t.string,
  eventTypeId: t.number,
  start: instantCodec,
  end: instantCodec,
  claim: spanCodec,
});

/** The booking that holds the slot was accepted. */
const slotConfirmedCodec = t.type({ bookingUid: t.string });

/** The slot is free again. */
const slotReleasedCodec = t.type({
  bookingUid: t.string,
  reason: t.keyof({ cancelled: null, rejected: null, expired: null, never_requested: null }),
});

/** Data of every schedule event at its newest version, by type. Claims only, no personal data. A storage format. */
export const scheduleEventCodecs = {
  SlotHeld: slotHeldCodec,
  SlotConfirmed: slotConfirmedCodec,
  SlotReleased: slotReleasedCodec,
} as const;

type Codecs = typeof scheduleEventCodecs;
export type ScheduleEventType = keyof Codecs;
type ScheduleEventData<T extends ScheduleEventType> = t.TypeOf<Codecs[T]>;
export type ScheduleEvent = {
  readonly [T in ScheduleEventType]: {
    readonly type: T;
    readonly occurredAt: string;
    readonly data: ScheduleEventData<T>;
  };
}[ScheduleEventType];
export type ReleaseReason = ScheduleEventData<'SlotReleased'>['reason'];

/** `heldAt`: the UTC instant of its `SlotHeld`, which tells one hold of a booking from a later one. */
export type ScheduleClaim = HeldClaim & {
  readonly icsUid: string;
  readonly confirmed: boolean;
  readonly heldAt: string;
};

/** `icsUid`: UID of the booking's events in calendars. */
export type ReleasedClaim = Claim & { readonly icsUid: string };

/**
 * Who holds which span of a host's time, as the fold of the schedule stream: by booking, and the same claims by day.
 * `released`: spans given back whose time was still to come; their events may linger in a calendar and must not block
 * the slot (S37). `time`: what time it is by the log, epoch ms; null before the first event. `forgottenBefore`: claims that
 * ended before this instant may be forgotten; 0: none is.
 */
export type ScheduleState = {
  readonly byBooking: PersistentMap<string, ScheduleClaim>;
  readonly held: ClaimsByDay<HeldClaim>;
  readonly released: ClaimsByDay<ReleasedClaim>;
  readonly time: number | null;
  readonly forgottenBefore: number;
};

/** Claims that ended longer ago than this decide nothing any more: yearly limits look back a year at most. */
export const CLAIMS_KEPT_DAYS = 400;
const DAY_IN_MS = 86_400_000;
const keptMs = CLAIMS_KEPT_DAYS * DAY_IN_MS;
/** One event moves the time of the log on by no more than this: a clock that is years ahead must not make claims be forgotten. */
const LONGEST_STEP_MS = DAY_IN_MS;
/** A claim begins no earlier than this before its slot. */
const LONGEST_BUFFER_MS = DAY_IN_MS;

export const emptySchedule: ScheduleState = {
  byBooking: emptyMap(),
  held: noClaims(),
  released: noClaims(),
  time: null,
  forgottenBefore: 0,
};

/**
 * The time by which slots are decided, epoch ms: `now`, but no time whose claims are forgotten, which a clock that is years
 * behind would hold again.
 */
export const decidingTime = ({ forgottenBefore }: ScheduleState, now: number): number =>
  Math.max(now, forgottenBefore + LONGEST_BUFFER_MS);

/** What the booking holds; undefined: nothing, or something that was over more than a year ago. */
export const claimOf = ({ byBooking }: ScheduleState, bookingUid: string): ScheduleClaim | undefined =>
  getFrom(byBooking, bookingUid);

/** Claims of live bookings that reach into `window`, by start. */
export const heldWithin = ({ held }: ScheduleState, window: Interval): ReadonlyArray<HeldClaim> =>
  claimsWithin(held, window);

/** Spans in `window` that were given back before their time came. */
export const releasedWithin = ({ released }: ScheduleState, window: Interval): ReadonlyArray<ReleasedClaim> =>
  claimsWithin(released, window);

type Of<T extends ScheduleEvent['type']> = Extract<ScheduleEvent, { readonly type: T }>;

type Draft = {
  readonly byBooking: MapDraft<string, ScheduleClaim>;
  readonly held: ClaimsDraft<HeldClaim>;
  readonly released: ClaimsDraft<ReleasedClaim>;
  time: number | null;
  forgottenBefore: number;
};

/** A clock that is behind holds it back at once, one that is ahead moves it step by step: until the next one that is right. */
const timeAfter = (time: number | null, occurredAt: number): number =>
  time === null ? occurredAt : Math.min(occurredAt, time + LONGEST_STEP_MS);

const forgetOver = (draft: Draft, time: number): void => {
  const over = draft.held.forgetBefore(time - keptMs);
  for (const { bookingUid } of over) draft.byBooking.delete(bookingUid);
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

const release = ({ byBooking, held, released }: Draft, { data }: Of<'SlotReleased'>, now: number): void => {
  released.forgetBefore(now);
  const given = byBooking.get(data.bookingUid);
  if (given === undefined) return;
  byBooking.delete(data.bookingUid);
  held.remove(given);
  if (given.claim.end > now) released.add({ bookingUid: given.bookingUid, icsUid: given.icsUid, claim: given.claim });
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
  }
};

/** A fold in the making; `state` ends it. */
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
