import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

/** What became of one attempt. `status`: the HTTP status, where an answer came. No secret, no body, no address of a guest. */
export type DeliveryOutcome =
  | { readonly type: 'delivered'; readonly status: number }
  | { readonly type: 'failed'; readonly message: string; readonly status?: number };

/**
 * One attempt to deliver a webhook. `attempt` counts from 1, and anew when a parked delivery is replayed. `at`: when it was
 * sent. `nextTryAt`: when it is tried again; null when it was delivered or parked. Both UTC instants.
 */
export type DeliveryAttempt = {
  readonly deliveryId: string;
  readonly subscriptionId: string;
  readonly bookingUid: string;
  readonly trigger: string;
  readonly attempt: number;
  readonly at: string;
  readonly outcome: DeliveryOutcome;
  readonly durationMs: number;
  readonly nextTryAt: string | null;
};

/** `sequence` rises with every recorded attempt. */
export type RecordedAttempt = DeliveryAttempt & { readonly sequence: number };

/** Attempts that match all that is given. */
export type DeliveryFilter = {
  readonly deliveryId?: string;
  readonly subscriptionId?: string;
  readonly bookingUid?: string;
};

/** `before`: the `next` of the page before; without it the newest. `limit`: 1 to `MAX_DELIVERY_PAGE`, more is cut to that. */
export type DeliveryPageRequest = { readonly before?: number; readonly limit: number };

/** Newest first. `next` is null on the last page. */
export type DeliveryPage = { readonly attempts: ReadonlyArray<RecordedAttempt>; readonly next: number | null };

/** As the event store's errors of the same names. After `OutcomeUnknown` the attempt may be in the log or not. */
export type DeliveryLogError = {
  readonly type: 'Unavailable' | 'OutcomeUnknown' | 'Corrupt';
  readonly reason: string;
};

export const MAX_DELIVERY_PAGE = 250;

/** A record of attempts for people to look at; nothing is decided by it. The oldest are dropped as new ones come. */
export type DeliveryLog = {
  /** Durable before it answers. */
  readonly record: (attempt: DeliveryAttempt) => TaskEither<DeliveryLogError, void>;
  readonly list: (filter: DeliveryFilter, page: DeliveryPageRequest) => TaskEither<DeliveryLogError, DeliveryPage>;
};
