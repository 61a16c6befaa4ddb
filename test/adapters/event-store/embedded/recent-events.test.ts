import { describe, expect, it } from 'vitest';
import { makeRecentEvents } from '../../../../src/adapters/event-store/embedded/subscriptions.ts';
import { recorded } from '../../../../src/adapters/event-store/embedded/log-storage.ts';
import { event } from '../../../contract/event-store/harness.ts';

const filled = (count: number, maxEvents: number, maxBytes = 1e9, bytes = 1) => {
  const recent = makeRecentEvents(maxEvents, maxBytes);
  for (let position = 1; position <= count; position += 1) {
    recent.push(recorded(event(), 'booking-1', position - 1, position), bytes);
  }
  return (after: number, limit = 1000) => recent.after(after, limit)?.map((each) => each.position);
};

describe('recent events', () => {
  it('know nothing before the first event', () => {
    expect(makeRecentEvents().after(0, 10)).toBeUndefined();
  });

  it('answer what comes after a position, at most so many', () => {
    const read = filled(5, 10);
    expect([read(0), read(3), read(1, 2), read(5)]).toEqual([[1, 2, 3, 4, 5], [4, 5], [2, 3], []]);
  });

  it('hold no more events than allowed, and say when they do not reach back far enough', () => {
    const read = filled(25, 10);
    expect(read(15)).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);
    expect(read(14)).toBeUndefined();
  });

  it('hold no more bytes than allowed', () => {
    const read = filled(10, 100, 35, 10);
    expect(read(7)).toEqual([8, 9, 10]);
    expect(read(6)).toBeUndefined();
  });

  it('hold nothing of an event that is bigger than all they may hold', () => {
    expect(filled(1, 10, 5, 10)(0)).toBeUndefined();
  });
});
