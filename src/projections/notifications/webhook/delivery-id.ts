import type { WebhookTrigger } from '../../../domain/configuration/webhook-trigger.ts';

/**
 * The same on every attempt, after every restart and replay, so that receivers can drop repeats. The trigger is part of
 * it since one event may be told under two. `uuid` makes a name-based UUID (RFC 9562, version 5) in our namespace.
 */
export const deliveryId =
  (uuid: (name: string) => string) =>
  (delivery: { readonly eventId: string; readonly subscriptionId: string; readonly trigger: WebhookTrigger }): string =>
    uuid(JSON.stringify(['webhook', delivery.eventId, delivery.subscriptionId, delivery.trigger]));
