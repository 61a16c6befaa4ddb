import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { DeliveryLog, DeliveryLogError, RecordedAttempt } from '../ports/delivery.ts';
import type { HistoryEntry, ReadBookingError } from '../queries/read-booking.ts';
import { mayNotify, webhookTriggers } from './plan.ts';
import { type WebhookChannelDeps, type WebhookSubscription, webhookMessagesOf } from './webhook-channel.ts';
import { deliveryId } from './webhook/webhook-payload.ts';

export type ResendWebhookError =
  | ReadBookingError
  | { readonly type: 'DeliveryLogFailed'; readonly error: DeliveryLogError }
  /** The log of deliveries knows none of this id, or not any more. */
  | { readonly type: 'UnknownDelivery' }
  /** The configuration has the subscription no more, or it does not want this any more. */
  | { readonly type: 'SubscriptionGone'; readonly subscriptionId: string };

export type ResendWebhookDeps = Omit<WebhookChannelDeps, 'log' | 'maxAttempts'> & {
  readonly log: DeliveryLog;
  readonly readHistory: (uid: string) => TaskEither<ReadBookingError, ReadonlyArray<HistoryEntry>>;
  readonly subscriptions: ReadonlyArray<WebhookSubscription>;
};

const newestAttempt = async (
  { log }: Pick<ResendWebhookDeps, 'log'>,
  id: string,
): Promise<E.Either<ResendWebhookError, RecordedAttempt>> => {
  const page = await log.list({ deliveryId: id }, { limit: 1 })();
  if (E.isLeft(page)) return E.left({ type: 'DeliveryLogFailed', error: page.left });
  const [newest] = page.right.attempts;
  return newest === undefined ? E.left({ type: 'UnknownDelivery' }) : E.right(newest);
};

/** The event that a delivery tells of: its id is made of the event's, so it can be found again. */
const eventOf = (
  { uuid }: Pick<ResendWebhookDeps, 'uuid'>,
  history: ReadonlyArray<HistoryEntry>,
  { deliveryId: id, subscriptionId, trigger }: RecordedAttempt,
): RecordedEvent | undefined =>
  history
    .filter(({ event }) => mayNotify(event.type))
    .find(({ recorded }) =>
      webhookTriggers.some(
        (known) =>
          known === trigger && deliveryId(uuid)({ eventId: recorded.id, subscriptionId, trigger: known }) === id,
      ),
    )?.recorded;

/**
 * Sends a webhook once more, whatever came of it before: a receiver lost it, say. The same body as of the event's time,
 * signed anew, under the same delivery id, so a receiver that has it drops it. One attempt, listed as the next one; nothing is
 * written into the booking's stream, and nothing is tried again by itself.
 */
export const resendWebhook =
  (deps: ResendWebhookDeps) =>
  (id: string): TaskEither<ResendWebhookError, RecordedAttempt> =>
  async () => {
    const before = await newestAttempt(deps, id);
    if (E.isLeft(before)) return before;
    const { subscriptionId, bookingUid, attempt } = before.right;
    const subscription = deps.subscriptions.find((one) => one.id === subscriptionId);
    if (subscription === undefined) return E.left({ type: 'SubscriptionGone', subscriptionId });
    const history = await deps.readHistory(bookingUid)();
    if (E.isLeft(history)) return history;
    const recorded = eventOf(deps, history.right, before.right);
    if (recorded === undefined) return E.left({ type: 'UnknownDelivery' });
    const about = await deps.bookings.read(recorded, true)();
    if (E.isLeft(about)) return about;
    // With no attempts left, the one that is made here is the last.
    const messages = webhookMessagesOf({ ...deps, maxAttempts: 0 }, subscription, about.right);
    const message = messages.find((one) => one.id === id);
    if (message === undefined) return E.left({ type: 'SubscriptionGone', subscriptionId });
    await message.send(attempt + 1);
    return newestAttempt(deps, id);
  };
