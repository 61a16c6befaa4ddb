import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexed, scanned } from '../../../src/domain/availability/occupancy.ts';

const interval = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 12 }))
  .map(([start, length]) => ({ start, end: start + length }));
const wanted = interval.filter(({ start, end }) => start < end);
const claim = fc.record({
  claim: interval,
  start: fc.integer({ min: 0, max: 60 }),
  eventTypeId: fc.constantFrom(1, 2),
  bookingUid: fc.constantFrom('a', 'b', 'c'),
});
const known = fc.record({ now: fc.constant(0), claims: fc.array(claim), busy: fc.array(interval) });

describe('what is taken', () => {
  it('is the same whether scanned or looked up', () => {
    fc.assert(
      fc.property(known, wanted, fc.constantFrom('a', undefined), (facts, asked, except) => {
        const one = scanned(facts, 1, except);
        const other = indexed(facts, 1, except);
        expect(other.isClaimed(asked)).toBe(one.isClaimed(asked));
        expect(other.isBusy(asked)).toBe(one.isBusy(asked));
        expect(other.startsIn(asked)).toBe(one.startsIn(asked));
      }),
      { numRuns: 1000 },
    );
  });

  it('is found in a long claim that began before others', () => {
    const busy = [
      { start: 0, end: 50 },
      { start: 10, end: 20 },
    ];
    for (const occupancyOf of [scanned, indexed]) {
      const { isBusy } = occupancyOf({ now: 0, claims: [], busy }, 1, undefined);
      expect(isBusy({ start: 30, end: 40 })).toBe(true);
      expect(isBusy({ start: 50, end: 60 })).toBe(false);
    }
  });
});
