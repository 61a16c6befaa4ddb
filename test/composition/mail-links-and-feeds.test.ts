import { expect, it } from 'vitest';
import { bookingTokens } from '../../src/adapters/identity/booking-token.ts';
import { makeMailLinks } from '../../src/composition/mail-links-and-feeds.ts';

const tokens = bookingTokens(new Uint8Array(32).fill(7));
const end = '2050-09-05T07:30:00Z';

it('mails lead to the public address; where nobody knows it they have no links', () => {
  const links = makeMailLinks(() => 'https://book.example', tokens);
  expect(links.manage('b1', end)).toMatch(/^https:\/\/book\.example\/bookings\/b1\?token=./);
  expect(links.host('b1', end)).toMatch(/^https:\/\/book\.example\/bookings\/b1\/host\?token=./);
  const unknown = makeMailLinks(() => null, tokens);
  expect([unknown.manage('b1', end), unknown.host('b1', end)]).toEqual([null, null]);
});
