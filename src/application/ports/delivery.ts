import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { FailureCause } from '../../domain/calendar/calendar-failure.ts';

/** A name and its address (RFC 5322 `mailbox`). */
export type Mailbox = { readonly name: string; readonly address: string };

/**
 * One mail to one mailbox. Without `replyTo` answers go to the sender. `icalendar.method` is the iTIP method of
 * RFC 5546; `content` the whole VCALENDAR.
 */
export type Mail = {
  readonly messageId: string;
  readonly to: Mailbox;
  readonly replyTo?: Mailbox;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly icalendar?: { readonly method: 'REQUEST' | 'CANCEL'; readonly content: string };
};

/**
 * `refused`: trying again is pointless (SMTP 5xx, or an address that no server takes). `try-later`: 4xx, connection, time
 * limit. May have arrived all the same.
 */
export type MailFailure = {
  readonly type: 'refused' | 'try-later';
  readonly message: string;
  /** What an operator can look at. */
  readonly cause?: FailureCause | 'login';
};

export type Mailer = {
  /** `smtp` or `folder`: said at start-up and in the docs. */
  readonly transport: 'smtp' | 'folder';
  readonly send: (mail: Mail, signal: AbortSignal) => TaskEither<MailFailure, void>;
  /** Removes mails that lie where this server can reach them, and answers how many; missing: it reaches none. */
  readonly remove?: (messageIds: ReadonlyArray<string>) => Promise<number>;
  readonly close: () => Promise<void>;
};

/** `body` is sent byte for byte, `secret` signs it. `deliveryId` repeats on every attempt of one delivery. */
export type WebhookRequest = {
  readonly url: string;
  readonly secret: string | null;
  readonly deliveryId: string;
  readonly sentAt: string;
  readonly body: string;
};

/** `status`: the answer's HTTP status where there was one. */
export type WebhookFailure = { readonly message: string; readonly status?: number; readonly retryAfterMs?: number };

export type WebhookSender = {
  readonly send: (
    request: WebhookRequest,
    signal: AbortSignal,
  ) => TaskEither<WebhookFailure, { readonly status: number }>;
  readonly close: () => Promise<void>;
};

/** What became of one attempt. `status`: the HTTP status, where an answer came. No secret, no body, no address of a guest. */
type DeliveryOutcome =
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
type DeliveryPage = { readonly attempts: ReadonlyArray<RecordedAttempt>; readonly next: number | null };

/** As the event store's errors of the same names. After `OutcomeUnknown` the attempt may be in the log or not. */
export type DeliveryLogError = {
  readonly type: 'Unavailable' | 'OutcomeUnknown' | 'Corrupt';
  readonly reason: string;
};

export const MAX_DELIVERY_PAGE = 250;

/** A record of attempts for people to look at; nothing is decided by it. The oldest are dropped as new ones come. */
export type DeliveryLog = {
  /** Durable before it resolves. */
  readonly record: (attempt: DeliveryAttempt) => TaskEither<DeliveryLogError, void>;
  readonly list: (filter: DeliveryFilter, page: DeliveryPageRequest) => TaskEither<DeliveryLogError, DeliveryPage>;
};
