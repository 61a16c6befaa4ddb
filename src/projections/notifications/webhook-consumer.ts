import * as E from 'fp-ts/lib/Either.js';
import { bookingUidOf } from '../../application/commanding/aggregate.ts';
import type { WebhookSettings } from '../../application/configuration.ts';
import type { ConsumerGroup, Delivery, Verdict } from '../../application/ports/consumer-groups.ts';
import type { DeliveryLog } from '../../application/ports/delivery-log.ts';
import type { WebhookFailure, WebhookSender } from '../../application/ports/webhook-sender.ts';
import { reveal } from '../../application/secret.ts';
import type { Said } from '../../domain/booking/booking-state.ts';
import { retryDelayMs } from '../../domain/booking/retry.ts';
import type { Host } from '../../domain/configuration/host.ts';
import type { WebhookTrigger } from '../../domain/configuration/webhook-trigger.ts';
import { formerHost, presentOrganizer } from '../../domain/booking/organizer.ts';
import { toInstant } from '../../domain/time/interval.ts';
import type { NoteDeps } from './note-outcome.ts';
import { noteParked, noteSent } from './note-outcome.ts';
import { mayTell, planNotifications } from './plan-notifications.ts';
import type { Teller, TurnDeps } from './tell-in-turn.ts';
import { tellInTurn } from './tell-in-turn.ts';
import type { ToldEvent } from './told-booking.ts';
import { composeWebhook } from './webhook/compose-webhook.ts';
import { deliveryId } from './webhook/delivery-id.ts';
import { webhookFactsOf } from './webhook-facts-of.ts';

export type WebhookConsumerDeps = NoteDeps &
  TurnDeps & {
    readonly sender: WebhookSender;
    readonly log: Pick<DeliveryLog, 'record'>;
    /** Name-based UUID in our namespace. */
    readonly uuid: (name: string) => string;
    readonly findHost: (hostId: string) => Host | undefined;
    readonly maxAttempts: number;
    readonly report: (problem: { readonly where: string; readonly reason: string }) => void;
    readonly signal: AbortSignal;
  };

type Attempt = {
  readonly uid: string;
  readonly trigger: WebhookTrigger;
  readonly body: string;
  readonly deliveryId: string;
};

/** One attempt, kept in the delivery log whatever comes of it. */
const attemptOnce = async (
  deps: WebhookConsumerDeps,
  subscription: WebhookSettings,
  delivery: Delivery,
  attempt: Attempt,
): Promise<{ readonly failure: WebhookFailure | null; readonly waitMs: number | null }> => {
  const startedAt = deps.clock.now();
  const sentAt = toInstant(startedAt);
  const secret = subscription.secret === null ? null : reveal(subscription.secret);
  const request = { url: subscription.url, secret, deliveryId: attempt.deliveryId, sentAt, body: attempt.body };
  const sent = await deps.sender.send(request, deps.signal)();
  const endedAt = deps.clock.now();
  const wait = E.isRight(sent) ? 0 : retryDelayMs(deps.retry, delivery.attempt, deps.jitter(), sent.left.retryAfterMs);
  const isLast = E.isRight(sent) || delivery.attempt >= deps.maxAttempts;
  const recorded = await deps.log.record({
    deliveryId: attempt.deliveryId,
    subscriptionId: subscription.id,
    bookingUid: attempt.uid,
    trigger: attempt.trigger,
    attempt: delivery.attempt,
    at: sentAt,
    outcome: E.isRight(sent) ? { type: 'delivered', status: sent.right.status } : failedOutcome(sent.left),
    durationMs: endedAt - startedAt,
    nextTryAt: isLast ? null : toInstant(endedAt + wait),
  })();
  if (E.isLeft(recorded)) deps.report({ where: `delivery log of ${attempt.deliveryId}`, reason: recorded.left.reason });
  return { failure: E.isLeft(sent) ? sent.left : null, waitMs: isLast ? null : wait };
};

const failedOutcome = ({ message, status }: WebhookFailure) =>
  ({ type: 'failed', message, ...(status === undefined ? {} : { status }) }) as const;

