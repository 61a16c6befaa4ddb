import * as E from 'fp-ts/lib/Either.js';
import { bookingUidOf } from '../../application/commanding/aggregate.ts';
import type { ConsumerGroup, Delivery, Verdict } from '../../application/ports/consumer-groups.ts';
import type { Mail, Mailer } from '../../application/ports/mailer.ts';
import { retryDelayMs } from '../../domain/booking/retry.ts';
import type { EventType } from '../../domain/configuration/event-type.ts';
import type { Host } from '../../domain/configuration/host.ts';
import { formerHost, presentOrganizer } from '../../domain/booking/organizer.ts';
import type { MailFacts, MailKind, MailNotification, Recipient } from './mail/mail-facts.ts';
import { recipientsOf } from './mail/recipients.ts';
import type { MailAudience, MailFactsDeps } from './mail-facts-of.ts';
import { mailFactsOf } from './mail-facts-of.ts';
import type { NoteDeps } from './note-outcome.ts';
import { noteParked, noteSent } from './note-outcome.ts';
import { mayTell, planNotifications } from './plan-notifications.ts';
import { isStillTrue } from './still-true.ts';
import type { Teller, TurnDeps } from './tell-in-turn.ts';
import { tellInTurn } from './tell-in-turn.ts';
import type { ToldEvent } from './told-booking.ts';

export type MailConsumerDeps = NoteDeps &
  TurnDeps &
  MailFactsDeps & {
    readonly mailer: Mailer;
    readonly compose: (notification: MailNotification, facts: MailFacts) => Mail;
    readonly findHost: (hostId: string) => Host | undefined;
    readonly maxAttempts: number;
    readonly signal: AbortSignal;
  };

const groupOf = (audience: MailAudience): string => `mail-${audience}`;

type Letter = { readonly kind: MailKind; readonly recipient: Recipient; readonly mail: Mail };

const isFor = (audience: MailAudience, { role }: Recipient): boolean => (role === 'host') === (audience === 'host');

const eventTypeOf = (host: Host | undefined, id: number): EventType | undefined =>
  host?.eventTypes.find((type) => type.id === id);

const lettersOf = (
  deps: MailConsumerDeps,
  audience: MailAudience,
  { recorded, event, told, present, before }: ToldEvent,
): ReadonlyArray<Letter> => {
  const uid = bookingUidOf(recorded.stream) ?? '';
  const factsOf = mailFactsOf(deps);
  const { eventTypeId, hostId, personal } = told.request;
  const configured = deps.findHost(hostId);
  const host = presentOrganizer(told, configured) ?? formerHost(hostId, personal.attendee.timeZone);
  const eventType = eventTypeOf(configured, eventTypeId);
  return planNotifications(event, before)
    .mails.filter((kind) => isStillTrue(kind, present))
    .flatMap((kind) => {
      const facts = factsOf(uid, kind, audience, told, present, host, eventType);
      return recipientsOf(kind, facts)
        .filter((recipient) => isFor(audience, recipient))
        .map((recipient) => {
          const notification = { kind, recipient, eventId: recorded.id, occurredAt: recorded.occurredAt };
          return { kind, recipient, mail: deps.compose(notification, facts) };
        });
    });
};

/** What became of one letter; what was `parked` is for an operator to send again, the message with it. */
type Outcome = { readonly type: 'sent' } | { readonly type: 'again' | 'parked'; readonly reason: string };

const unlessUnwritten = (unwritten: string | null, outcome: Outcome): Outcome =>
  unwritten === null ? outcome : { type: 'again', reason: unwritten };

