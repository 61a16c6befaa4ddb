import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { BookingEventType } from '../../domain/booking/events/index.ts';
import type { MailKind } from '../notifications/mail/mail-facts.ts';
import { recipientsOf } from '../notifications/mail/recipients.ts';
import { planNotifications } from '../notifications/plan-notifications.ts';
import { isStillTrue } from '../notifications/still-true.ts';
import type { Told } from '../projection.ts';
import type { OutboxEntry } from './outbox-projection.ts';

/** Names and addresses are of no use here: entries carry the recipients' keys, and no personal data (I12). */
const recipientKeys = (kind: MailKind, { request, said }: KnownBooking): ReadonlyArray<string> => {
  const { attendee, guests } = request.personal;
  const confirmed = said.some(
    ({ channel, notification, outcome }) => channel === 'mail' && notification === 'confirmed' && outcome === 'sent',
  );
  return recipientsOf(kind, { hostName: '', hostEmail: '', attendee, guests, alreadySaid: { confirmed } }).map(
    ({ key }) => key,
  );
};

/** Entries are of kinds that the planner named; a name of another program version is never overtaken. */
const kinds: Readonly<Record<MailKind, MailKind>> = {
  confirmed: 'confirmed',
  'received-not-confirmed': 'received-not-confirmed',
  'awaiting-approval': 'awaiting-approval',
  'approval-needed': 'approval-needed',
  'action-needed': 'action-needed',
  'calendar-behind': 'calendar-behind',
  expired: 'expired',
  cancelled: 'cancelled',
  declined: 'declined',
  'removal-pending': 'removal-pending',
};
const kindOf = (notification: string): MailKind | undefined =>
  Object.values(kinds).find((kind) => kind === notification);

/** The mails that an event plans, and which of those planned before are not true of the booking any more. */
export const plannedMails = (
  { event, eventId, before }: Told<BookingEventType>,
  booking: KnownBooking,
): { readonly planned: ReadonlyArray<OutboxEntry>; readonly isOvertaken: (entry: OutboxEntry) => boolean } => ({
  planned: planNotifications(event, before).mails.flatMap((kind) =>
    recipientKeys(kind, booking).map((recipient): OutboxEntry => ({
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
  isOvertaken: ({ state, channel, notification }) => {
    const kind = state === 'pending' && channel === 'mail' ? kindOf(notification) : undefined;
    return kind !== undefined && !isStillTrue(kind, booking);
  },
});
