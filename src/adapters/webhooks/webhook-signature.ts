import { createHmac } from 'node:crypto';

/** What Cal.com sends where a subscriber has no secret. */
const NO_SECRET = 'no-secret-provided';

/** Lower-case hex HMAC-SHA256 (RFC 2104) of the UTF-8 bytes of `text`. */
const hmac = (secret: string, text: string): string => createHmac('sha256', secret).update(text, 'utf8').digest('hex');

/** `X-Cal-Signature-256` as Cal.com signs: over the body alone, so it cannot tell a replay. */
export const calSignature = (secret: string | null, body: string): string =>
  secret === null ? NO_SECRET : hmac(secret, body);

/** `X-Holdfast-Signature-256`: over `id.timestamp.body`, the signed content of Standard Webhooks, so that old requests can be refused. */
export const holdfastSignature = (
  secret: string,
  request: { readonly deliveryId: string; readonly sentAt: string; readonly body: string },
): string => hmac(secret, `${request.deliveryId}.${request.sentAt}.${request.body}`);
