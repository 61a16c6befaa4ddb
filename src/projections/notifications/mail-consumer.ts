import * as E from 'fp-ts/lib/Either.js';
import { bookingUidOf } from '../../application/commanding/aggregate.ts';
import type { ConsumerGroup, Delivery, Verdict } from '../../application/ports/consumer-groups.ts';
import type { EventStore } from '../../application/ports/event-store.ts';
import type { Mail, Mailer } from '../../application/ports/mailer.ts';
import type { RetryPolicy } from '../../domain/booking/retry.ts';
import { retryDelayMs } from '../../domain/booking/retry.ts';
import type { EventType } from '../../domain/configuration/event-type.ts';
import type { Host } from '../../domain/configuration/host.ts';
import type { MailFacts, MailKind, MailNotification, Recipient } from './mail/mail-facts.ts';
import { recipientsOf } from './mail/recipients.ts';
import type { MailFactsDeps } from './mail-facts-of.ts';
import { mailFactsOf } from './mail-facts-of.ts';
import type { NoteDeps } from './note-outcome.ts';
import { noteParked, noteSent } from './note-outcome.ts';
import { mayTell, planNotifications } from './plan-notifications.ts';
import { isStillTrue } from './still-true.ts';
import type { ToldBooking } from './told-booking.ts';
import { readToldBooking } from './told-booking.ts';

export type MailConsumerDeps = NoteDeps &
  MailFactsDeps & {
    readonly store: Pick<EventStore, 'readStream'>;
    readonly mailer: Mailer;
    readonly compose: (notification: MailNotification, facts: MailFacts) => Mail;
    readonly findHost: (hostId: string) => Host | undefined;
    readonly retry: RetryPolicy;
    readonly maxAttempts: number;
    readonly jitter: () => number;
    readonly signal: AbortSignal;
  };

type Letter = { readonly kind: MailKind; readonly recipient: Recipient; readonly mail: Mail };

/** Hosts and guests are told by groups of their own: a guest's broken mailbox must not hold back the host's alert. */
export type MailAudience = 'host' | 'guests';

const isFor = (audience: MailAudience, { role }: Recipient): boolean => (role === 'host') === (audience === 'host');

const eventTypeOf = (host: Host, id: number): EventType | undefined => host.eventTypes.find((type) => type.id === id);

const lettersOf = (
  deps: MailConsumerDeps,
  audience: MailAudience,
  { event }: Delivery,
  booking: ToldBooking,
  host: Host,
): ReadonlyArray<Letter> => {
  const { told, present, before } = booking;
  const uid = bookingUidOf(event.stream) ?? '';
  return planNotifications(booking.event, before)
    .mails.filter((kind) => isStillTrue(kind, present))
    .flatMap((kind) => {
      const facts = mailFactsOf(deps)(uid, kind, told, present, host, eventTypeOf(host, told.request.eventTypeId));
      return recipientsOf(kind, facts)
        .filter((recipient) => isFor(audience, recipient))
        .map((recipient) => {
          const notification = { kind, recipient, eventId: event.id, occurredAt: event.occurredAt };
          return { kind, recipient, mail: deps.compose(notification, facts) };
        });
    });
};

/** Sends one letter and writes down what came of it; a problem worth another try is handed back. */
const send = async (deps: MailConsumerDeps, { event, attempt }: Delivery, letter: Letter): Promise<string | null> => {
  const uid = bookingUidOf(event.stream) ?? '';
  const said = {
    causedBy: event.id,
    channel: 'mail',
    notification: letter.kind,
    recipient: letter.recipient.key,
  } as const;
  const sent = await deps.mailer.send(letter.mail, deps.signal)();
  if (E.isRight(sent)) return noteSent(deps)(uid, { ...said, messageId: letter.mail.messageId });
  if (sent.left.type === 'try-later' && attempt < deps.maxAttempts) return sent.left.message;
  const unwritten = await noteParked(deps)(uid, { ...said, reason: sent.left.message });
  return unwritten ?? (sent.left.type === 'try-later' ? sent.left.message : null);
};

const wasSent = ({ present }: ToldBooking, eventId: string, { kind, recipient }: Letter): boolean =>
  present.said.some(
    (said) =>
      said.outcome === 'sent' &&
      said.channel === 'mail' &&
      said.causedBy === eventId &&
      said.notification === kind &&
      said.recipient === recipient.key,
  );

const handle = async (deps: MailConsumerDeps, audience: MailAudience, delivery: Delivery): Promise<Verdict> => {
  const { event } = delivery;
  const booking = await readToldBooking(deps.store)(bookingUidOf(event.stream) ?? '', event.revision)();
  if (E.isLeft(booking)) return { type: 'retry', reason: JSON.stringify(booking.left) };
  const host = deps.findHost(booking.right.told.request.hostId);
  if (host === undefined) return { type: 'park', reason: 'The host is not configured any more.' };
  const letters = lettersOf(deps, audience, delivery, booking.right, host);
  const problems: string[] = [];
  for (const letter of letters.filter((one) => !wasSent(booking.right, event.id, one))) {
    const problem = await send(deps, delivery, letter);
    if (problem !== null) problems.push(`${letter.kind} to ${letter.recipient.key}: ${problem}`);
  }
  return problems.length === 0 ? { type: 'ack' } : { type: 'retry', reason: problems.join('; ') };
};

/**
 * Tells hosts, or guests, what became of bookings. At-least-once: after a crash between the server's 250 and our note the
 * same mail, Message-ID included, may go out again.
 */
export const mailConsumer = (deps: MailConsumerDeps, audience: MailAudience): ConsumerGroup => ({
  name: `mail-${audience}`,
  accepts: ({ stream, type }) => bookingUidOf(stream) !== null && mayTell(type),
  startAt: 'now',
  keyOf: ({ stream }) => stream,
  maxInFlight: 32,
  maxAttempts: deps.maxAttempts,
  backoffMs: (attempt) => retryDelayMs(deps.retry, attempt, deps.jitter()),
  handle: (delivery) => handle(deps, audience, delivery),
});
