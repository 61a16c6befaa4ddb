import * as E from 'fp-ts/lib/Either.js';
import type { Configuration } from '../adapters/configuration/configuration.ts';
import { writeICalendar } from '../adapters/icalendar/write-icalendar.ts';
import { HOLDFAST_NAMESPACE, uuidv5 } from '../adapters/identity/ids.ts';
import { abandonedHoldCleanup } from '../application/commands/abandoned-hold-cleanup.ts';
import { bookingUidOf, calendarIdOf } from '../application/commands/aggregate.ts';
import type { BookingBuses } from '../application/commands/booking-buses.ts';
import type { Gathering } from '../application/commands/keyed-queue.ts';
import type { Leasing } from '../application/consumers/leasing.ts';
import { makeLoopQueue } from '../application/loop-queue.ts';
import type { NodePreference } from '../application/consumers/node-preference.ts';
import { calendarMailChannel, calendarWebhookChannel } from '../application/notifications/calendar-channels.ts';
import { mailChannel } from '../application/notifications/mail-channels.ts';
import { calendarTriggers } from '../application/notifications/webhook/calendar-webhook.ts';
import { composeMail } from '../application/notifications/mail/compose-mail.ts';
import type { MailLinks } from '../application/notifications/mail/mail-facts.ts';
import { notifier } from '../application/notifications/notifier.ts';
import { bookingSubject, calendarSubject } from '../application/notifications/subject.ts';
import { resendWebhook } from '../application/notifications/resend-webhook.ts';
import { webhookChannel, type WebhookChannelDeps } from '../application/notifications/webhook-channel.ts';
import { readHistory } from '../application/queries/read-booking.ts';
import type { Clock, Identity } from '../application/ports/clock-and-ids.ts';
import type { ConsumerGroups, RunningConsumer } from '../application/ports/consumer-groups.ts';
import type { DeliveryLog, Mailer, WebhookSender } from '../application/ports/delivery.ts';
import type { BookingList } from '../application/ports/read-models.ts';
import type { BookingTimers } from '../application/timers/fire-timers.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import type { Report } from '../application/saga/effect-context.ts';
import { sagaConsumer } from '../application/saga/saga-consumer.ts';
import type { SagaRunner } from '../application/saga/saga-runner.ts';
import type { Host } from '../domain/bookable/host.ts';
import { attemptsWithin } from '../domain/booking/decide-calendar.ts';
import type { RecordedEvent } from '../domain/log/envelope.ts';
import { mailDomain } from './connect-providers.ts';

type ConsumerDependencies = {
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
  readonly preference: NodePreference;
  readonly gathering: Gathering;
  readonly isBusy: () => boolean;
  readonly onLease: (answer: 'taken' | 'elsewhere') => void;
  readonly signal: AbortSignal;
};

/** How webhooks are sent, and tried again. */
const webhooksOf = (dependencies: ConsumerDependencies, bookings: WebhookChannelDeps['bookings']) => {
  const { webhook } = dependencies.configuration.retries;
  return {
    ...dependencies,
    bookings,
    sender: dependencies.webhooks,
    log: dependencies.deliveries,
    uuid: (name: string) => uuidv5(HOLDFAST_NAMESPACE, name),
    retry: webhook,
    maxAttempts: attemptsWithin(webhook, webhook.deadlineMs),
    jitter: dependencies.identity.jitter,
  } satisfies WebhookChannelDeps;
};

const activeSubscriptions = ({ webhooks }: Configuration) => webhooks.filter(({ active }) => active);

/** Sends a webhook again on demand, past the consumer groups. */
export const makeResendWebhook = (dependencies: ConsumerDependencies) =>
  resendWebhook({
    ...webhooksOf(dependencies, bookingSubject(dependencies)),
    log: dependencies.deliveries,
    readHistory: readHistory(dependencies.store),
    subscriptions: activeSubscriptions(dependencies.configuration),
  });

