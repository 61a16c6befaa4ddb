/** Crockford's alphabet in lower case: no i, l, o, u. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** 128 bits (16 bytes) as 26 characters, most significant first, so that order is kept. The first one is 0 to 7. */
export const encodeCrockford128 = (bytes: Uint8Array): string => {
  const value = bytes.subarray(0, 16).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return Array.from({ length: 26 }, (_, place) => ALPHABET[Number((value >> BigInt(5 * (25 - place))) & 31n)]).join('');
};
