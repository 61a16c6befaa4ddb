import { expect, it } from 'vitest';
import { backoffMs } from '../../../src/domain/time/time.ts';

it('the first wait is doubled after each attempt, up to the cap, however many there were', () => {
  expect([1, 2, 3, 4, 5, 1_000_000].map((attempt) => backoffMs(100, 1_000, attempt))).toEqual([
    100, 200, 400, 800, 1_000, 1_000,
  ]);
});
