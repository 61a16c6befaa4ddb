import * as E from 'fp-ts/lib/Either.js';
import type { BookingState, KnownBooking } from '../booking/booking-state.ts';
import type { LeaseRequest } from '../booking/commands.ts';
import { decideCompletion, decideRescheduleFailure } from '../booking/decide-reschedule.ts';
import { decideAcceptance, decideLeavingPending } from '../booking/decide-status.ts';
import type { BookingEvent } from '../booking/events.ts';
import { evolve } from '../booking/evolve.ts';
import { leaseAll } from '../booking/lease.ts';
import { toEpochMs } from '../time/time.ts';
import type { Effect } from './effect.ts';
import { react } from './react.ts';

/** Decisions append to the booking's own stream and take no time. */
export type DecisionEffect = Extract<
  Effect,
  {
    readonly type:
      | 'Accept'
      | 'LeavePending'
      | 'RemindOfApproval'
      | 'Expire'
      | 'CompleteReschedule'
      | 'FailReschedule'
      | 'CancelForDifference';
  }
>;
export type SlotEffect = Extract<Effect, { readonly type: 'ConfirmSlot' | 'SettleReschedules' | 'ReleaseSlot' }>;
export type CallEffect = Exclude<Effect, DecisionEffect | SlotEffect>;

const decisions: ReadonlySet<Effect['type']> = new Set<DecisionEffect['type']>([
  'Accept',
  'LeavePending',
  'RemindOfApproval',
  'Expire',
  'CompleteReschedule',
  'FailReschedule',
  'CancelForDifference',
]);
export const isDecision = (effect: Effect): effect is DecisionEffect => decisions.has(effect.type);

/** The schedule is told once per run; it knows when it was told before. */
export const isSlotEffect = (effect: Effect): effect is SlotEffect =>
  effect.type === 'ConfirmSlot' || effect.type === 'SettleReschedules' || effect.type === 'ReleaseSlot';

/** The rest are calls to the world: they take their time, and nobody waits for them. */
export const isCall = (effect: Effect): effect is CallEffect => !isDecision(effect) && !isSlotEffect(effect);

const isDue = ({ at }: Effect, now: number): boolean => at === null || toEpochMs(at) <= now;

const decisionOf = (booking: KnownBooking, effect: Effect, now: number) => {
  if (effect.type === 'Accept') return decideAcceptance(booking, { type: 'AcceptBooking', now });
  if (effect.type === 'LeavePending')
    return decideLeavingPending(booking, { type: 'LeavePending', reason: effect.reason, now });
  if (effect.type === 'CompleteReschedule') return decideCompletion(booking, { type: 'CompleteReschedule', now });
  return effect.type === 'FailReschedule'
    ? decideRescheduleFailure(booking, { type: 'FailReschedule', reason: effect.reason, now })
    : null;
};

const decided = (booking: KnownBooking, effect: Effect, now: number): ReadonlyArray<BookingEvent> => {
  const decision = decisionOf(booking, effect, now);
  return decision !== null && E.isRight(decision) ? decision.right : [];
};

/** A booking is accepted, left pending or moved once, so one decision is all that follows at once. */
const decisionsAtOnce = (booking: BookingState, now: number): ReadonlyArray<BookingEvent> =>
  booking.phase === 'none'
    ? []
    : react(booking)
        .filter((effect) => isDue(effect, now))
        .flatMap((effect) => decided(booking, effect, now))
        .slice(0, 1);

/**
 * What follows at once from what was just decided about a booking, to be written in the same append: that it is accepted or
 * left pending, as the saga would decide a moment later (I1 holds within an append too: its events are in order), and the
 * lease for the calls and messages that come next. `now`: epoch milliseconds. `lease`: where this node goes first.
 */
export const followUp =
  (now: number, lease: LeaseRequest | undefined) =>
  (booking: BookingState): ReadonlyArray<BookingEvent> => {
    const decisions = decisionsAtOnce(booking, now);
    const after = decisions.reduce(evolve, booking);
    if (after.phase === 'none' || lease === undefined) return decisions;
    const hasNext = decisions.length > 0 || react(after).some((effect) => isCall(effect) && isDue(effect, now));
    return hasNext ? [...decisions, ...leaseAll(after, lease, now)] : decisions;
  };