/** Mails to hosts and to guests, and one webhook subscription after the other, with how each is tried again. */
const notifiersOf = (dependencies: ConsumerDependencies) => {
  const { configuration, identity } = dependencies;
  const { mail } = configuration.retries;
  const labels = new Map(configuration.calendars.map(({ id, label }) => [id, label]));
  const bookings = bookingSubject(dependencies);
  const domain = mailDomain(configuration);
  const turn = makeLoopQueue(dependencies.isBusy);
  const mails = {
    ...dependencies,
    bookings,
    turn,
    calendarLabel: (calendarId: string) => labels.get(calendarId) ?? calendarId,
    domain,
    compose: composeMail({ domain, writeInvitation: writeICalendar }),
    retry: mail,
    maxAttempts: attemptsWithin(mail, mail.deadlineMs),
    jitter: identity.jitter,
  };
  const hooks = { ...dependencies, ...webhooksOf(dependencies, bookings), turn };
  const { operator } = configuration;
  const aboutCalendars = {
    calendarStreams: calendarSubject(dependencies),
    hostsOf: (calendarId: string) => configuration.hosts.filter(({ calendarIds }) => calendarIds.includes(calendarId)),
    operator: () => (operator === null ? null : { name: operator.name, address: operator.email }),
  };
  const calendarHooks = { ...hooks, ...aboutCalendars, calendarLabel: mails.calendarLabel };
  return [
    notifier(mails, mailChannel(mails, 'host')),
    notifier(mails, mailChannel(mails, 'guests')),
    notifier(mails, calendarMailChannel({ ...mails, ...aboutCalendars })),
    ...activeSubscriptions(configuration).map((subscription) => notifier(hooks, webhookChannel(hooks, subscription))),
    ...activeSubscriptions(configuration)
      .filter(({ triggers }) => calendarTriggers.some((one) => triggers.includes(one)))
      .map((subscription) => notifier(calendarHooks, calendarWebhookChannel(calendarHooks, subscription))),
  ];
};

/**
 * One node goes first for everything about a booking or a calendar, so that its messages stay in order without waiting
 * for others.
 */
const standByMsOf =
  ({ standByMs }: NodePreference) =>
  ({ stream, position }: Pick<RecordedEvent, 'stream' | 'position'>): number =>
    standByMs(bookingUidOf(stream) ?? calendarIdOf(stream) ?? String(position));

/**
 * Starts everything that reacts to the log: the saga, mails to hosts and to guests, mails about calendars, one group
 * for each webhook subscription.
 */
export const startConsumers = (dependencies: ConsumerDependencies): ReadonlyArray<RunningConsumer> => {
  return [
    abandonedHoldCleanup(dependencies),
    sagaConsumer(dependencies.runner, dependencies.clock, dependencies.preference, makeLoopQueue(dependencies.isBusy)),
    ...notifiersOf(dependencies),
  ]
    .map((group) => ({ ...group, standByMs: standByMsOf(dependencies.preference) }))
    .map(dependencies.groups.start);
};

type Deps = {
  readonly store: Pick<EventStore, 'head'>;
  readonly consumers: ReadonlyArray<Pick<RunningConsumer, 'idle'>>;
  readonly readModel: Pick<BookingList, 'waitFor'>;
  /** Null where nothing reacts to the log. */
  readonly timers: Pick<BookingTimers, 'look'> | null;
};

/** Milliseconds by the machine's own clock that a read model gets to show the end of the log. */
const FOLLOWING_MS = 5_000;

/**
 * Resolves when nothing is left to do now: every consumer has reached the head of the log, and what they wrote
 * meanwhile is handled too. What is due later does not count. Ends where the log cannot be read.
 */
export const drain = async ({ store, consumers, readModel, timers }: Deps): Promise<void> => {
  for (;;) {
    const before = await store.head()();
    if (E.isLeft(before)) return;
    await Promise.all(consumers.map(({ idle }) => idle()));
    if (timers !== null) {
      await readModel.waitFor(before.right, FOLLOWING_MS, AbortSignal.timeout(FOLLOWING_MS));
      await timers.look();
    }
    const after = await store.head()();
    if (E.isLeft(after) || before.right === after.right) return;
  }
};
