import { createHmac, hash, randomFillSync } from 'node:crypto';
import type { ServerSecret } from './server-secret.ts';
import { deriveKey } from './server-secret.ts';

/** Crockford's alphabet in lower case: no i, l, o, u. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** 128 bits (16 bytes) as 26 characters, most significant first, so that order is kept. The first one is 0 to 7. */
export const encodeCrockford128 = (bytes: Uint8Array): string => {
  // 26 characters have room for 130 bits: two zero bits stand in front.
  let text = '';
  let waiting = 0;
  let bits = 2;
  for (const byte of bytes.subarray(0, 16)) {
    waiting = ((waiting << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET.charAt((waiting >> (bits - 5)) & 31);
  }
  return text;
};

/** Bytes drawn from the operating system at once: asking for ten at a time costs more than all else about a uid. */
const POOL_BYTES = 8_192;

/** Random bytes from a pool; each is given out once and then overwritten. `count`: at most the pool's size. */
export const makeRandomPool = (): ((count: number) => Uint8Array) => {
  const pool = new Uint8Array(POOL_BYTES);
  let next = POOL_BYTES;
  return (count) => {
    if (next + count > POOL_BYTES) {
      randomFillSync(pool);
      next = 0;
    }
    const bytes = pool.slice(next, next + count);
    pool.fill(0, next, next + count);
    next += count;
    return bytes;
  };
};

/** Namespace of Holdfast's own ids: uuidv5 of the DNS namespace and `holdfast.events`. Part of the storage format. */
export const HOLDFAST_NAMESPACE = 'db97ae7a-18c1-5655-92f8-ed697de51e58';

const bytesOf = (uuid: string): Uint8Array => Buffer.from(uuid.replaceAll('-', ''), 'hex');

/** Name-based UUID, version 5 (RFC 9562, section 5.5): SHA-1 of the namespace's bytes and the name's UTF-8 bytes. */
export const uuidv5 = (namespace: string, name: string): string => {
  const bytes = hash('sha1', Buffer.concat([bytesOf(namespace), Buffer.from(name, 'utf8')]), 'buffer').subarray(0, 16);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x50);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** Id of a command's event number `ordinal` (from 0): a repeated command repeats the ids of its events (I5). */
export const deterministicId = (commandId: string, ordinal: number): string =>
  uuidv5(HOLDFAST_NAMESPACE, JSON.stringify([commandId, ordinal]));

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

/**
 * Keyed hash of a mail address, in hex: it tells whether two refusals were of one person, and gives the address to nobody
 * who does not have the server secret. Upper and lower case are one.
 */
export const attendeeHash = (secret: ServerSecret): ((email: string) => string) => {
  const key = deriveKey(secret, 'refused-attendee/v1');
  return (email) => createHmac('sha256', key).update(email.trim().toLowerCase()).digest('hex');
};
