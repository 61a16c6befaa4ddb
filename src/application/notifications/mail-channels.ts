import * as E from 'fp-ts/lib/Either.js';
import type { Host } from '../../domain/bookable/host.ts';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import { formerHost, presentOrganizer } from '../../domain/booking/booking-facts.ts';
import { ERASED } from '../../domain/log/sealed-data.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { Mail, Mailer } from '../ports/delivery.ts';
import type { Attempted, Channel, NotificationMessage } from './channel.ts';
import { messageId } from './mail/compose-mail.ts';
import { type MailFactsDeps, mailFactsOf, type MailFacts, type MailNotification } from './mail/mail-facts.ts';
import { isStillTrue, type Recipient, recipientsOf } from './mail-kinds.ts';
import { type MailAudience, isNeeded, isStillConcerned, isToHear, isTooLate } from './mails-due.ts';
import { planNotifications } from './plan.ts';
import type { BookingAround, Subject } from './subject.ts';

type MailChannelDeps = MailFactsDeps & {
  readonly clock: Pick<Clock, 'now'>;
  readonly bookings: Subject<BookingAround>;
  readonly mailer: Pick<Mailer, 'send'>;
  readonly compose: (notification: MailNotification, facts: MailFacts) => Mail;
  /** The right side of our Message-IDs. */
  readonly domain: string;
  readonly findHost: (hostId: string) => Host | undefined;
  /** Aborted when the program stops. */
  readonly signal: AbortSignal;
};

const HOST_UNKNOWN = 'The host is not configured any more, and the log has no address of theirs.';

const isFor = (audience: MailAudience, { role }: Recipient): boolean => (role === 'host') === (audience === 'host');

/** One attempt, as a notifier is told of it. */
export const sendMail = async (
  { mailer, signal }: Pick<MailChannelDeps, 'mailer' | 'signal'>,
  mail: Mail,
): Promise<Attempted> => {
  const sent = await mailer.send(mail, signal)();
  if (E.isRight(sent)) return { type: 'sent' };
  const { type, message: reason } = sent.left;
  return { type: type === 'refused' ? 'refused' : 'failed', reason };
};

/** What a guest hears after an invitation depends on whether that came: until it is settled, the later mail is not judged. */
const mayWait = ({ role }: Recipient, present: KnownBooking): boolean =>
  role === 'guest' && present.request.invitesOnceVerified === true;

const bookingMessages = (
  deps: MailChannelDeps,
  audience: MailAudience,
  { uid, recorded, event, after, present, before }: BookingAround,
): ReadonlyArray<NotificationMessage> => {
  const { eventTypeId, hostId, personal } = after.request;
  const configured = deps.findHost(hostId);
  const host = presentOrganizer(after, configured) ?? formerHost(hostId, personal.attendee.timeZone);
  const eventType = configured?.eventTypes.find(({ id }) => id === eventTypeId);
  return planNotifications(event, before).mails.flatMap((kind) => {
    const isCurrent = isStillTrue(kind, present) && !isTooLate(kind, after, present, deps.clock.now());
    const facts = mailFactsOf(deps)(uid, kind, audience, after, present, host, eventType);
    return recipientsOf(kind, facts)
      .filter((recipient) => isFor(audience, recipient) && (isCurrent || mayWait(recipient, present)))
      .map((recipient): NotificationMessage => {
        const notification = { kind, recipient, eventId: recorded.id, occurredAt: recorded.occurredAt };
        return {
          notification: kind,
          recipient: recipient.key,
          id: messageId(recorded.id, recipient.key, deps.domain),
          needless:
            !isCurrent ||
            recipient.email === ERASED ||
            !isToHear(kind, recipient, present) ||
            !isStillConcerned(kind, recipient.key, present) ||
            !isNeeded(kind, recipient.key, recorded.id, present),
          send: () => sendMail(deps, deps.compose(notification, facts)),
        };
      });
  });
};

/**
 * Mails to hosts, or to guests: a guest's broken mailbox must not hold back the host's alert. A host whom neither the
 * configuration nor the log knows cannot be written to; guests are told all the same.
 */
export const mailChannel = (deps: MailChannelDeps, audience: MailAudience): Channel<BookingAround> => ({
  group: `mail-${audience}`,
  kind: 'mail',
  subject: deps.bookings,
  messagesOf: (around) => {
    const { after } = around;
    const messages = bookingMessages(deps, audience, around);
    const isReachable = audience === 'guests' || presentOrganizer(after, deps.findHost(after.request.hostId)) !== null;
    return isReachable || messages.length === 0 ? E.right(messages) : E.left(HOST_UNKNOWN);
  },
});
