/** What users of Holdfast test their own expectations of the saga and the deciders with. See docs/saga-tests.md. */
export type { RequestOptions } from './booking-events.ts';
export {
  accepted,
  approvalReminderDue,
  approved,
  cancelled,
  expired,
  leftPending,
  rejected,
  requestData,
  requested,
  roomFailed,
  roomReady,
} from './booking-events.ts';
export { notificationParked, notificationSent, slotConfirmed, slotHeld, slotReleased } from './told-and-held.ts';
export {
  confirmationFailed,
  confirmed,
  decorated,
  decorationFailed,
  failed,
  leased,
  removalAcknowledged,
  leasedWhole,
  removalFailed,
  removed,
  retryRequested,
  started,
  succeeded,
} from './calendar-events.ts';
export {
  absenceMarked,
  mailboxVerified,
  meetingEnded,
  meetingStarted,
  noShowCheckFellDue,
  reminderFellDue,
} from './meeting-events.ts';
export { command } from './commands.ts';
export { detailsCommand, guestRemoved, guestsAdded, locationChanged } from './detail-words.ts';
export {
  accept,
  confirmEvent,
  confirmSlot,
  decorateEvent,
  expire,
  leavePending,
  makeRoom,
  releaseSlot,
  remindOfApproval,
  removeFromCalendar,
  resolveWrite,
  writeCalendar,
} from './effects.ts';
export type { Decided, Decider, Given } from './given.ts';
export { given, givenFor, givenSchedule } from './given.ts';
export {
  moved,
  moveFailed,
  moveStarted,
  rescheduleApproved,
  rescheduled,
  rescheduleDeclined,
  rescheduleFailed,
  rescheduleRequested,
  rescheduleWithdrawn,
  slotForMoveHeld,
  slotForMoveReleased,
  slotMoved,
} from './reschedule-events.ts';
export {
  completeReschedule,
  failReschedule,
  moveEvent,
  rescheduleCommand,
  resolveMove,
  settleReschedule,
} from './reschedule-commands.ts';
export {
  cancelForDifference,
  eventChanged,
  eventMissing,
  eventMoved,
  eventVerified,
  followEvent,
  notFollowed,
  restoreRequested,
  watchCommand,
} from './differences.ts';
export type { Phase, Sequence } from './sequence.ts';
export { sequence } from './sequence.ts';
export type { Time } from './given.ts';
export { epochMs, instant } from './given.ts';
export type { InOrder, Step, Variant } from './sequence.ts';
export { inOrder, variantsOf } from './sequence.ts';