/** Sends one letter and writes down what came of it, unless it is to be tried again. */
const send = async (deps: MailConsumerDeps, { event, attempt }: Delivery, letter: Letter): Promise<Outcome> => {
  const uid = bookingUidOf(event.stream) ?? '';
  const said = {
    causedBy: event.id,
    channel: 'mail',
    notification: letter.kind,
    recipient: letter.recipient.key,
  } as const;
  const sent = await deps.mailer.send(letter.mail, deps.signal)();
  if (E.isRight(sent))
    return unlessUnwritten(await noteSent(deps)(uid, { ...said, messageId: letter.mail.messageId }), { type: 'sent' });
  const { type, message: reason } = sent.left;
  if (type === 'try-later' && attempt < deps.maxAttempts) return { type: 'again', reason };
  return unlessUnwritten(await noteParked(deps)(uid, { ...said, reason }), { type: 'parked', reason });
};

const saidBefore = (
  { present, recorded: { id: eventId } }: ToldEvent,
  { kind, recipient }: Letter,
): 'sent' | 'parked' | undefined => {
  const outcomes = present.said
    .filter(({ channel, causedBy }) => channel === 'mail' && causedBy === eventId)
    .filter((said) => said.notification === kind && said.recipient === recipient.key)
    .map(({ outcome }) => outcome);
  return outcomes.find((outcome) => outcome === 'sent') ?? outcomes[0];
};

/** What was sent is not sent again. What was refused waits for an operator. */
const outcomeBefore = (booking: ToldEvent, delivery: Delivery, letter: Letter): Outcome | null => {
  const before = saidBefore(booking, letter);
  if (before === 'sent') return { type: 'sent' };
  return before === 'parked' && delivery.replayed !== true ? { type: 'parked', reason: 'refused before' } : null;
};

const verdictOn = (outcomes: ReadonlyArray<{ readonly letter: Letter; readonly outcome: Outcome }>): Verdict => {
  const reasons = (type: 'again' | 'parked') =>
    outcomes.flatMap(({ letter, outcome }) =>
      outcome.type === type ? [`${letter.kind} to ${letter.recipient.key}: ${outcome.reason}`] : [],
    );
  const [again, parked] = [reasons('again'), reasons('parked')];
  if (again.length > 0) return { type: 'retry', reason: again.join('; ') };
  return parked.length > 0 ? { type: 'park', reason: parked.join('; ') } : { type: 'ack' };
};

/** What hosts, or guests, are to be told by mail. */
const mailTeller = (deps: MailConsumerDeps, audience: MailAudience): Teller => {
  /** A host whom neither the configuration nor the log knows cannot be written to; guests are told all the same. */
  const isReachable = ({ told }: ToldEvent): boolean =>
    audience === 'guests' || presentOrganizer(told, deps.findHost(told.request.hostId)) !== null;
  const letters = (told: ToldEvent): ReadonlyArray<Letter> =>
    isReachable(told) ? lettersOf(deps, audience, told) : [];
  return {
    group: groupOf(audience),
    hasToSend: (booking, delivery) =>
      letters(booking).some((letter) => outcomeBefore(booking, delivery, letter) === null),
    tell: async (booking, delivery) => {
      if (!isReachable(booking) && lettersOf(deps, audience, booking).length > 0)
        return { type: 'park', reason: 'The host is not configured any more, and the log has no address of theirs.' };
      const outcomes: { letter: Letter; outcome: Outcome }[] = [];
      for (const letter of letters(booking)) {
        const outcome = outcomeBefore(booking, delivery, letter) ?? (await send(deps, delivery, letter));
        outcomes.push({ letter, outcome });
      }
      return verdictOn(outcomes);
    },
  };
};

/**
 * Tells hosts, or guests, what became of bookings. At-least-once: after a crash between the server's 250 and our note the
 * same mail, Message-ID included, may go out again.
 */
export const mailConsumer = (deps: MailConsumerDeps, audience: MailAudience): ConsumerGroup => ({
  name: groupOf(audience),
  accepts: ({ stream, type }) => bookingUidOf(stream) !== null && mayTell(type),
  startAt: 'now',
  keyOf: ({ stream }) => stream,
  maxInFlight: 32,
  maxAttempts: deps.maxAttempts,
  backoffMs: (attempt) => retryDelayMs(deps.retry, attempt, deps.jitter()),
  handle: (delivery) => tellInTurn(deps)(mailTeller(deps, audience), delivery),
});
