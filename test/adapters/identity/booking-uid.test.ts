import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UID_RANDOM_BYTES, bookingUidFromKey, timeOrderedUid } from '../../../src/adapters/identity/ids.ts';

const UID = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;
const secret = new Uint8Array(32).fill(7);
const random = fc.uint8Array({ minLength: UID_RANDOM_BYTES, maxLength: UID_RANDOM_BYTES });
const epochMs = fc.nat(2 ** 48 - 1);

describe('timeOrderedUid', () => {
  it('gives the timestamp part of the example in the ULID specification, in lower case', () => {
    expect(timeOrderedUid(1_469_922_850_259, new Uint8Array(10))).toBe(`01arz3ndek${'0'.repeat(16)}`);
  });

  it('is 26 characters of lower-case Crockford base32, without a dash', () => {
    fc.assert(fc.property(epochMs, random, (now, bytes) => UID.test(timeOrderedUid(now, bytes))));
  });

  it('sorts by time, then by the random part', () => {
    fc.assert(
      fc.property(epochMs, random, epochMs, random, (nowA, a, nowB, b) => {
        const expected = Math.sign(nowA - nowB) || Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));
        const [uidA, uidB] = [timeOrderedUid(nowA, a), timeOrderedUid(nowB, b)];
        expect(uidA < uidB ? -1 : Number(uidA > uidB)).toBe(expected);
      }),
    );
  });
});

describe('bookingUidFromKey', () => {
  it('has the shape of every other uid', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (scope, key) => UID.test(bookingUidFromKey(secret)(scope, key))));
  });

  it('is the same for the same scope and key, and differs for all others', () => {
    const asked = fc.tuple(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }));
    const uid = bookingUidFromKey(secret);
    fc.assert(
      fc.property(asked, asked, ([scope, key], [otherScope, otherKey]) => {
        const same = scope === otherScope && key === otherKey;
        expect(uid(scope, key) === uid(otherScope, otherKey)).toBe(same);
      }),
    );
  });

  it('keeps scope and key apart', () => {
    const uid = bookingUidFromKey(secret);
    expect(uid('demo', '1-a')).not.toBe(uid('demo1', '-a'));
  });

  it('cannot be computed without the server secret', () => {
    const other = new Uint8Array(32).fill(8);
    expect(bookingUidFromKey(secret)('demo', 'key-1')).not.toBe(bookingUidFromKey(other)('demo', 'key-1'));
  });
});
