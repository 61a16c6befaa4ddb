import type { BookingState, KnownBooking } from '../../domain/booking/booking-state.ts';
import { isUnlikelyHolder } from '../../domain/booking/evolve-calendar.ts';
import type { BookingEvent, BookingEventType } from '../../domain/booking/events.ts';
import type { WebhookTrigger } from './webhook/webhook-trigger.ts';
import type { MailKind } from './mail/mail-facts.ts';

/** Who is to be told of one event: mails by kind, each to the recipients of that kind; webhooks by trigger. */
export type Plan = { readonly mails: ReadonlyArray<MailKind>; readonly webhooks: ReadonlyArray<WebhookTrigger> };

type Event<T extends BookingEventType> = Extract<BookingEvent, { readonly type: T }>;
type Planner<T extends BookingEventType> = (event: Event<T>, before: BookingState) => Plan;

const nobody: Plan = { mails: [], webhooks: [] };
const silent = (): Plan => nobody;

/** A calendar that stays behind after acceptance is told once, at its first failure; before, the whole is told (S05). */
const syncFailed: Planner<'CalendarSyncFailed'> = ({ data }, before) =>
  before.phase === 'accepted' && data.attempt === 1 ? { mails: ['calendar-behind'], webhooks: [] } : nobody;

/**
 * Told once. Not where the calendar refused the write and is only looked at to be sure: most likely it has nothing of the
 * booking. That such a look is outstanding can be seen in the booking and in the calendar's health.
 */
const removalFailed: Planner<'CalendarRemovalFailed'> = ({ data }, before) =>
  data.attempt === 1 && before.phase !== 'none' && !isUnlikelyHolder(before, data.calendarId)
    ? { mails: ['removal-pending'], webhooks: [] }
    : nobody;

const leftPending: Planner<'BookingLeftPending'> = ({ data }) =>
  data.reason === 'awaiting_approval'
    ? { mails: ['awaiting-approval', 'approval-needed'], webhooks: ['BOOKING_REQUESTED'] }
    : { mails: ['received-not-confirmed', 'action-needed'], webhooks: ['BOOKING_CALENDAR_SYNC_FAILED'] };

/** Every event decides: telling somebody, or nobody. "Confirmed" hangs on BookingAccepted alone (I1, I4). */
const planners: { readonly [T in BookingEventType]: Planner<T> } = {
  BookingRequested: silent,
  RequestAbandoned: silent,
  EffectLeased: silent,
  RoomReady: silent,
  RoomFailed: silent,
  CalendarSyncStarted: silent,
  CalendarSyncSucceeded: silent,
  CalendarSyncFailed: syncFailed,
  CalendarEventConfirmed: silent,
  CalendarConfirmationFailed: silent,
  CalendarRetryRequested: silent,
  CalendarEventDecorated: silent,
  CalendarDecorationFailed: silent,
  BookingAccepted: () => ({ mails: ['confirmed'], webhooks: ['BOOKING_CREATED'] }),
  BookingLeftPending: leftPending,
  BookingApproved: silent,
  BookingRejected: () => ({ mails: ['declined'], webhooks: ['BOOKING_REJECTED'] }),
  BookingExpired: () => ({ mails: ['expired'], webhooks: ['BOOKING_REJECTED'] }),
  BookingCancelled: () => ({ mails: ['cancelled'], webhooks: ['BOOKING_CANCELLED'] }),
  CalendarRemovalSucceeded: silent,
  CalendarRemovalFailed: removalFailed,
  NotificationSent: silent,
  NotificationParked: silent,
};

/** Event types that tell nobody, whatever the booking: consumers need not even look at them. */
const silentTypes: ReadonlySet<string> = new Set(
  Object.entries(planners).flatMap(([type, planner]) => (planner === silent ? [type] : [])),
);
export const mayNotify = (eventType: string): boolean => !silentTypes.has(eventType);

/** What is to be said of an event, given the booking before it. Pure: a rebuild plans the same and sends nothing (I7). */
export const planNotifications = (event: BookingEvent, before: BookingState): Plan => {
  // The table is indexed by the event's own type; TypeScript cannot see that the two belong together.
  const planner = planners[event.type] as Planner<BookingEventType>;
  return planner(event, before);
};

const isBehind = (booking: KnownBooking): boolean => booking.calendars.some(({ status }) => status === 'failed');

/**
 * Whether a mail planned earlier would still tell the truth now. What was overtaken is not sent: the event that overtook
 * it brings its own mail, so nobody is left without word (I4).
 */
export const isStillTrue = (kind: MailKind, present: KnownBooking): boolean => {
  switch (kind) {
    case 'confirmed':
      return present.phase === 'accepted';
    case 'received-not-confirmed':
      return present.phase === 'pending' && present.because === 'calendar_sync_failed';
    case 'action-needed':
      return present.phase === 'pending' && isBehind(present);
    case 'calendar-behind':
      return present.phase === 'accepted' && isBehind(present);
    case 'awaiting-approval':
    case 'approval-needed':
      return present.phase === 'pending' && !present.approved;
    case 'removal-pending':
      return present.calendars.some(({ status }) => status === 'removal-failed');
    case 'expired':
    case 'cancelled':
    case 'declined':
      return true;
  }
};
