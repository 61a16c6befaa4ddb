import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Secret, secretOf } from '../../application/secret.ts';

/** 256 bits: nobody tries them all, so that one fast hash keeps them as well as a slow one would (ADR 0018). */
const KEY_BYTES = 32;
const ID_BYTES = 8;

/** `cal_` and hex, as clients of Cal.com's API expect. */
export const newKey = (): Secret => secretOf(`cal_${randomBytes(KEY_BYTES).toString('hex')}`);

export const newKeyId = (): string => `key_${randomBytes(ID_BYTES).toString('hex')}`;

/** SHA-256 in hex. */
export const hashOfKey = (key: string): string => hash('sha256', key, 'hex');

/** Takes the same time wherever two hashes differ. */
export const sameHash = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')];
  return left.length === right.length && timingSafeEqual(left, right);
};
