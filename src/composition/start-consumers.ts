import { writeICalendar } from '../adapters/icalendar/write-icalendar.ts';
import { HOLDFAST_NAMESPACE, uuidv5 } from '../adapters/identity/ids.ts';
import type { BookingBuses } from '../application/booking/booking-buses.ts';
import { holdKeeper } from '../application/booking/hold-keeper.ts';
import type { Configuration } from '../application/configuration.ts';
import { inOneGroup } from '../application/consuming/in-one-group.ts';
import type { Leasing } from '../application/consuming/leasing.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { ConsumerGroups, RunningConsumer } from '../application/ports/consumer-groups.ts';
import type { DeliveryLog } from '../application/ports/delivery-log.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import type { Identity } from '../application/ports/identity.ts';
import type { Mailer } from '../application/ports/mailer.ts';
import type { WebhookSender } from '../application/ports/webhook-sender.ts';
import { sagaConsumer } from '../application/saga/saga-consumer.ts';
import type { Report } from '../application/saga/saga-deps.ts';
import type { SagaRunner } from '../application/saga/saga-runner.ts';
import { sagaSecondLook } from '../application/saga/saga-second-look.ts';
import { attemptsWithin } from '../domain/booking/retry.ts';
import type { Host } from '../domain/configuration/host.ts';
import { calendarMailConsumer } from '../projections/notifications/calendar-mail-consumer.ts';
import { mailConsumer, mailTeller } from '../projections/notifications/mail-consumer.ts';
import type { MailLinks } from '../projections/notifications/mail-facts-of.ts';
import { composeMail } from '../projections/notifications/mail/compose-mail.ts';
import { tellerSecondLook } from '../projections/notifications/teller-second-look.ts';
import { webhookConsumer, webhookTeller } from '../projections/notifications/webhook-consumer.ts';
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

/** In leases: what is due is done, by this node or by the one that takes over from it, in far less time. */
const GRACE_IN_LEASES = 8;

/** What tells people, with how it is tried again. */
const tellersOf = (parts: ConsumerParts) => {
  const { configuration, identity } = parts;
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
  return { mails, hooks, subscriptions: configuration.webhooks.filter(({ active }) => active) };
};

/** Everything that reacts to the log: the saga, mails to hosts and to guests, one group per webhook subscription. */
export const startConsumers = (parts: ConsumerParts): ReadonlyArray<RunningConsumer> => {
  const { mails, hooks, subscriptions } = tellersOf(parts);
  return [
    holdKeeper(parts),
    sagaConsumer(parts.runner, parts.clock),
    mailConsumer(mails, 'host'),
    mailConsumer(mails, 'guests'),
    calendarMailConsumer({
      ...mails,
      domain: mailDomain(parts.configuration),
      mailTimeLimitMs: parts.configuration.timings.mailTimeLimitMs,
      hostsOf: (calendarId) => parts.configuration.hosts.filter(({ calendarIds }) => calendarIds.includes(calendarId)),
    }),
    ...subscriptions.map((subscription) => webhookConsumer(hooks, subscription)),
  ].map(parts.groups.start);
};

/**
 * The same once more, later, from a position that is this node's own: for logs whose groups are kept by a server that may
 * lose a message. See ADR 0038.
 */
export const startSecondLook = (parts: ConsumerParts, ownGroups: ConsumerGroups, leaseMs: number): RunningConsumer => {
  const { mails, hooks, subscriptions } = tellersOf(parts);
  const graceMs = GRACE_IN_LEASES * leaseMs;
  const audiences = ['host', 'guests'] as const;
  const looks = [
    holdKeeper(parts),
    ...audiences.map((audience) => tellerSecondLook({ ...mails, graceMs }, mailTeller(mails, audience))),
    ...subscriptions.map((subscription) => tellerSecondLook({ ...hooks, graceMs }, webhookTeller(hooks, subscription))),
  ];
  return ownGroups.start(inOneGroup('second-look', sagaSecondLook({ ...parts, graceMs }), ...looks));
};
