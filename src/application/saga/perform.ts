import type { Effect } from '../../domain/saga/effect.ts';
import { decorateCalendarEvent, removeFromCalendar } from './change-calendar.ts';
import type { DecisionEffect, SlotEffect } from './decide-and-release.ts';
import { decideBooking, settleSlot } from './decide-and-release.ts';
import type { EffectContext, EffectOutcome } from './effect-context.ts';
import { makeRoom } from './make-room.ts';
import type { SagaDeps } from './saga-deps.ts';
import { writeCalendar } from './write-calendar.ts';

/** Decisions append to the booking's own stream and take no time. */
export const isDecision = (effect: Effect): effect is DecisionEffect =>
  effect.type === 'Accept' || effect.type === 'LeavePending' || effect.type === 'Expire';

/** The schedule is told once per look; it knows when it was told before. */
export const isSlotEffect = (effect: Effect): effect is SlotEffect =>
  effect.type === 'ConfirmSlot' || effect.type === 'ReleaseSlot';

/** The rest are calls to the world: they take their time, and nobody waits for them. */
export const isCall = (effect: Effect): boolean => !isDecision(effect) && !isSlotEffect(effect);

/** What must not be done twice at once. One calendar does one thing at a time for one booking. */
export const keyOf = (effect: Effect): string =>
  'calendarId' in effect ? `calendar ${effect.calendarId}` : effect.type;

/** Carries one effect out and writes down what came of it. Never throws for what the world does. */
export const perform =
  (deps: SagaDeps) =>
  (context: EffectContext, effect: Effect): Promise<EffectOutcome> => {
    switch (effect.type) {
      case 'MakeRoom':
        return makeRoom(deps)(context);
      case 'WriteCalendar':
      case 'ResolveCalendarWrite':
        return writeCalendar(deps)(context, effect);
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
