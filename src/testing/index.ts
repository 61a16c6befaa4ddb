/** What users of Holdfast test their own expectations of the saga and the deciders with. See docs/saga-tests.md. */
export type { RequestOptions } from './booking-events.ts';
export { requestData, requested, roomFailed, roomReady } from './booking-events.ts';
export {
  confirmationFailed,
  confirmed,
  decorated,
  decorationFailed,
  failed,
  leased,
  removalFailed,
  removed,
  retryRequested,
  started,
  succeeded,
} from './calendar-events.ts';
export { command } from './commands.ts';
export { given, givenSchedule } from './deciders.ts';
export {
  accepted,
  approved,
  cancelled,
  expired,
  leftPending,
  notificationParked,
  notificationSent,
  rejected,
} from './decision-events.ts';
export {
  accept,
  confirmEvent,
  confirmSlot,
  decorateEvent,
  expire,
  leavePending,
  makeRoom,
  releaseSlot,
  removeFromCalendar,
  resolveWrite,
  writeCalendar,
} from './effects.ts';
export type { Decided, Decider, Given } from './given.ts';
export { givenFor } from './given.ts';
export { slotConfirmed, slotHeld, slotReleased } from './schedule-events.ts';
export type { Phase, Sequence } from './sequence.ts';
export { sequence } from './sequence.ts';
export type { Time } from './times.ts';
export { epochMs, instant } from './times.ts';
export type { InOrder, Step, Variant } from './variants.ts';
export { inOrder, variantsOf } from './variants.ts';
