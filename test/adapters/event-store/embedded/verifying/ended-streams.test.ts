import { describe, expect, it } from 'vitest';
import { packEnds, unpackEnds } from '../../../../../src/adapters/event-store/embedded/verifying/ended-streams.ts';
import type { EndedStream } from '../../../../../src/application/audit/stream-verifier.ts';

const booking = {
  uid: 'one',
  revision: 3,
  position: 9,
  at: 1_000,
  phase: 'accepted',
  isLive: true,
  isJudged: true,
  schedule: 'schedule-odd',
  own: 0,
  times: [[1, 2, 1, 2, 5, 900, -1, -1]],
} as const;
const rules = { hostId: 'odd', digests: ['d'] };
const ends: ReadonlyArray<EndedStream> = [
  { bookings: [booking], held: [], heads: [] },
  { bookings: [], held: [], heads: [], rules },
  { bookings: [{ ...booking, uid: 'two', isLive: false }], held: [], heads: [] },
];

describe('how streams have ended, from thread to thread', () => {
  it('is the same afterwards, the bookings first', () => {
    expect(unpackEnds(packEnds(ends))).toEqual([
      { bookings: [booking, { ...booking, uid: 'two', isLive: false }], held: [], heads: [] },
      { bookings: [], held: [], heads: [], rules },
    ]);
  });

  it('says of a booking and of what it names once each, whatever else its stream says', () => {
    const both = { bookings: [booking], held: [], heads: [], rules };
    expect(unpackEnds(packEnds([both]))).toEqual([
      { bookings: [booking], held: [], heads: [] },
      { bookings: [], held: [], heads: [], rules },
    ]);
  });
});
