import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { reveal, type Secret } from '../../application/secret.ts';

/** 256 bits, given to all nodes or made once and kept in the data file. Never printed, never used directly: see `deriveKey`. */
export type ServerSecret = Uint8Array;

export const SERVER_SECRET_BYTES = 32;

export const newServerSecret = (): ServerSecret => randomBytes(SERVER_SECRET_BYTES);

/** The secret that a text stands for; whoever gives it sees to it that the text cannot be guessed. */
export const serverSecretOf = (given: Secret): ServerSecret => createHash('sha256').update(reveal(given)).digest();

/** One key per purpose, so that a value made for one can never serve for the other. HKDF-SHA256 (RFC 5869), no salt. */
export const deriveKey = (secret: ServerSecret, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), `holdfast/${purpose}`, 32));

/** Tells two secrets apart and gives none of them away: 256 bits in hex, made in one direction from a secret that nobody can guess. */
export const secretFingerprint = (secret: ServerSecret): string =>
  Buffer.from(deriveKey(secret, 'fingerprint/v1')).toString('hex');
