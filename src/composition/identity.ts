import { randomBytes, randomUUID } from 'node:crypto';
import { sha256Hex } from '../adapters/hashing/sha256.ts';
import { deterministicId } from '../adapters/identity/ids.ts';
import type { Identity } from '../application/ports/clock-and-ids.ts';

/** Ids and randomness of the running program. */
export const systemIdentity: Identity = {
  sha256: sha256Hex,
  eventId: deterministicId,
  newCommandId: () => randomUUID(),
  newSalt: () => randomBytes(16).toString('hex'),
  jitter: Math.random,
};
