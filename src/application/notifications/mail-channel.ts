import * as E from 'fp-ts/lib/Either.js';
import { formerHost, presentOrganizer } from '../../domain/booking/booking-facts.ts';
import type { Host } from '../../domain/bookable/host.ts';
import type { Mail, Mailer } from '../ports/delivery.ts';
import type { MailFacts, MailNotification, Recipient } from './mail/mail-facts.ts';
import { type MailAudience, type MailFactsDeps, mailFactsOf } from './mail/mail-facts-of.ts';
import { recipientsOf } from './mail/recipients.ts';
import type { Attempted, Channel, NotificationMessage } from './channel.ts';
import { isStillTrue, planNotifications } from './plan.ts';
import type { BookingAround, Subject } from './subject.ts';

export type MailChannelDeps = MailFactsDeps & {
  readonly bookings: Subject<BookingAround>;
  readonly mailer: Pick<Mailer, 'send'>;
  readonly compose: (notification: MailNotification, facts: MailFacts) => Mail;
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

const messagesOf = (
  deps: MailChannelDeps,
  audience: MailAudience,
  { uid, recorded, event, after, present, before }: BookingAround,
): ReadonlyArray<NotificationMessage> => {
  const { eventTypeId, hostId, personal } = after.request;
  const configured = deps.findHost(hostId);
  const host = presentOrganizer(after, configured) ?? formerHost(hostId, personal.attendee.timeZone);
  const eventType = configured?.eventTypes.find(({ id }) => id === eventTypeId);
  return planNotifications(event, before)
    .mails.filter((kind) => isStillTrue(kind, present))
    .flatMap((kind) => {
      const facts = mailFactsOf(deps)(uid, kind, audience, after, present, host, eventType);
      return recipientsOf(kind, facts)
        .filter((recipient) => isFor(audience, recipient))
        .map((recipient): NotificationMessage => {
          const mail = deps.compose({ kind, recipient, eventId: recorded.id, occurredAt: recorded.occurredAt }, facts);
          return {
            notification: kind,
            recipient: recipient.key,
            id: mail.messageId,
            send: () => sendMail(deps, mail),
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
    const messages = messagesOf(deps, audience, around);
    const isReachable = audience === 'guests' || presentOrganizer(after, deps.findHost(after.request.hostId)) !== null;
    return isReachable || messages.length === 0 ? E.right(messages) : E.left(HOST_UNKNOWN);
  },
});
