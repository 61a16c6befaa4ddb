import { calendarEffect, ROOM_EFFECT } from '../../domain/booking/lease.ts';
import type { Effect } from '../../domain/saga/effect.ts';
import type { DecisionEffect, SlotEffect } from './decide-and-release.ts';

/** Decisions append to the booking's own stream and take no time. */
export const isDecision = (effect: Effect): effect is DecisionEffect =>
  effect.type === 'Accept' || effect.type === 'LeavePending' || effect.type === 'Expire';

/** The schedule is told once per look; it knows when it was told before. */
export const isSlotEffect = (effect: Effect): effect is SlotEffect =>
  effect.type === 'ConfirmSlot' || effect.type === 'ReleaseSlot';

/** The rest are calls to the world: they take their time, and nobody waits for them. */
export const isCall = (effect: Effect): boolean => !isDecision(effect) && !isSlotEffect(effect);

/** What must not be done twice at once, by the name that its lease has. */
export const keyOf = (effect: Effect): string => {
  if ('calendarId' in effect) return calendarEffect(effect.calendarId);
  return effect.type === 'MakeRoom' ? ROOM_EFFECT : effect.type;
};
