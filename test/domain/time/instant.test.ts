import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toEpochMs, toInstant } from '../../../src/domain/time/instant.ts';

/** ECMAScript's range of instants, in milliseconds around 1970. */
const LIMIT_MS = 8.64e15;
const byTemporal = (epochMs: number): string => Temporal.Instant.fromEpochMilliseconds(epochMs).toString();

test('an instant is spelled as Temporal spells it, and read back as it was', () => {
  fc.assert(
    fc.property(fc.integer({ min: -LIMIT_MS, max: LIMIT_MS }), (epochMs) => {
      expect(toInstant(epochMs)).toBe(byTemporal(epochMs));
      expect(toEpochMs(toInstant(epochMs))).toBe(epochMs);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  0,
  -1,
  1,
  1_000,
  1_050,
  86_399_999,
  86_400_000,
  253_402_300_799_999,
  253_402_300_800_000,
  LIMIT_MS,
  -LIMIT_MS,
])('the edges as well: %d', (epochMs) => {
  expect(toInstant(epochMs)).toBe(byTemporal(epochMs));
});

test('what is no instant is refused', () => {
  expect(() => toInstant(LIMIT_MS + 86_400_000)).toThrow(RangeError);
  expect(() => toEpochMs('2026-02-30T09:00:00Z')).toThrow(RangeError);
});
