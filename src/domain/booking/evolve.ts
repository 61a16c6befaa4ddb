import {
  type BookingState,
  type KnownBooking,
  type Booked,
  type NotificationOutcome,
  isAwaitingApproval,
  noBooking,
} from './booking-state.ts';
import { deadlineAfterApproval } from './approval.ts';
import { meaningOf } from './event-meaning.ts';
import type { BookingEvent, BookingEventOf } from './events.ts';
import { afterMark, nothingSaid } from './absence.ts';
import { noneFired, onTimerFired } from './timers.ts';
import { evolveCalendars } from './evolve-calendars.ts';
import { evolveDetails } from './details.ts';
import { evolveErasure } from './erasure.ts';
import { guestsOfRequest } from './guests.ts';
import { evolveReschedule, withoutReschedule } from './evolve-reschedule.ts';
import { ROOM_EFFECT, withLease, withoutLease } from './lease.ts';

/** Phases only move forward: what ended stays ended, whatever arrives late, twice or in another order. */
const hasEnded = (booking: KnownBooking): boolean =>
  booking.phase === 'cancelled' || booking.phase === 'rejected' || booking.phase === 'expired';

type Pending = Extract<BookingState, { readonly phase: 'pending' }>;

/** Waiting for an approval that has come already is no news. */
const leftPending = (booking: Pending, because: Exclude<Pending['because'], 'deciding'>): Pending =>
  because === 'awaiting_approval' && !isAwaitingApproval(booking)
    ? booking
    : {
        ...booking,
        because,
        wasToldUnconfirmed: booking.wasToldUnconfirmed || because === 'calendar_sync_failed',
      };

/** An approval given again, or never asked for, is no news. */
const approved = (booking: Pending, at: string): Pending =>
  isAwaitingApproval(booking)
    ? { ...booking, approved: true, because: 'deciding', deadline: deadlineAfterApproval(booking, at) }
    : booking;

const requested = (event: BookingEventOf<'BookingRequested'>): BookingState => ({
  phase: 'pending',
  because: 'deciding',
  wasToldUnconfirmed: false,
  request: event.data,
  requestedAt: event.occurredAt,
  updatedAt: event.occurredAt,
  approved: false,
  mailboxVerified: false,
  approvalReminders: 0,
  deadline: event.data.deadline,
  calendars: event.data.calendars.map((calendar) => ({
    ...calendar,
    attempt: 0,
    mayHold: 'no',
    stored: null,
    status: 'idle',
  })),
  room:
    event.data.room === null || event.data.room.provider === 'google-meet' ? { status: 'none' } : { status: 'wanted' },
  notificationOutcomes: [],
  leases: [],
  sequence: 0,
  sequenceOfTime: 0,
  guests: guestsOfRequest(event.data.personal),
  detailsVersion: 0,
  fired: noneFired(event.data.start),
  absence: nothingSaid,
  reschedule: null,
  reschedules: [],
});

const withSaid = <B extends Booked>(
  booking: B,
  { causedBy, channel, notification, recipient }: Omit<NotificationOutcome, 'outcome'>,
  outcome: NotificationOutcome['outcome'],
): B => ({
  ...booking,
  notificationOutcomes: [...booking.notificationOutcomes, { causedBy, channel, notification, recipient, outcome }],
});

