import { limited } from '../../clock/time-limit.ts';
import { createHmac } from 'node:crypto';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { type Dispatcher, request as httpRequest } from 'undici';
import type { WebhookFailure, WebhookRequest, WebhookSender } from '../../../application/ports/delivery.ts';
import { toEpochMs } from '../../../domain/time/time.ts';
import { retryAfterMs } from '../../network/retry-after.ts';
import { messageOf } from '../../../domain/unknown.ts';

/** From the start of the connection to the end of the answer, in milliseconds. */
const WEBHOOK_TIME_LIMIT_MS = 10_000;
/** As much of an answer's body is read so that its connection can be used again; more costs the connection. */
export const MAX_RESPONSE_BYTES = 4096;
/** Longest wait that a receiver's Retry-After can ask for: 6 hours in milliseconds. */
export const MAX_RETRY_AFTER_MS = 21_600_000;

/** What Cal.com sends where a subscriber has no secret. */
const NO_SECRET = 'no-secret-provided';

/** Lower-case hex HMAC-SHA256 (RFC 2104) of the UTF-8 bytes of `text`. */
const hmac = (secret: string, text: string): string => createHmac('sha256', secret).update(text, 'utf8').digest('hex');

/** `X-Cal-Signature-256` as Cal.com signs: over the body alone, so it cannot tell a replay. */
const calSignature = (secret: string | null, body: string): string =>
  secret === null ? NO_SECRET : hmac(secret, body);

/** `X-Holdfast-Signature-256`: over `id.timestamp.body`, the signed content of Standard Webhooks, so that old requests can be refused. */
const holdfastSignature = (
  secret: string,
  request: { readonly deliveryId: string; readonly sentAt: string; readonly body: string },
): string => hmac(secret, `${request.deliveryId}.${request.sentAt}.${request.body}`);

/** `dispatcher` belongs to the sender from now on: `close` closes it. */
type Dependencies = { readonly dispatcher: Dispatcher; readonly timeLimitMs?: number };

type Answer = { readonly status: number; readonly retryAfter: string | undefined };

const headersOf = (webhook: WebhookRequest): Record<string, string> => ({
  'Content-Type': 'application/json',
  'User-Agent': 'Holdfast-Webhooks',
  'X-Cal-Signature-256': calSignature(webhook.secret, webhook.body),
  'X-Cal-Webhook-Version': '2021-10-20',
  'X-Holdfast-Delivery': webhook.deliveryId,
  'X-Holdfast-Timestamp': webhook.sentAt,
  ...(webhook.secret === null ? {} : { 'X-Holdfast-Signature-256': holdfastSignature(webhook.secret, webhook) }),
});

const post = async (dispatcher: Dispatcher, webhook: WebhookRequest, signal: AbortSignal): Promise<Answer> => {
  const response = await httpRequest(webhook.url, {
    dispatcher,
    method: 'POST',
    headers: headersOf(webhook),
    body: Buffer.from(webhook.body, 'utf8'),
    signal,
  });
  // The status is the answer. What becomes of the rest of the body, also when it stalls or breaks, changes nothing.
  await response.body.dump({ limit: MAX_RESPONSE_BYTES, signal }).catch(() => undefined);
  const retryAfter = response.headers['retry-after'];
  return { status: response.statusCode, retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter };
};

const unanswered = (error: unknown, signal: AbortSignal, timeLimitMs: number): WebhookFailure => {
  if (signal.aborted) return { message: 'given up before an answer came' };
  if (error instanceof Error && error.name === 'TimeoutError')
    return { message: `no answer within ${timeLimitMs / 1000} s` };
  return { message: messageOf(error) };
};

const judge = (webhook: WebhookRequest, { status, retryAfter }: Answer): TE.TaskEither<WebhookFailure, Answer> => {
  if (status >= 200 && status < 300) return TE.right({ status, retryAfter });
  const waitMs = retryAfterMs(retryAfter, toEpochMs(webhook.sentAt), MAX_RETRY_AFTER_MS);
  return TE.left({
    message: status >= 300 && status < 400 ? `answered ${status}; redirects are not followed` : `answered ${status}`,
    status,
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  });
};

/**
 * Posts a webhook over HTTP/1.1. Any 2xx is success; everything else is a failure, a redirect too. No failure message
 * holds the secret or anything of the answer's body.
 */
export const webhookSender = ({ dispatcher, timeLimitMs = WEBHOOK_TIME_LIMIT_MS }: Dependencies): WebhookSender => ({
  send: (webhook, signal) =>
    pipe(
      TE.tryCatch(
        () => post(dispatcher, webhook, limited(signal, timeLimitMs)),
        (error) => unanswered(error, signal, timeLimitMs),
      ),
      TE.flatMap((answer) => judge(webhook, answer)),
      TE.map(({ status }) => ({ status })),
    ),
  close: () => dispatcher.close(),
});
