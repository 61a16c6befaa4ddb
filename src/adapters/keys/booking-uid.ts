import { createHmac } from 'node:crypto';
import { encodeCrockford128 } from './base32.ts';
import { deriveKey, type ServerSecret } from './server-secret.ts';

/** Random part of a time-ordered uid, in bytes. */
export const UID_RANDOM_BYTES = 10;

/**
 * Uid of a booking that was asked for without an Idempotency-Key: 48 bits of epoch milliseconds and 80 random bits
 * (the layout of a ULID) as 26 lower-case Crockford base32 characters. Later milliseconds sort later.
 */
export const timeOrderedUid = (nowMs: number, randomBytes: Uint8Array): string => {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(nowMs) << 16n);
  bytes.set(randomBytes.subarray(0, UID_RANDOM_BYTES), 6);
  return encodeCrockford128(bytes);
};

/**
 * Uid of a booking that was asked for with an Idempotency-Key: the same key in the same scope meets the same stream.
 * Keyed with the server secret, so that a guessable key gives no guessable uid. `scope` tells callers apart.
 */
export const bookingUidFromKey = (secret: ServerSecret): ((scope: string, idempotencyKey: string) => string) => {
  const key = deriveKey(secret, 'booking-uid/v1');
  return (scope, idempotencyKey) =>
    encodeCrockford128(
      createHmac('sha256', key)
        .update(JSON.stringify([scope, idempotencyKey]))
        .digest(),
    );
};
