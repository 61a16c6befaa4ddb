import * as E from 'fp-ts/lib/Either.js';
import { acceptanceOf } from '../saga/acceptance.ts';
import { toEpochMs, toInstant } from '../time/interval.ts';
import type { BookingState, KnownBooking } from './booking-state.ts';
import { statusOf } from './booking-state.ts';
import type { BookingCommand, BookingCommandOf } from './commands.ts';
import {
  decoration,
  decorationFailure,
  removal,
  removalFailure,
  startSync,
  syncFailure,
  syncSuccess,
} from './decide-calendar.ts';
import { accept, cancel, expire, leavePending } from './decide-phase.ts';
import { retryCalendars } from './decide-retry.ts';
import type { BookingEvent } from './events/index.ts';
import type { BookingRejection } from './rejection.ts';

/** An event that a booking is not live any more with is hunted for this long after the booking was to end. */
export const REMOVAL_RETRY_DAYS = 30;

export type BookingDecision = E.Either<BookingRejection, ReadonlyArray<BookingEvent>>;

/** Instant (epoch ms) after which trying to write a calendar makes no sense any more. */
const writeUntil = (booking: KnownBooking): number =>
  toEpochMs(booking.phase === 'accepted' ? booking.request.end : booking.request.deadline);

const removeUntil = (booking: KnownBooking): number =>
  toEpochMs(booking.request.end) + Temporal.Duration.from({ days: REMOVAL_RETRY_DAYS }).total('milliseconds');

const approve = (booking: KnownBooking, command: BookingCommandOf<'ApproveBooking'>): BookingDecision => {
  if (booking.phase !== 'pending') return E.left({ type: 'NotPending', status: statusOf(booking) });
  if (!booking.request.requiresApproval || booking.approved) return E.right([]);
  return command.now >= toEpochMs(booking.request.end)
    ? E.left({ type: 'AlreadyEnded', endedAt: booking.request.end })
    : E.right([{ type: 'BookingApproved', occurredAt: toInstant(command.now), data: {} }]);
};

const reject = (booking: KnownBooking, command: BookingCommandOf<'RejectBooking'>): BookingDecision => {
  if (booking.phase === 'rejected') return E.right([]);
  if (booking.phase !== 'pending') return E.left({ type: 'NotPending', status: statusOf(booking) });
  const personal = { salt: command.salt, reason: command.reason };
  return E.right([{ type: 'BookingRejected', occurredAt: toInstant(command.now), data: { personal } }]);
};

const alreadySaid = (
  booking: KnownBooking,
  said: { causedBy: string; channel: string; notification: string; recipient: string },
): boolean =>
  booking.said.some(
    (one) =>
      one.outcome === 'sent' &&
      one.causedBy === said.causedBy &&
      one.channel === said.channel &&
      one.notification === said.notification &&
      one.recipient === said.recipient,
  );

const onKnown = (
  booking: KnownBooking,
  command: Exclude<BookingCommand, { type: 'RequestBooking' }>,
): BookingDecision => {
  const occurredAt = toInstant(command.now);
  switch (command.type) {
    case 'RecordRoom':
      return E.right(booking.room.status === 'ready' ? [] : [{ type: 'RoomReady', occurredAt, data: command.room }]);
    case 'RecordRoomFailure':
      return E.right(
        booking.room.status === 'wanted'
          ? [{ type: 'RoomFailed', occurredAt, data: { provider: command.provider, message: command.message } }]
          : [],
      );
    case 'StartCalendarSync':
      return E.right(startSync(booking, command));
    case 'RecordCalendarSuccess':
      return E.right(syncSuccess(booking, command, writeUntil(booking)));
    case 'RecordCalendarFailure':
      return E.right(syncFailure(booking, command, writeUntil(booking)));
    case 'RecordDecoration':
      return E.right(decoration(booking, command));
    case 'RecordDecorationFailure':
      return E.right(decorationFailure(booking, command, writeUntil(booking)));
    case 'RecordRemoval':
      return E.right(removal(booking, command));
    case 'RecordRemovalFailure':
      return E.right(removalFailure(booking, command, removeUntil(booking)));
    case 'AcceptBooking':
      return accept(booking, command, acceptanceOf(booking));
    case 'LeavePending':
      return leavePending(booking, command);
    case 'ExpireBooking':
      return expire(booking, command);
    case 'ApproveBooking':
      return approve(booking, command);
    case 'RejectBooking':
      return reject(booking, command);
    case 'CancelBooking':
      return cancel(booking, command);
    case 'RetryCalendars':
      return E.right(retryCalendars(booking, command));
    case 'RecordNotification':
      return E.right(
        alreadySaid(booking, command.sent) ? [] : [{ type: 'NotificationSent', occurredAt, data: command.sent }],
      );
    case 'ParkNotification':
      return E.right(
        alreadySaid(booking, command.parked) ? [] : [{ type: 'NotificationParked', occurredAt, data: command.parked }],
      );
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
  return booking.phase === 'none' ? E.left({ type: 'UnknownBooking' }) : onKnown(booking, command);
};
