import { describe, expect, test } from 'vitest';
import { retryAfterMs } from '../../../src/adapters/network/retry-after.ts';

const now = Temporal.Instant.from('1994-11-06T08:49:00Z').epochMilliseconds;
const cap = 3_600_000;

describe('Retry-After', () => {
  test('in seconds', () => {
    expect(retryAfterMs('120', now, cap)).toBe(120_000);
    expect(retryAfterMs(' 0 ', now, cap)).toBe(0);
  });

  test('as a date', () => {
    expect(retryAfterMs('Sun, 06 Nov 1994 08:49:37 GMT', now, cap)).toBe(37_000);
  });

  test.each(['Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])('as a date of old: %s', (date) => {
    expect(retryAfterMs(date, now, cap)).toBe(37_000);
  });

  test('a year of two digits is of this century, or of the last where that is more than 50 years ahead', () => {
    const in2027 = Temporal.Instant.from('2027-11-06T08:49:00Z').epochMilliseconds;
    expect(retryAfterMs('Saturday, 06-Nov-27 08:49:37 GMT', in2027, cap)).toBe(37_000);
    expect(retryAfterMs('Sunday, 06-Nov-94 08:49:37 GMT', in2027, cap)).toBe(0);
    expect(retryAfterMs('Friday, 06-Nov-76 08:49:37 GMT', in2027, cap)).toBe(cap);
  });

  test('is nothing to wait for when the date is past', () => {
    expect(retryAfterMs('Sun, 06 Nov 1994 08:00:00 GMT', now, cap)).toBe(0);
  });

  test('is capped', () => {
    expect(retryAfterMs('999999999999', now, cap)).toBe(cap);
    expect(retryAfterMs('Mon, 06 Nov 2034 08:49:37 GMT', now, cap)).toBe(cap);
  });

  test.each([
    undefined,
    '',
    'soon',
    '-5',
    '1.5',
    'Sun, 31 Feb 1994 08:49:37 GMT',
    'Sun, 06 Foo 1994 08:49:37 GMT',
    'Sun Nov  6 1994',
    'Sunday, 06-Nov-94 08:49:37 CET',
  ])('%s says nothing', (header) => {
    expect(retryAfterMs(header, now, cap)).toBeUndefined();
  });
});