const deliver = async (
  deps: WebhookConsumerDeps,
  subscription: WebhookSettings,
  delivery: Delivery,
  attempt: Attempt,
): Promise<Verdict> => {
  const { failure, waitMs } = await attemptOnce(deps, subscription, delivery, attempt);
  const said = {
    causedBy: delivery.event.id,
    channel: 'webhook',
    notification: attempt.trigger,
    recipient: subscription.id,
  } as const;
  if (failure !== null && waitMs !== null) return { type: 'retry', reason: failure.message, afterMs: waitMs };
  const unwritten =
    failure === null
      ? await noteSent(deps)(attempt.uid, { ...said, messageId: attempt.deliveryId })
      : await noteParked(deps)(attempt.uid, { ...said, reason: failure.message });
  if (unwritten !== null) return { type: 'retry', reason: unwritten };
  return failure === null ? { type: 'ack' } : { type: 'park', reason: failure.message };
};

const groupOf = (subscription: WebhookSettings): string => `webhook-${subscription.id}`;

/** What this subscription was told (or not) about the event. */
const saidOf = (
  { present, recorded }: ToldEvent,
  subscription: WebhookSettings,
  trigger: WebhookTrigger,
): ReadonlyArray<Said> =>
  present.said.filter(
    (said) =>
      said.channel === 'webhook' &&
      said.causedBy === recorded.id &&
      said.notification === trigger &&
      said.recipient === subscription.id,
  );

const wantedOf = (told: ToldEvent, { hostIds, triggers }: WebhookSettings): ReadonlyArray<WebhookTrigger> =>
  hostIds !== null && !hostIds.includes(told.told.request.hostId)
    ? []
    : planNotifications(told.event, told.before).webhooks.filter((trigger) => triggers.includes(trigger));

const undelivered = (told: ToldEvent, subscription: WebhookSettings): ReadonlyArray<WebhookTrigger> =>
  wantedOf(told, subscription).filter((trigger) =>
    saidOf(told, subscription, trigger).every(({ outcome }) => outcome !== 'sent'),
  );

/** It was given up, by this node or another, and no operator has asked for it since. */
const isGivenUp = (
  told: ToldEvent,
  subscription: WebhookSettings,
  trigger: WebhookTrigger,
  { replayed }: Delivery,
): boolean => replayed !== true && saidOf(told, subscription, trigger).length > 0;

const tell = async (
  deps: WebhookConsumerDeps,
  subscription: WebhookSettings,
  booking: ToldEvent,
  delivery: Delivery,
): Promise<Verdict> => {
  const { event } = delivery;
  const uid = bookingUidOf(event.stream) ?? '';
  const { hostId, eventTypeId } = booking.told.request;
  const configured = deps.findHost(hostId);
  const host = presentOrganizer(booking.told, configured) ?? formerHost(hostId);
  const eventType = configured?.eventTypes.find(({ id }) => id === eventTypeId);
  for (const trigger of undelivered(booking, subscription)) {
    if (isGivenUp(booking, subscription, trigger, delivery)) return { type: 'park', reason: 'given up before' };
    const facts = webhookFactsOf(uid, booking.told, host, eventType);
    const id = deliveryId(deps.uuid)({ eventId: event.id, subscriptionId: subscription.id, trigger });
    const attempt = { uid, trigger, body: composeWebhook(trigger, facts, event.occurredAt), deliveryId: id };
    const verdict = await deliver(deps, subscription, delivery, attempt);
    if (verdict.type !== 'ack') return verdict;
  }
  return { type: 'ack' };
};

/** What one subscription is to be told. */
const webhookTeller = (deps: WebhookConsumerDeps, subscription: WebhookSettings): Teller => ({
  group: groupOf(subscription),
  hasToSend: (booking, delivery) =>
    undelivered(booking, subscription).some((trigger) => !isGivenUp(booking, subscription, trigger, delivery)),
  tell: (booking, delivery) => tell(deps, subscription, booking, delivery),
});

/**
 * Delivers the webhooks of one subscription, in order per booking, never on a request's path. At-least-once under one
 * delivery id; a new subscription starts at now.
 */
export const webhookConsumer = (deps: WebhookConsumerDeps, subscription: WebhookSettings): ConsumerGroup => ({
  name: groupOf(subscription),
  accepts: ({ stream, type }) => bookingUidOf(stream) !== null && mayTell(type),
  startAt: 'now',
  keyOf: ({ stream }) => stream,
  maxInFlight: 32,
  maxAttempts: deps.maxAttempts,
  backoffMs: (attempt) => retryDelayMs(deps.retry, attempt, deps.jitter()),
  handle: (delivery) => tellInTurn(deps)(webhookTeller(deps, subscription), delivery),
});
