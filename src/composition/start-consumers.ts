import { fingerprintOf } from '../adapters/configuration/compare-configurations.ts';
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
import type { ConsumerGroup, ConsumerGroups, RunningConsumer } from '../application/ports/consumer-groups.ts';
import type { DeliveryLog, Mailer, WebhookSender } from '../application/ports/delivery.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import type { Report } from '../application/saga/effect-context.ts';
import { sagaConsumer } from '../application/saga/saga-consumer.ts';
import type { SagaRunner } from '../application/saga/saga-runner.ts';
import type { Host } from '../domain/bookable/host.ts';
import { attemptsWithin } from '../domain/booking/decide-calendar.ts';
import type { RecordedEvent } from '../domain/log/envelope.ts';
import { mailDomain } from './connect-providers.ts';

type ConsumerDependencies = {
  /** As the server started; what of it a reload may change is asked of `current`. */
  readonly configuration: Configuration;
  readonly current: () => Configuration;
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
export const makeResendWebhook =
  (dependencies: ConsumerDependencies): ReturnType<typeof resendWebhook> =>
  (id) =>
    resendWebhook({
      ...webhooksOf(dependencies, bookingSubject(dependencies)),
      log: dependencies.deliveries,
      readHistory: readHistory(dependencies.store),
      subscriptions: activeSubscriptions(dependencies.current()),
    })(id);

/** Mails to hosts and to guests, and one webhook subscription after the other, with how each is tried again. */
const notifiersOf = (dependencies: ConsumerDependencies) => {
  const { configuration, identity } = dependencies;
  const { mail } = configuration.retries;
  const { current } = dependencies;
  const labelOf = (calendarId: string) => current().calendars.find(({ id }) => id === calendarId)?.label ?? calendarId;
  const bookings = bookingSubject(dependencies);
  const domain = mailDomain(configuration);
  const turn = makeLoopQueue(dependencies.isBusy);
  const mails = {
    ...dependencies,
    bookings,
    turn,
    calendarLabel: labelOf,
    domain,
    compose: composeMail({ domain, writeInvitation: writeICalendar }),
    retry: mail,
    maxAttempts: attemptsWithin(mail, mail.deadlineMs),
    jitter: identity.jitter,
  };
  const hooks = { ...dependencies, ...webhooksOf(dependencies, bookings), turn };
  const aboutCalendars = {
    calendarStreams: calendarSubject(dependencies),
    hostsOf: (calendarId: string) => current().hosts.filter(({ calendarIds }) => calendarIds.includes(calendarId)),
    operator: () => {
      const { operator } = current();
      return operator === null ? null : { name: operator.name, address: operator.email };
    },
  };
  const calendarHooks = { ...hooks, ...aboutCalendars, calendarLabel: mails.calendarLabel };
  const mailing = [
    notifier(mails, mailChannel(mails, 'host')),
    notifier(mails, mailChannel(mails, 'guests')),
    notifier(mails, calendarMailChannel({ ...mails, ...aboutCalendars })),
  ];
  /** The groups of each subscription of now, with what they would be started anew for. */
  const subscribed = () =>
    activeSubscriptions(current()).flatMap((subscription) => {
      const settings = fingerprintOf(subscription);
      const aboutCalendars = calendarTriggers.some((one) => subscription.triggers.includes(one))
        ? [notifier(calendarHooks, calendarWebhookChannel(calendarHooks, subscription))]
        : [];
      return [notifier(hooks, webhookChannel(hooks, subscription)), ...aboutCalendars].map((group) => ({
        group,
        settings,
      }));
    });
  return { mailing, subscribed };
};

/**
 * One node goes first for everything about a booking or a calendar, so that its messages stay in order without waiting
 * for others.
 */
const standByMsOf =
  ({ standByMs }: NodePreference) =>
  ({ stream, position }: Pick<RecordedEvent, 'stream' | 'position'>): number =>
    standByMs(bookingUidOf(stream) ?? calendarIdOf(stream) ?? String(position));

export type Consumers = {
  /** Those that run now; the same list for ever, whatever a reload changes in it. */
  readonly running: ReadonlyArray<RunningConsumer>;
  /** Starts and stops the groups of webhooks as the configuration of now has them. What is in hand is finished before. */
  readonly reload: () => Promise<void>;
};

/**
 * Starts everything that reacts to the log: the saga, mails to hosts and to guests, mails about calendars, one group
 * for each webhook subscription.
 */
export const startConsumers = (dependencies: ConsumerDependencies): Consumers => {
  const start = (group: ConsumerGroup): RunningConsumer =>
    dependencies.groups.start({ ...group, standByMs: standByMsOf(dependencies.preference) });
  const { mailing, subscribed } = notifiersOf(dependencies);
  const running = [
    abandonedHoldCleanup(dependencies),
    sagaConsumer(dependencies.runner, dependencies.clock, dependencies.preference, makeLoopQueue(dependencies.isBusy)),
    ...mailing,
  ].map(start);
  const webhooks = new Map<string, { readonly settings: string; readonly consumer: RunningConsumer }>();
  const startNew = (): void => {
    for (const { group, settings } of subscribed()) {
      if (webhooks.has(group.name)) continue;
      const consumer = start(group);
      webhooks.set(group.name, { settings, consumer });
      running.push(consumer);
    }
  };
  const reload = async (): Promise<void> => {
    const wanted = new Map(subscribed().map((one) => [one.group.name, one]));
    const over = [...webhooks].filter(([name, { settings }]) => wanted.get(name)?.settings !== settings);
    await Promise.all(
      over.map(async ([name, { consumer }]) => {
        webhooks.delete(name);
        await consumer.stop();
        running.splice(running.indexOf(consumer), 1);
      }),
    );
    startNew();
  };
  startNew();
  return { running, reload };
};
