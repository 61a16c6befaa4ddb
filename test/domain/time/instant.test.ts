import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toEpochMs, toInstant } from '../../../src/domain/time/time.ts';

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

test('an instant in whole seconds is read as Temporal reads it', () => {
  fc.assert(
    fc.property(fc.integer({ min: -LIMIT_MS / 1000, max: LIMIT_MS / 1000 }), (seconds) => {
      expect(toEpochMs(byTemporal(seconds * 1000))).toBe(seconds * 1000);
    }),
    { numRuns: 1_000 },
  );
  for (const other of ['2050-09-05T09:00:60Z', '2050-09-05T11:00+02:00', '2050-09-05T09:00:00.5Z', '2050-09-05T09Z'])
    expect(toEpochMs(other)).toBe(Temporal.Instant.from(other).epochMilliseconds);
});

test('what is no instant is refused', () => {
  expect(() => toInstant(LIMIT_MS + 86_400_000)).toThrow(RangeError);
  for (const none of [
    '2026-02-30T09:00:00Z',
    '2026-13-01T09:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T09:60:00Z',
    '',
  ])
    expect(() => toEpochMs(none)).toThrow(RangeError);
});
