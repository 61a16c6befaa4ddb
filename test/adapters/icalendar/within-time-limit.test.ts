import { expect, it } from 'vitest';
import { withinTimeLimit } from '../../../src/adapters/icalendar/within-time-limit.ts';

const forEver = (): object => {
  for (;;) if (performance.now() < 0) return {};
};

it('answers with what was computed', () => {
  const result = { done: true };
  expect(withinTimeLimit(1_000, () => result)).toBe(result);
});

it('passes on what was thrown', () => {
  expect(() =>
    withinTimeLimit(1_000, () => {
      throw new RangeError('mine');
    }),
  ).toThrow(RangeError);
});

it('ends what never ends, and works again afterwards', () => {
  expect(() => withinTimeLimit(20, forEver)).toThrow('timed out');
  expect(withinTimeLimit(1_000, () => [1])).toEqual([1]);
});
