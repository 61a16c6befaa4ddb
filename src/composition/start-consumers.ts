import { writeICalendar } from '../adapters/icalendar/write-icalendar.ts';
import { HOLDFAST_NAMESPACE, uuidv5 } from '../adapters/identity/ids.ts';
import type { BookingBuses } from '../application/commands/booking-buses.ts';
import type { Gathering } from '../application/commands/keyed-queue.ts';
import { abandonedHoldCleanup } from '../application/commands/abandoned-hold-cleanup.ts';
import { bookingUidOf, calendarIdOf } from '../application/commands/aggregate.ts';
import type { Configuration } from '../adapters/configuration/configuration.ts';
import type { Leasing } from '../application/consumers/leasing.ts';
import type { Clock, Identity } from '../application/ports/clock-and-ids.ts';
import type { ConsumerGroups, RunningConsumer } from '../application/ports/consumer-groups.ts';
import type { DeliveryLog, Mailer, WebhookSender } from '../application/ports/delivery.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import { sagaConsumer } from '../application/saga/saga-consumer.ts';
import type { Report } from '../application/saga/effect-context.ts';
import type { Turns } from '../application/consumers/turns.ts';
import type { SagaRunner } from '../application/saga/saga-runner.ts';
import { attemptsWithin } from '../domain/booking/decide-calendar.ts';
import type { Host } from '../domain/bookable/host.ts';
import type { RecordedEvent } from '../domain/log/envelope.ts';
import { composeMail } from '../application/notifications/mail/compose-mail.ts';
import { mailChannel, calendarMailChannel } from '../application/notifications/mail-channels.ts';
import { notifier } from '../application/notifications/notifier.ts';
import type { MailLinks } from '../application/notifications/mail/mail-facts.ts';
import { webhookChannel } from '../application/notifications/webhook-channel.ts';
import { bookingSubject, calendarSubject } from '../application/notifications/subject.ts';
import { mailDomain } from './connect-mail.ts';

export type ConsumerParts = {
  readonly configuration: Configuration;
  readonly groups: ConsumerGroups;
  readonly store: EventStore;
  readonly buses: BookingBuses;
  readonly runner: SagaRunner;
  readonly mailer: Mailer;
  readonly webhooks: WebhookSender;
  readonly deliveries: DeliveryLog;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly findHost: (hostId: string) => Host | undefined;
  readonly links: MailLinks;
  readonly report: Report;
  readonly leasing: Leasing;
  readonly turns: Turns;
  readonly gathering: Gathering;
  readonly onLease: (answer: 'taken' | 'elsewhere') => void;
  readonly signal: AbortSignal;
};

/** Mails to hosts and to guests, and one webhook subscription after the other, with how each is tried again. */
const notifiersOf = (parts: ConsumerParts) => {
  const { configuration, identity } = parts;
  const { mail, webhook } = configuration.retries;
  const labels = new Map(configuration.calendars.map(({ id, label }) => [id, label]));
  const bookings = bookingSubject(parts);
  const mails = {
    ...parts,
    bookings,
    calendarLabel: (calendarId: string) => labels.get(calendarId) ?? calendarId,
    compose: composeMail({ domain: mailDomain(configuration), writeInvitation: writeICalendar }),
    retry: mail,
    maxAttempts: attemptsWithin(mail, mail.deadlineMs),
    jitter: identity.jitter,
  };
  const hooks = {
    ...parts,
    bookings,
    sender: parts.webhooks,
    log: parts.deliveries,
    uuid: (name: string) => uuidv5(HOLDFAST_NAMESPACE, name),
    retry: webhook,
    maxAttempts: attemptsWithin(webhook, webhook.deadlineMs),
    jitter: identity.jitter,
  };
  return [
    notifier(mails, mailChannel(mails, 'host')),
    notifier(mails, mailChannel(mails, 'guests')),
    notifier(
      mails,
      calendarMailChannel({
        ...mails,
        domain: mailDomain(configuration),
        calendarStreams: calendarSubject(parts),
        hostsOf: (calendarId) => configuration.hosts.filter(({ calendarIds }) => calendarIds.includes(calendarId)),
      }),
    ),
    ...configuration.webhooks
      .filter(({ active }) => active)
      .map((subscription) => notifier(hooks, webhookChannel(hooks, subscription))),
  ];
};

/** One node goes first for all that concerns a booking, or a calendar, so that its messages stay in order without waiting for others. */
const standByMsOf =
  ({ standByMs }: Turns) =>
  ({ stream, position }: Pick<RecordedEvent, 'stream' | 'position'>): number =>
    standByMs(bookingUidOf(stream) ?? calendarIdOf(stream) ?? String(position));

/** Everything that reacts to the log: the saga, mails to hosts and to guests, mails about calendars, one group per webhook subscription. */
export const startConsumers = (parts: ConsumerParts): ReadonlyArray<RunningConsumer> => {
  return [abandonedHoldCleanup(parts), sagaConsumer(parts.runner, parts.clock, parts.turns), ...notifiersOf(parts)]
    .map((group) => ({ ...group, standByMs: standByMsOf(parts.turns) }))
    .map(parts.groups.start);
};
