import type { Effect } from '../../domain/saga/effect.ts';
import { confirmCalendarEvent, decorateCalendarEvent, removeFromCalendar } from './change-calendar.ts';
import { decideBooking, settleSlot } from './decide-and-release.ts';
import type { EffectContext, EffectOutcome } from './effect-context.ts';
import { isCall } from './effect-kinds.ts';
import { makeRoom } from './make-room.ts';
import type { SagaDeps } from './saga-deps.ts';
import { underLease } from './under-lease.ts';
import { writeCalendar } from './write-calendar.ts';

const carryOut =
  (deps: SagaDeps) =>
  (context: EffectContext, effect: Effect): Promise<EffectOutcome> => {
    switch (effect.type) {
      case 'MakeRoom':
        return makeRoom(deps)(context);
      case 'WriteCalendar':
      case 'ResolveCalendarWrite':
        return writeCalendar(deps)(context, effect);
      case 'ConfirmCalendarEvent':
        return confirmCalendarEvent(deps)(context, effect);
      case 'DecorateCalendarEvent':
        return decorateCalendarEvent(deps)(context, effect);
      case 'RemoveFromCalendar':
        return removeFromCalendar(deps)(context, effect);
      case 'Accept':
      case 'LeavePending':
      case 'Expire':
        return decideBooking(deps)(context, effect);
      case 'ConfirmSlot':
      case 'ReleaseSlot':
        return settleSlot(deps)(context, effect);
    }
  };

/** Carries one effect out and writes down what came of it. Never throws for what the world does. */
export const perform =
  (deps: SagaDeps) =>
  (context: EffectContext, effect: Effect): Promise<EffectOutcome> =>
    isCall(effect)
      ? underLease(deps)(context, effect, (present) => carryOut(deps)(present, effect))
      : carryOut(deps)(context, effect);
