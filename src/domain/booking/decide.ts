import * as E from 'fp-ts/lib/Either.js';
import { toInstant } from '../time/time.ts';
import { type KnownBooking, type BookingState, outcomesOf } from './booking-state.ts';
import type { BookingCommandOf, BookingCommand, BookingRejection } from './commands.ts';
import type { BookingEvent } from './events.ts';
import { decideApproval, decideApprovalReminder } from './approval.ts';
import {
  decideCancellation,
  decideRejection,
  decideAcceptance,
  decideExpiry,
  decideLeavingPending,
  decideVerification,
} from './decide-status.ts';
import { retryCalendars, startSync, syncFailure, syncSuccess } from './decide-calendar.ts';
import {
  confirmation,
  confirmationFailure,
  decoration,
  decorationFailure,
  removal,
  removalFailure,
  removalAcknowledgement,
} from './decide-calendar-change.ts';
import { decideAbsence } from './absence.ts';
import { decideDetails } from './details.ts';
import { decideErasure } from './erasure.ts';
import { moveFailure, moveSuccess, startMove } from './decide-calendar-move.ts';
import {
  decideAbandonedReschedule,
  decideCompletion,
  decideReschedule,
  decideRescheduleFailure,
} from './decide-reschedule.ts';
import { decideDifferenceCancellation, recordNotFollowed, recordLook, requestRestore } from './decide-watch.ts';
import { leaseEffect } from './lease.ts';
import { fireTimers } from './timers.ts';

/** What was parked can still be sent; what was sent is not recorded twice. */
const sentNotification = (
  booking: KnownBooking,
  { sent, now }: BookingCommandOf<'RecordNotification'>,
): ReadonlyArray<BookingEvent> =>
  outcomesOf(booking.notificationOutcomes, sent).includes('sent')
    ? []
    : [{ type: 'NotificationSent', occurredAt: toInstant(now), data: sent }];

const parkedNotification = (
  booking: KnownBooking,
  { parked, now }: BookingCommandOf<'ParkNotification'>,
): ReadonlyArray<BookingEvent> =>
  outcomesOf(booking.notificationOutcomes, parked).length === 0
    ? [{ type: 'NotificationParked', occurredAt: toInstant(now), data: parked }]
    : [];

export type BookingDecision = E.Either<BookingRejection, ReadonlyArray<BookingEvent>>;

/** The first room that there is stays the room. Who wants none gets none. */
const room = (booking: KnownBooking, command: BookingCommandOf<'RecordRoom'>): ReadonlyArray<BookingEvent> =>
  booking.room.status === 'ready' || booking.room.status === 'none'
    ? []
    : [{ type: 'RoomReady', occurredAt: toInstant(command.now), data: command.room }];

const roomFailure = (
  booking: KnownBooking,
  { provider, message, now }: BookingCommandOf<'RecordRoomFailure'>,
): ReadonlyArray<BookingEvent> =>
  booking.room.status === 'wanted'
    ? [{ type: 'RoomFailed', occurredAt: toInstant(now), data: { provider, message } }]
    : [];

const onKnown = (
  booking: KnownBooking,
  command: Exclude<BookingCommand, { type: 'RequestBooking' | 'AbandonRequest' }>,
): BookingDecision => {
  switch (command.type) {
    case 'RecordRoom':
      return E.right(room(booking, command));
    case 'RecordRoomFailure':
      return E.right(roomFailure(booking, command));
    case 'StartCalendarSync':
      return startSync(booking, command);
    case 'LeaseEffect':
      return leaseEffect(booking, command);
    case 'RecordCalendarSuccess':
      return E.right(syncSuccess(booking, command));
    case 'RecordCalendarFailure':
      return E.right(syncFailure(booking, command));
    case 'RecordConfirmation':
      return E.right(confirmation(booking, command));
    case 'RecordConfirmationFailure':
      return E.right(confirmationFailure(booking, command));
    case 'RecordDecoration':
      return E.right(decoration(booking, command));
    case 'RecordDecorationFailure':
      return E.right(decorationFailure(booking, command));
    case 'RecordRemoval':
      return E.right(removal(booking, command));
    case 'RecordRemovalFailure':
      return E.right(removalFailure(booking, command));
    case 'StartCalendarMove':
      return startMove(booking, command);
    case 'RecordCalendarMove':
      return E.right(moveSuccess(booking, command));
    case 'RecordCalendarMoveFailure':
      return E.right(moveFailure(booking, command));
    case 'RequestReschedule':
      return decideReschedule(booking, command);
    case 'AddGuests':
    case 'RemoveGuest':
    case 'ChangeLocation':
      return decideDetails(booking, command);
    case 'ErasePersonalData':
      return decideErasure(booking, command);
    case 'CompleteReschedule':
      return decideCompletion(booking, command);
    case 'FailReschedule':
      return decideRescheduleFailure(booking, command);
    case 'AbandonReschedule':
      return E.right(decideAbandonedReschedule(booking, command));
    case 'AcceptBooking':
      return decideAcceptance(booking, command);
    case 'LeavePending':
      return decideLeavingPending(booking, command);
    case 'ExpireBooking':
      return decideExpiry(booking, command);
    case 'ApproveBooking':
      return decideApproval(booking, command);
    case 'VerifyMailbox':
      return decideVerification(booking, command);
    case 'RemindOfApproval':
      return decideApprovalReminder(booking, command);
    case 'RejectBooking':
      return decideRejection(booking, command);
    case 'CancelBooking':
      return decideCancellation(booking, command);
    case 'FireTimers':
      return E.right(fireTimers(booking, command.now));
    case 'MarkAbsence':
      return decideAbsence(booking, command);
    case 'RetryCalendars':
      return E.right(retryCalendars(booking, command));
    case 'AcknowledgeRemoval':
      return removalAcknowledgement(booking, command);
    case 'RecordLook':
      return E.right(recordLook(booking, command));
    case 'RequestRestore':
      return requestRestore(booking, command);
    case 'RecordNotFollowed':
      return E.right(recordNotFollowed(booking, command));
    case 'CancelForDifference':
      return decideDifferenceCancellation(booking, command);
    case 'RecordNotification':
      return E.right(sentNotification(booking, command));
    case 'ParkNotification':
      return E.right(parkedNotification(booking, command));
  }
};

/**
 * What a command does to a booking: events, or why not. Pure; "already so" is success without events, so that a
 * repeated command is harmless.
 */
export const decide = (booking: BookingState, command: BookingCommand): BookingDecision => {
  if (command.type === 'RequestBooking')
    return booking.phase === 'none'
      ? E.right([{ type: 'BookingRequested', occurredAt: toInstant(command.now), data: command.request }])
      : E.left({ type: 'AlreadyRequested' });
  if (command.type === 'AbandonRequest')
    return E.right(
      booking.phase === 'none' ? [{ type: 'RequestAbandoned', occurredAt: toInstant(command.now), data: {} }] : [],
    );
  return booking.phase === 'none' ? E.left({ type: 'UnknownBooking' }) : onKnown(booking, command);
};
