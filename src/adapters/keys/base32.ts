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
