import { expect, test } from 'vitest';
import { makeRandomPool } from '../../../src/adapters/identity/ids.ts';

test('gives bytes out once, across refills of the pool, and none that are left over from giving', () => {
  const random = makeRandomPool();
  const drawn = Array.from({ length: 5_000 }, () => random(10));
  expect(new Set(drawn.map((bytes) => bytes.join())).size).toBe(5_000);
  expect(drawn.every((bytes) => bytes.length === 10 && bytes.some((byte) => byte !== 0))).toBe(true);
});

test('what was given out does not change afterwards', () => {
  const random = makeRandomPool();
  const first = random(16);
  const copy = [...first];
  for (let draws = 0; draws < 2_000; draws += 1) random(16);
  expect([...first]).toEqual(copy);
});
