import { createHmac, timingSafeEqual } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import {
  type TokenParty,
  type TokenPurpose,
  type BookingTokens,
  TOKEN_LIFE_AFTER_END_MS,
} from '../../application/ports/keys-and-tokens.ts';
import { type ServerSecret, deriveKey } from './server-secret.ts';

/** `g1.<party>.<expiry in epoch seconds>.<HMAC-SHA256 in base64url>`; the booking's uid is signed but not repeated. */
const FORM = /^g1\.(attendee|host)\.(0|[1-9]\d{0,12})\.([A-Za-z0-9_-]{43})$/;

type Claim = {
  readonly bookingUid: string;
  readonly party: TokenParty;
  readonly purpose: TokenPurpose;
  readonly expirySeconds: number;
};

/** JSON of a list keeps the fields apart, whatever they contain. */
const sign = (key: Uint8Array, claim: Claim): Buffer =>
  createHmac('sha256', key)
    .update(JSON.stringify([claim.purpose, claim.bookingUid, claim.party, claim.expirySeconds]))
    .digest();

/** Compared as text, so that of several base64url spellings of the same bytes only the one we issue is taken. */
export const isSameText = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};

/** Signs with a key of its own, derived from the server secret. The signature is looked at before the expiry. */
export const bookingTokens = (secret: ServerSecret): BookingTokens => {
  const key = deriveKey(secret, 'guest-token/v1');
  return {
    issue: ({ bookingEndMs, ...grant }) => {
      const expirySeconds = Math.ceil((bookingEndMs + TOKEN_LIFE_AFTER_END_MS) / 1000);
      const signature = sign(key, { ...grant, expirySeconds }).toString('base64url');
      return `g1.${grant.party}.${expirySeconds}.${signature}`;
    },
    verify: (token, { bookingUid, party, purpose, nowMs }) => {
      const [, claimed, expiry = '', signature = ''] = FORM.exec(token) ?? [];
      if (signature === '') {
        return E.left('malformed');
      }
      const claim: Claim = { bookingUid, party, purpose, expirySeconds: Number(expiry) };
      if (claimed !== party || !isSameText(sign(key, claim).toString('base64url'), signature)) {
        return E.left('not-ours');
      }
      return nowMs > claim.expirySeconds * 1000 ? E.left('expired') : E.right({ party: claim.party });
    },
  };
};
