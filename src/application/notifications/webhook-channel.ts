import * as E from 'fp-ts/lib/Either.js';
import { formerHost, presentOrganizer } from '../../domain/booking/booking-facts.ts';
import type { RetryPolicy } from '../../domain/booking/commands.ts';
import { retryDelayMs } from '../../domain/booking/decide-calendar.ts';
import type { Host } from '../../domain/bookable/host.ts';
import type { Secret } from '../secret.ts';
import type { WebhookTrigger } from './plan.ts';
import { toInstant } from '../../domain/time/time.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { DeliveryLog, WebhookFailure, WebhookSender } from '../ports/delivery.ts';
import { reveal } from '../secret.ts';
import type { Attempted, Channel, NotificationMessage } from './channel.ts';
import { planNotifications } from './plan.ts';
import type { BookingAround, Subject } from './subject.ts';
import { webhookFactsOf } from './webhook/webhook-facts.ts';
import type { SubscribableTrigger } from './webhook/calendar-webhook.ts';
import { composeWebhook, deliveryId } from './webhook/webhook-payload.ts';

/** Whom to tell what. `hostIds` null: of every host. */
export type WebhookSubscription = {
  readonly id: string;
  readonly url: string;
  readonly secret: Secret | null;
  readonly triggers: ReadonlyArray<SubscribableTrigger>;
  readonly hostIds: ReadonlyArray<string> | null;
};

export type WebhookChannelDeps = {
  readonly bookings: Subject<BookingAround>;
  readonly sender: WebhookSender;
  readonly log: Pick<DeliveryLog, 'record'>;
  readonly clock: Pick<Clock, 'now' | 'elapsed'>;
  /** Name-based UUID in our namespace. */
  readonly uuid: (name: string) => string;
  readonly findHost: (hostId: string) => Host | undefined;
  readonly retry: RetryPolicy;
  readonly maxAttempts: number;
  readonly jitter: () => number;
  readonly report: (problem: { readonly where: string; readonly reason: string }) => void;
  /** Aborted when the program stops. */
  readonly signal: AbortSignal;
};

/** `uid`: of the booking; empty where it is about a calendar. */
type Webhook = {
  readonly uid: string;
  readonly trigger: SubscribableTrigger;
  readonly body: string;
  readonly deliveryId: string;
};

const failedOutcome = ({ message, status }: WebhookFailure) =>
  ({ type: 'failed', message, ...(status === undefined ? {} : { status }) }) as const;

/** One attempt, kept in the delivery log whatever comes of it. */
export const post = async (
  deps: Omit<WebhookChannelDeps, 'bookings' | 'findHost'>,
  subscription: WebhookSubscription,
  { uid, trigger, body, deliveryId: id }: Webhook,
  attempt: number,
): Promise<Attempted> => {
  const [sentAt, begun] = [toInstant(deps.clock.now()), deps.clock.elapsed()];
  const secret = subscription.secret === null ? null : reveal(subscription.secret);
  const sent = await deps.sender.send({ url: subscription.url, secret, deliveryId: id, sentAt, body }, deps.signal)();
  const afterMs = E.isRight(sent) ? 0 : retryDelayMs(deps.retry, attempt, deps.jitter(), sent.left.retryAfterMs);
  const isLast = E.isRight(sent) || attempt >= deps.maxAttempts;
  const recorded = await deps.log.record({
    deliveryId: id,
    subscriptionId: subscription.id,
    bookingUid: uid,
    trigger,
    attempt,
    at: sentAt,
    outcome: E.isRight(sent) ? { type: 'delivered', status: sent.right.status } : failedOutcome(sent.left),
    durationMs: deps.clock.elapsed() - begun,
    nextTryAt: isLast ? null : toInstant(deps.clock.now() + afterMs),
  })();
  if (E.isLeft(recorded)) deps.report({ where: `delivery log of ${id}`, reason: recorded.left.reason });
  return E.isRight(sent) ? { type: 'sent' } : { type: 'failed', reason: sent.left.message, afterMs };
};

const wantedOf = (
  { event, before, after }: BookingAround,
  { hostIds, triggers }: WebhookSubscription,
): ReadonlyArray<WebhookTrigger> =>
  hostIds !== null && !hostIds.includes(after.request.hostId)
    ? []
    : planNotifications(event, before).webhooks.filter((trigger) => triggers.includes(trigger));

/** What a subscription is told of one event; none where it does not want to know. */
export const webhookMessagesOf = (
  deps: WebhookChannelDeps,
  subscription: WebhookSubscription,
  around: BookingAround,
): ReadonlyArray<NotificationMessage> => {
  const { uid, recorded, after } = around;
  const { hostId, eventTypeId } = after.request;
  const configured = deps.findHost(hostId);
  const host = presentOrganizer(after, configured) ?? formerHost(hostId);
  const eventType = configured?.eventTypes.find(({ id }) => id === eventTypeId);
  return wantedOf(around, subscription).map((trigger): NotificationMessage => {
    const facts = webhookFactsOf(uid, after, host, eventType);
    const id = deliveryId(deps.uuid)({ eventId: recorded.id, subscriptionId: subscription.id, trigger });
    return {
      notification: trigger,
      recipient: subscription.id,
      id,
      send: (attempt) => {
        const body = composeWebhook(trigger, facts, recorded.occurredAt);
        return post(deps, subscription, { uid, trigger, body, deliveryId: id }, attempt);
      },
    };
  });
};

/** The webhooks of one subscription, never on a request's path; a new subscription starts at now. */
export const webhookChannel = (
  deps: WebhookChannelDeps,
  subscription: WebhookSubscription,
): Channel<BookingAround> => ({
  group: `webhook-${subscription.id}`,
  kind: 'webhook',
  subject: deps.bookings,
  messagesOf: (around) => E.right(webhookMessagesOf(deps, subscription, around)),
});
