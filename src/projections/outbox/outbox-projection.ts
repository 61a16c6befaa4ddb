import type { Notification } from '../../application/ports/read-models.ts';
import { guestsWait, type KnownBooking } from '../../domain/booking/booking-state.ts';
import type { BookingEventType } from '../../domain/booking/events.ts';
import { guestsToTell, isMailKind, type MailKind, recipientsOf } from '../../application/notifications/mail-kinds.ts';
import { isNeeded, isOvertaken as isMailOvertaken, isToHear } from '../../application/notifications/mails-due.ts';
import { planNotifications } from '../../application/notifications/plan.ts';
import { type Projection, type ProjectedEvent, ignored, ignoringCalendars, ignoringSchedules } from '../projection.ts';

export type BookingOutbox = ReadonlyArray<Notification>;

const sameTelling = (a: Notification, b: Notification): boolean =>
  a.causedBy === b.causedBy &&
  a.channel === b.channel &&
  a.notification === b.notification &&
  a.recipient === b.recipient;

/** What was sent stays sent: a parked repeat of it is no news. */
const settled = (outbox: BookingOutbox, entry: Notification): BookingOutbox => {
  const known = outbox.find((one) => sameTelling(one, entry));
  if (known === undefined) return [...outbox, entry];
  return known.state === 'sent'
    ? outbox
    : outbox.map((one) => (one === known ? { ...entry, plannedAt: known.plannedAt } : one));
};

const outcome = ({ event, owner }: ProjectedEvent<'NotificationSent' | 'NotificationParked'>) => {
  const { causedBy, channel, notification, recipient } = event.data;
  const entry: Notification = {
    causedBy,
    channel,
    notification,
    recipient,
    state: event.type === 'NotificationSent' ? 'sent' : 'parked',
    plannedAt: event.occurredAt,
    settledAt: event.occurredAt,
    detail: event.type === 'NotificationSent' ? event.data.messageId : event.data.reason,
  };
  return [{ key: owner, to: (outbox: BookingOutbox) => settled(outbox, entry) }];
};

/** Names and addresses are of no use here: entries carry the recipients' keys, and no personal data (I12). */
const recipientKeys = (kind: MailKind, eventId: string, booking: KnownBooking): ReadonlyArray<string> => {
  const { request, notificationOutcomes } = booking;
  const { attendee } = request.personal;
  const confirmed =
    booking.phase === 'cancelled'
      ? booking.wasAccepted
      : (kind === 'rescheduled' && booking.phase === 'accepted') ||
        notificationOutcomes.some(
          ({ channel, notification, outcome: came }) =>
            channel === 'mail' && notification === 'confirmed' && came === 'sent',
        );
  return recipientsOf(kind, {
    hostName: '',
    hostEmail: '',
    attendee,
    ...guestsToTell(booking),
    guestsWait: guestsWait(booking),
    alreadySaid: { confirmed },
  })
    .filter((recipient) => isToHear(kind, recipient, booking) && isNeeded(kind, recipient.key, eventId, booking))
    .map(({ key }) => key);
};

/** The mails that an event plans, and which of those planned before are not true of the booking any more. */
const plannedMails = (
  { event, eventId, before }: ProjectedEvent<BookingEventType>,
  booking: KnownBooking,
): { readonly planned: ReadonlyArray<Notification>; readonly isOvertaken: (entry: Notification) => boolean } => ({
  planned: planNotifications(event, before).mails.flatMap((kind) =>
    recipientKeys(kind, eventId, booking).map((recipient): Notification => ({
      causedBy: eventId,
      channel: 'mail',
      notification: kind,
      recipient,
      state: 'pending',
      plannedAt: event.occurredAt,
      settledAt: null,
      detail: null,
    })),
  ),
  isOvertaken: ({ state, channel, notification, recipient, causedBy }) =>
    state === 'pending' &&
    channel === 'mail' &&
    isMailKind(notification) &&
    (isMailOvertaken({ kind: notification, recipient, causedBy }, booking) ||
      // The mail about the move carries all of it.
      (notification === 'confirmed' && event.type === 'BookingRescheduled')),
});

type PlanningEvent = Exclude<BookingEventType, 'NotificationSent' | 'NotificationParked'>;

const afterwards = (
  outbox: BookingOutbox,
  projected: ProjectedEvent<PlanningEvent>,
  booking: KnownBooking,
): BookingOutbox => {
  const { planned, isOvertaken } = plannedMails(projected, booking);
  const at = projected.event.occurredAt;
  if (planned.length === 0 && !outbox.some(isOvertaken)) return outbox;
  return [
    ...outbox.map((entry) => (isOvertaken(entry) ? { ...entry, state: 'overtaken' as const, settledAt: at } : entry)),
    ...planned.filter((entry) => !outbox.some((known) => sameTelling(known, entry))),
  ];
};

/** Any event may plan something to say, and may overtake what was planned. */
const planning = (projected: ProjectedEvent<PlanningEvent>) => {
  const { after, owner } = projected;
  return after.phase === 'none'
    ? []
    : [{ key: owner, to: (outbox: BookingOutbox) => afterwards(outbox, projected, after) }];
};

/**
 * What was planned to be said of each booking and what became of it, from the log alone: planning is the pure function
 * that the senders use too. Who gets webhooks is configuration and not in the log, so a webhook appears with its first
 * outcome; deliveries in flight are in the delivery log.
 */
export const outboxProjection: Projection<BookingOutbox> = {
  name: 'outbox',
  initial: [],
  on: {
    BookingRequested: planning,
    RequestAbandoned: ignored,
    EffectLeased: planning,
    RoomReady: planning,
    RoomFailed: planning,
    CalendarSyncStarted: planning,
    CalendarSyncSucceeded: planning,
    CalendarSyncFailed: planning,
    CalendarEventConfirmed: planning,
    CalendarConfirmationFailed: planning,
    CalendarRetryRequested: planning,
    CalendarEventDecorated: planning,
    CalendarDecorationFailed: planning,
    BookingAccepted: planning,
    BookingLeftPending: planning,
    MailboxVerified: planning,
    BookingApproved: planning,
    ApprovalReminderDue: planning,
    BookingRejected: planning,
    BookingExpired: planning,
    BookingCancelled: planning,
    ReminderFellDue: planning,
    MeetingStarted: planning,
    NoShowCheckFellDue: planning,
    MeetingEnded: planning,
    AbsenceMarked: planning,
    GuestsAdded: planning,
    GuestRemoved: planning,
    PersonalDataErased: ignored,
    LocationChanged: planning,
    RescheduleRequested: planning,
    RescheduleApproved: planning,
    BookingRescheduled: planning,
    RescheduleDeclined: planning,
    RescheduleFailed: planning,
    RescheduleWithdrawn: planning,
    RescheduleAbandoned: planning,
    CalendarMoveStarted: planning,
    CalendarMoveSucceeded: planning,
    CalendarMoveFailed: planning,
    CalendarRemovalSucceeded: planning,
    CalendarRemovalFailed: planning,
    CalendarRemovalAcknowledged: planning,
    CalendarEventMissing: planning,
    CalendarEventMoved: planning,
    CalendarEventChanged: planning,
    CalendarEventVerified: planning,
    CalendarEventRestoreRequested: planning,
    CalendarEventNotFollowed: planning,
    NotificationSent: outcome,
    NotificationParked: outcome,
    ...ignoringSchedules,
    ...ignoringCalendars,
  },
};
