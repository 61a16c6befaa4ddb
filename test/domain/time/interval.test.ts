import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coalesce, overlaps } from '../../../src/domain/time/time.ts';

const interval = fc
  .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 10 }))
  .map(([start, length]) => ({ start, end: start + length }));

describe('intervals', () => {
  it('that only touch do not overlap', () => {
    expect(overlaps({ start: 0, end: 10 }, { start: 10, end: 20 })).toBe(false);
    expect(overlaps({ start: 0, end: 11 }, { start: 10, end: 20 })).toBe(true);
    expect(overlaps({ start: 12, end: 13 }, { start: 10, end: 20 })).toBe(true);
  });

  it('coalesce to the same time, in order and apart', () => {
    fc.assert(
      fc.property(fc.array(interval), (intervals) => {
        const apart = coalesce(intervals);
        for (let moment = 0; moment <= 50; moment += 1) {
          const lies = ({ start, end }: { start: number; end: number }) => start <= moment && moment < end;
          expect(apart.filter(lies).length).toBe(intervals.some(lies) ? 1 : 0);
        }
        apart.slice(1).forEach((next, index) => {
          expect(next.start).toBeGreaterThan(apart[index]?.end ?? Number.NaN);
        });
      }),
    );
  });
});
