import { hkdfSync, randomBytes } from 'node:crypto';

/** 256 bits, made once per installation. Kept in the data file, never printed, never used directly: see `deriveKey`. */
export type ServerSecret = Uint8Array;

export const SERVER_SECRET_BYTES = 32;

export const newServerSecret = (): ServerSecret => randomBytes(SERVER_SECRET_BYTES);

/** One key per purpose, so that a value made for one can never serve for the other. HKDF-SHA256 (RFC 5869), no salt. */
export const deriveKey = (secret: ServerSecret, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), `holdfast/${purpose}`, 32));
