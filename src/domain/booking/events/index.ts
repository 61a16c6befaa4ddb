import type * as t from 'io-ts';
import {
  calendarConfirmationFailedCodec,
  calendarDecorationFailedCodec,
  calendarEventConfirmedCodec,
  calendarEventDecoratedCodec,
  calendarRemovalFailedCodec,
  calendarRemovalSucceededCodec,
  calendarRetryRequestedCodec,
  calendarSyncFailedCodec,
  calendarSyncStartedCodec,
  calendarSyncSucceededCodec,
} from './calendar.ts';
import {
  bookingAcceptedCodec,
  bookingApprovedCodec,
  bookingCancelledCodec,
  bookingExpiredCodec,
  bookingLeftPendingCodec,
  bookingRejectedCodec,
  requestAbandonedCodec,
} from './decision.ts';
import { effectLeasedCodec } from './lease.ts';
import { notificationParkedCodec, notificationSentCodec } from './notification.ts';
import { bookingRequestedCodec } from './requested.ts';
import { roomFailedCodec, roomReadyCodec } from './room.ts';

/** Data of every booking event at its newest version, by type. Names and fields are a storage format: never renamed. */
export const bookingEventCodecs = {
  BookingRequested: bookingRequestedCodec,
  RequestAbandoned: requestAbandonedCodec,
  RoomReady: roomReadyCodec,
  RoomFailed: roomFailedCodec,
  CalendarSyncStarted: calendarSyncStartedCodec,
  CalendarSyncSucceeded: calendarSyncSucceededCodec,
  CalendarSyncFailed: calendarSyncFailedCodec,
  CalendarEventConfirmed: calendarEventConfirmedCodec,
  CalendarConfirmationFailed: calendarConfirmationFailedCodec,
  CalendarRetryRequested: calendarRetryRequestedCodec,
  CalendarEventDecorated: calendarEventDecoratedCodec,
  CalendarDecorationFailed: calendarDecorationFailedCodec,
  EffectLeased: effectLeasedCodec,
  BookingAccepted: bookingAcceptedCodec,
  BookingLeftPending: bookingLeftPendingCodec,
  BookingApproved: bookingApprovedCodec,
  BookingRejected: bookingRejectedCodec,
  BookingExpired: bookingExpiredCodec,
  BookingCancelled: bookingCancelledCodec,
  CalendarRemovalSucceeded: calendarRemovalSucceededCodec,
  CalendarRemovalFailed: calendarRemovalFailedCodec,
  NotificationSent: notificationSentCodec,
  NotificationParked: notificationParkedCodec,
} as const;

type Codecs = typeof bookingEventCodecs;
export type BookingEventType = keyof Codecs;
export type BookingEventData<T extends BookingEventType> = t.TypeOf<Codecs[T]>;

/** One event of one booking. `occurredAt` is a UTC instant; it is the only time that the domain knows of. */
export type BookingEventOf<T extends BookingEventType> = {
  readonly type: T;
  readonly occurredAt: string;
  readonly data: BookingEventData<T>;
};
export type BookingEvent = { readonly [T in BookingEventType]: BookingEventOf<T> }[BookingEventType];
