import * as E from 'fp-ts/lib/Either.js';
import { mailboxKey } from '../../domain/mail/mail-address.ts';
import { type ApiError, fieldErrors } from '../errors/api-error.ts';
import type { Caller, Headers } from '../transport/endpoint.ts';

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

/** Longest wait that a client can ask for, in seconds. */
const MAX_WAIT_S = 30;

/** How long to wait for a decision, in milliseconds, and what `Preference-Applied` says; null: nothing was preferred. */
export type Waiting = { readonly waitMs: number; readonly applied: string | null };

/**
 * `Prefer: wait=n` and `respond-async` (RFC 7240). With both, the answer waits n seconds and then goes out as things
 * stand, which is what it does anyway. What is not understood is ignored, as the RFC wants.
 */
export const waitingOf = (prefer: string | undefined, answerWaitMs: number): Waiting => {
  if (prefer === undefined) return { waitMs: answerWaitMs, applied: null };
  const preferences = prefer.split(',').map((one) => (one.split(';')[0] ?? '').trim().toLowerCase());
  const seconds = preferences
    .map((one) => /^wait\s*=\s*"?(\d{1,9})"?$/.exec(one)?.[1])
    .find((one) => one !== undefined);
  if (seconds !== undefined) {
    const wait = Math.min(Number(seconds), MAX_WAIT_S);
    return { waitMs: wait * 1000, applied: `wait=${wait}` };
  }
  return preferences.includes('respond-async')
    ? { waitMs: 0, applied: 'respond-async' }
    : { waitMs: answerWaitMs, applied: null };
};

export const appliedHeader = ({ applied }: Waiting): Headers =>
  applied === null ? {} : { 'Preference-Applied': applied };

/**
 * Whose Idempotency-Key it is: the API key's, or of a stranger the mailbox that they book for. Strangers choose the same
 * keys ("1"), and one must not use up another's. No id of an API key has a blank in it. See ADR 0049.
 */
export const keyScope = (caller: Caller, email: string): string => caller?.id ?? `stranger ${mailboxKey(email)}`;
