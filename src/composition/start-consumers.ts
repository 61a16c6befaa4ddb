import { writeICalendar } from '../adapters/icalendar/write-icalendar.ts';
import { HOLDFAST_NAMESPACE, uuidv5 } from '../adapters/keys/deterministic-id.ts';
import type { BookingBuses } from '../application/booking/booking-buses.ts';
import { holdKeeper } from '../application/booking/hold-keeper.ts';
import type { Configuration } from '../application/configuration.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { ConsumerGroups, RunningConsumer } from '../application/ports/consumer-groups.ts';
import type { DeliveryLog } from '../application/ports/delivery-log.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import type { Identity } from '../application/ports/identity.ts';
import type { Mailer } from '../application/ports/mailer.ts';
import type { WebhookSender } from '../application/ports/webhook-sender.ts';
import { sagaConsumer } from '../application/saga/saga-consumer.ts';
import type { Report } from '../application/saga/saga-deps.ts';
import type { Leasing } from '../application/saga/leasing.ts';
import type { SagaRunner } from '../application/saga/saga-runner.ts';
import { attemptsWithin } from '../domain/booking/retry.ts';
import type { Host } from '../domain/configuration/host.ts';
import { composeMail } from '../projections/notifications/mail/compose-mail.ts';
import { mailConsumer } from '../projections/notifications/mail-consumer.ts';
import type { MailLinks } from '../projections/notifications/mail-facts-of.ts';
import { webhookConsumer } from '../projections/notifications/webhook-consumer.ts';
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
  readonly signal: AbortSignal;
};

/** Milliseconds by which the last try may come after its deadline: the longest time limit of one call, and some. */
const TRIED_LONGER_MS = 180_000;

/** Everything that reacts to the log: the saga, mails to hosts and to guests, one group per webhook subscription. */
export const startConsumers = (parts: ConsumerParts): ReadonlyArray<RunningConsumer> => {
  const { configuration, groups, identity, clock } = parts;
  const { mail, webhook } = configuration.retries;
  const labels = new Map(configuration.calendars.map(({ id, label }) => [id, label]));
  const mails = {
    ...parts,
    calendarLabel: (calendarId: string) => labels.get(calendarId) ?? calendarId,
    compose: composeMail({ domain: mailDomain(configuration), writeInvitation: writeICalendar }),
    retry: mail,
    patienceMs: mail.deadlineMs + TRIED_LONGER_MS,
    maxAttempts: attemptsWithin(mail, mail.deadlineMs),
    jitter: identity.jitter,
  };
  const hooks = {
    ...parts,
    sender: parts.webhooks,
    log: parts.deliveries,
    uuid: (name: string) => uuidv5(HOLDFAST_NAMESPACE, name),
    retry: webhook,
    patienceMs: webhook.deadlineMs + TRIED_LONGER_MS,
    maxAttempts: attemptsWithin(webhook, webhook.deadlineMs),
    jitter: identity.jitter,
  };
  return [
    groups.start(holdKeeper(parts)),
    groups.start(sagaConsumer(parts.runner, clock)),
    groups.start(mailConsumer(mails, 'host')),
    groups.start(mailConsumer(mails, 'guests')),
    ...configuration.webhooks
      .filter(({ active }) => active)
      .map((subscription) => groups.start(webhookConsumer(hooks, subscription))),
  ];
};
