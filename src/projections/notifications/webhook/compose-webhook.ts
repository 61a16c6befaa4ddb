import type { WebhookTrigger } from '../../../domain/configuration/webhook-trigger.ts';
import type { WebhookFacts } from './webhook-facts.ts';
import { webhookPayload } from './webhook-payload.ts';

/**
 * The body of a webhook. `createdAt`: when the event that is told occurred, so that every attempt sends the same bytes;
 * written as Cal.com writes it, UTC with milliseconds. Throws RangeError on a time or a zone that is none: both are
 * checked before they come into a stream.
 */
export const composeWebhook = (trigger: WebhookTrigger, facts: WebhookFacts, createdAt: string): string =>
  JSON.stringify({
    triggerEvent: trigger,
    createdAt: Temporal.Instant.from(createdAt).toString({ smallestUnit: 'millisecond' }),
    payload: webhookPayload(trigger, facts),
  });
