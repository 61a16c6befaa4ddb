/** `BOOKING_CALENDAR_SYNC_FAILED` is an addition of ours; the others are Cal.com's, as its API v2 names them. */
export const webhookTriggers = [
  'BOOKING_CREATED',
  'BOOKING_REQUESTED',
  'BOOKING_CANCELLED',
  'BOOKING_REJECTED',
  'BOOKING_CALENDAR_SYNC_FAILED',
] as const;

export type WebhookTrigger = (typeof webhookTriggers)[number];
