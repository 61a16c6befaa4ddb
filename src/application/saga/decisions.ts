import * as E from 'fp-ts/lib/Either.js';
import { claimOf } from '../../domain/schedule/schedule-state.ts';
import type { Effect } from '../../domain/saga/effect.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { scheduleStream } from '../commands/aggregate.ts';
import type { DecisionEffect, SlotEffect } from '../../domain/saga/follow-up.ts';
import { isOutage } from '../consumers/verdict-on-failure.ts';
import { type EffectContext, type EffectOutcome, type SagaDeps, runCommand, outcomeOf } from './effect-context.ts';

const dueOf = ({ at }: Effect): { readonly dueMs?: number } => (at === null ? {} : { dueMs: toEpochMs(at) });

/** Writes what the saga decided about the booking itself. */
export const decideBooking =
  (deps: SagaDeps) =>
  async (context: EffectContext, effect: DecisionEffect): Promise<EffectOutcome> => {
    const now = deps.clock.now();
    const events =
      effect.type === 'Accept'
        ? await runCommand(deps)(context, { type: 'AcceptBooking', now })
        : effect.type === 'LeavePending'
          ? await runCommand(deps)(context, { type: 'LeavePending', reason: effect.reason, now })
          : await runCommand(deps)(context, { type: 'ExpireBooking', reason: effect.reason, now, ...dueOf(effect) });
    return outcomeOf(events);
  };

/** Once confirmed a slot stays so until it is released, so what this process remembers of that needs no look at the log. */
const isConfirmed = ({ buses }: SagaDeps, hostId: string, uid: string): boolean => {
  const known = buses.scheduleCache.get(scheduleStream(hostId));
  return known !== undefined && claimOf(known.state, uid)?.confirmed === true;
};

/** Tells the host's schedule what became of the slot; already so is fine. */
export const settleSlot =
  (deps: SagaDeps) =>
  async ({ uid, booking, context }: EffectContext, effect: SlotEffect): Promise<EffectOutcome> => {
    const { hostId } = booking.request;
    if (effect.type === 'ConfirmSlot' && isConfirmed(deps, hostId, uid)) return 'done';
    const now = deps.clock.now();
    const wanted =
      effect.type === 'ConfirmSlot'
        ? ({ type: 'ConfirmSlot', now, bookingUid: uid } as const)
        : ({ type: 'ReleaseSlot', now, bookingUid: uid, reason: effect.reason } as const);
    const own = { ...context, commandId: deps.identity.newCommandId() };
    const settled = await deps.buses.schedules.execute(hostId, wanted, own)();
    if (E.isRight(settled)) return 'done';
    deps.report({ where: `saga ${effect.type} of ${uid}`, reason: JSON.stringify(settled.left) });
    return isOutage(settled.left) ? 'unavailable' : 'failed';
  };
