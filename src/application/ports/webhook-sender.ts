import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

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