const known = (booking: KnownBooking, event: Exclude<BookingEvent, { type: 'BookingRequested' }>): KnownBooking => {
  switch (event.type) {
    case 'RequestAbandoned':
      return booking;
    case 'EffectLeased':
      return withLease(booking, event.data, event.occurredAt);
    case 'RoomReady':
      return {
        ...withoutLease(booking, ROOM_EFFECT),
        room: { status: 'ready', url: event.data.url, fallback: event.data.fallback },
      };
    case 'RoomFailed':
      return booking.room.status === 'ready'
        ? booking
        : { ...withoutLease(booking, ROOM_EFFECT), room: { status: 'failed', message: event.data.message } };
    case 'RescheduleRequested':
    case 'RescheduleApproved':
    case 'BookingRescheduled':
    case 'RescheduleDeclined':
    case 'RescheduleFailed':
    case 'RescheduleWithdrawn':
    case 'RescheduleAbandoned':
      return evolveReschedule(booking, event);
    case 'GuestsAdded':
    case 'GuestRemoved':
    case 'LocationChanged':
      return evolveDetails(booking, event);
    case 'PersonalDataErased':
      return evolveErasure(booking, event);
    case 'CalendarSyncStarted':
    case 'CalendarSyncSucceeded':
    case 'CalendarSyncFailed':
    case 'CalendarMoveStarted':
    case 'CalendarMoveSucceeded':
    case 'CalendarMoveFailed':
    case 'CalendarEventConfirmed':
    case 'CalendarConfirmationFailed':
    case 'CalendarRetryRequested':
    case 'CalendarEventDecorated':
    case 'CalendarDecorationFailed':
    case 'CalendarRemovalSucceeded':
    case 'CalendarRemovalFailed':
    case 'CalendarRemovalAcknowledged':
    case 'CalendarEventMissing':
    case 'CalendarEventMoved':
    case 'CalendarEventChanged':
    case 'CalendarEventVerified':
    case 'CalendarEventRestoreRequested':
    case 'CalendarEventNotFollowed':
      return evolveCalendars(booking, event);
    case 'BookingAccepted':
      return booking.phase === 'pending'
        ? {
            ...booking,
            phase: 'accepted',
            reason: event.data.reason,
            acceptedAt: event.occurredAt,
            inForceSince: event.occurredAt,
          }
        : booking;
    case 'BookingLeftPending':
      return booking.phase === 'pending' ? leftPending(booking, event.data.reason) : booking;
    case 'BookingApproved':
      return booking.phase === 'pending' ? approved(booking, event.occurredAt) : booking;
    case 'MailboxVerified':
      return { ...booking, mailboxVerified: true };
    case 'ApprovalReminderDue':
      return { ...booking, approvalReminders: Math.max(booking.approvalReminders, event.data.number) };
    case 'BookingRejected':
      return hasEnded(booking) ? booking : { ...booking, phase: 'rejected', reason: event.data.personal.reason };
    case 'BookingExpired':
      return hasEnded(booking) ? booking : { ...booking, phase: 'expired', reason: event.data.reason };
    case 'BookingCancelled':
      return hasEnded(booking)
        ? booking
        : {
            ...withoutReschedule(booking, 'cancelled', event.occurredAt),
            phase: 'cancelled',
            by: event.data.by,
            reason: event.data.personal.reason,
            cancelledAt: event.occurredAt,
            wasAccepted: booking.phase === 'accepted',
            sequence: withoutReschedule(booking, 'cancelled', event.occurredAt).sequence + 1,
          };
    case 'ReminderFellDue':
    case 'MeetingStarted':
    case 'NoShowCheckFellDue':
    case 'MeetingEnded':
      return onTimerFired(booking, event);
    case 'AbsenceMarked':
      return { ...booking, absence: afterMark(booking.absence, event.data) };
    case 'NotificationSent':
      return withSaid(booking, event.data, 'sent');
    case 'NotificationParked':
      return withSaid(booking, event.data, 'parked');
  }
};

/**
 * One event more. Total: never throws, and what makes no sense in the present phase changes nothing but `updatedAt`.
 * A stream begins with `BookingRequested`; anything before it is ignored, a second one too.
 */
export const evolve = (booking: BookingState, event: BookingEvent): BookingState => {
  if (event.type === 'BookingRequested') return booking.phase === 'none' ? requested(event) : booking;
  if (booking.phase === 'none') return booking;
  const next = known(booking, event);
  return meaningOf[event.type] === 'notes' ? next : { ...next, updatedAt: event.occurredAt };
};

export const foldBooking = (events: ReadonlyArray<BookingEvent>): BookingState => events.reduce(evolve, noBooking);
