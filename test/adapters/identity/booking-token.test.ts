import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { bookingTokens } from '../../../src/adapters/identity/booking-token.ts';
import { deriveKey } from '../../../src/adapters/identity/server-secret.ts';

const secret = new Uint8Array(32).fill(1);
const tokens = bookingTokens(secret);
const DAY_MS = 24 * 60 * 60 * 1000;
const bookingEndMs = 2_546_000_000_000;
const grant = { bookingUid: '01arz3ndektsv4rrffq69g5fav', party: 'attendee', purpose: 'manage', bookingEndMs } as const;
const demand = { bookingUid: grant.bookingUid, party: 'attendee', purpose: 'manage', nowMs: bookingEndMs } as const;

describe('a token of a booking', () => {
  it('is accepted for its own booking, for any uid and end', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(4_000_000_000_000), (bookingUid, end) => {
        const token = tokens.issue({ ...grant, bookingUid, bookingEndMs: end });
        expect(tokens.verify(token, { ...demand, bookingUid, nowMs: end })).toEqual(E.right({ party: 'attendee' }));
        expect(encodeURIComponent(token)).toBe(token);
      }),
    );
  });

  it('is refused for another booking', () => {
    const other = { ...demand, bookingUid: '01arz3ndektsv4rrffq69g5faw' };
    expect(tokens.verify(tokens.issue(grant), other)).toEqual(E.left('not-ours'));
  });

  it('of the guest is none of the host, and of the host none of the guest, also with the party rewritten', () => {
    const [guests, hosts] = [tokens.issue(grant), tokens.issue({ ...grant, party: 'host' })];
    expect(tokens.verify(hosts, { ...demand, party: 'host' })).toEqual(E.right({ party: 'host' }));
    expect(tokens.verify(guests, { ...demand, party: 'host' })).toEqual(E.left('not-ours'));
    expect(tokens.verify(hosts, demand)).toEqual(E.left('not-ours'));
    const rewritten = guests.replace('attendee', 'host');
    expect(tokens.verify(rewritten, { ...demand, party: 'host' })).toEqual(E.left('not-ours'));
  });

  it('is refused under another server secret', () => {
    const token = bookingTokens(new Uint8Array(32).fill(2)).issue(grant);
    expect(tokens.verify(token, demand)).toEqual(E.left('not-ours'));
  });

  it('is refused when any one character is another', () => {
    const token = tokens.issue(grant);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'Aa0-_.9'.split('')), (place, character) => {
        fc.pre(token[place] !== character);
        const altered = token.slice(0, place) + character + token.slice(place + 1);
        expect(E.isLeft(tokens.verify(altered, demand))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused when its expiry is moved', () => {
    const [form, party, expiry, signature] = tokens.issue(grant).split('.');
    const altered = [form, party, Number(expiry) + 1, signature].join('.');
    expect(tokens.verify(altered, demand)).toEqual(E.left('not-ours'));
  });

  it('is valid until thirty days after the end of the booking, and not longer', () => {
    const token = tokens.issue(grant);
    const lastMoment = bookingEndMs + 30 * DAY_MS;
    expect(tokens.verify(token, { ...demand, nowMs: lastMoment })).toEqual(E.right({ party: 'attendee' }));
    expect(tokens.verify(token, { ...demand, nowMs: lastMoment + 1 })).toEqual(E.left('expired'));
  });

  it.each(['', 'g1', 'g1.attendee.1.', 'x'.repeat(10_000)])('is malformed as %j', (text) => {
    expect(tokens.verify(text, demand)).toEqual(E.left('malformed'));
  });
});

describe('deriveKey', () => {
  it('gives another key for each purpose', () => {
    expect(deriveKey(secret, 'guest-token/v1')).not.toEqual(deriveKey(secret, 'booking-uid/v1'));
  });
});
