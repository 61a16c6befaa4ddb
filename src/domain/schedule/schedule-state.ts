import * as t from 'io-ts';
import type { HeldClaim } from '../availability/slot.ts';
import { instantCodec, spanCodec } from '../log/envelope.ts';
import { decisionFactsCodec } from '../rules/decision-facts.ts';
import type { Interval } from '../time/time.ts';
import {
  claimsWithin,
  noClaims,
  type Claim,
  type ClaimsByDay,
  emptyMap,
  getFrom,
  type PersistentMap,
} from './claims-by-day.ts';

/**
 * This span of the host's time is taken by a booking, buffers included in `claim`. `icsUid`: UID of its events in calendars
 * (RFC 5545), by which they are known there also after the slot was released.
 */
const slotHeldCodec = t.intersection([
  t.type({
    bookingUid: t.string,
    icsUid: t.string,
    eventTypeId: t.number,
    start: instantCodec,
    end: instantCodec,
    claim: spanCodec,
  }),
  /** Missing: nothing was looked at now but what others hold, or a log that did not know it. */
  t.partial({ decidedBy: decisionFactsCodec }),
]);

/** The booking that holds the slot was accepted. */
const slotConfirmedCodec = t.type({ bookingUid: t.string });

/**
 * Another span of the host's time is taken by a booking that is to be moved there, beside the one that it holds: until it
 * has moved it holds both. `rescheduleId`: of the move.
 */
const newSlotHeldCodec = t.intersection([slotHeldCodec, t.type({ rescheduleId: t.string })]);

/** The booking was moved: the new span is the one that it holds, and the old one is free. */
const slotMovedCodec = t.type({ bookingUid: t.string, rescheduleId: t.string });

/** The booking was not moved: the new span is free again. */
const newSlotReleasedCodec = t.type({ bookingUid: t.string, rescheduleId: t.string });

/** The slot is free again, and what was held for a move of the booking too. */
const slotReleasedCodec = t.type({
  bookingUid: t.string,
  reason: t.keyof({ cancelled: null, rejected: null, expired: null, never_requested: null }),
});

/** Data of every schedule event at its newest version, by type. Claims only, no personal data. A storage format. */
export const scheduleEventCodecs = {
  SlotHeld: slotHeldCodec,
  SlotConfirmed: slotConfirmedCodec,
  SlotReleased: slotReleasedCodec,
  NewSlotHeld: newSlotHeldCodec,
  SlotMoved: slotMovedCodec,
  NewSlotReleased: newSlotReleasedCodec,
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

/** What a booking holds for a move, beside its own claim. */
export type NewClaim = Omit<ScheduleClaim, 'confirmed'> & { readonly rescheduleId: string };

/** `icsUid`: UID of the booking's events in calendars. */
export type ReleasedClaim = Claim & { readonly icsUid: string };

/**
 * Who holds which span of a host's time, as the fold of the schedule stream: by booking, and the same claims by day.
 * `moving`: what bookings hold for moves, by booking. `released`: spans given back whose time was still to come; their events may linger in a calendar and must not block
 * the slot (S37). `time`: what time it is by the log, epoch ms; null before the first event. `forgottenBefore`: claims that
 * ended before this instant may be forgotten; 0: none is.
 */
export type ScheduleState = {
  readonly byBooking: PersistentMap<string, ScheduleClaim>;
  readonly moving: PersistentMap<string, ReadonlyArray<NewClaim>>;
  readonly held: ClaimsByDay<HeldClaim>;
  readonly released: ClaimsByDay<ReleasedClaim>;
  readonly time: number | null;
  readonly forgottenBefore: number;
};

/** A claim begins no earlier than this before its slot. */
const LONGEST_BUFFER_MS = 86_400_000;

export const emptySchedule: ScheduleState = {
  byBooking: emptyMap(),
  moving: emptyMap(),
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

/** What the booking holds for moves. */
export const claimsForMoves = (
  { moving }: Pick<ScheduleState, 'moving'>,
  bookingUid: string,
): ReadonlyArray<NewClaim> => getFrom(moving, bookingUid) ?? [];

/** Claims of live bookings that reach into `window`, by start. */
export const heldWithin = ({ held }: ScheduleState, window: Interval): ReadonlyArray<HeldClaim> =>
  claimsWithin(held, window);

/** Spans in `window` that were given back before their time came. */
export const releasedWithin = ({ released }: ScheduleState, window: Interval): ReadonlyArray<ReleasedClaim> =>
  claimsWithin(released, window);
