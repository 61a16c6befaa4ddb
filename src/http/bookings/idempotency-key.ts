import * as E from 'fp-ts/lib/Either.js';
import type { ApiError } from '../errors/api-error.ts';
import { fieldErrors } from '../errors/api-error.ts';

/** Characters. */
const MAX_IDEMPOTENCY_KEY = 255;

const message = `Idempotency-Key must be 1 to ${MAX_IDEMPOTENCY_KEY} visible ASCII characters`;

/**
 * The key of `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), null without one. The draft writes it as a
 * quoted string, most clients as it is: both are the same key.
 */
export const idempotencyKey = (header: string | undefined): E.Either<ApiError, string | null> => {
  if (header === undefined) return E.right(null);
  const key = /^"[^"]*"$/.test(header) ? header.slice(1, -1) : header;
  return key.length <= MAX_IDEMPOTENCY_KEY && /^[\x21-\x7e]+$/.test(key)
    ? E.right(key)
    : E.left(fieldErrors([{ field: 'Idempotency-Key', code: 'invalid', message }], 'invalid_idempotency_key'));
};
