import { describe, expect, it } from 'vitest';
import { makePermits, type Permits } from '../../../../src/adapters/event-store/eventstoredb/append-permits.ts';

const take = (permits: Permits, count: number) => Array.from({ length: count }, () => permits.acquire());
const isHeld = ({ granted }: { readonly granted: Promise<void> | null }): boolean => granted === null;

describe('permits', () => {
  it('grant the first ones at once, the others in the order of asking', async () => {
    const permits = makePermits({ first: 2, most: 8, patience: 0 });
    const order: Array<number> = [];
    const turns = take(permits, 4);
    turns.forEach(({ granted }, index) => void granted?.then(() => order.push(index)));
    expect(turns.map(isHeld)).toEqual([true, true, false, false]);
    turns[1]?.release();
    turns[0]?.release();
    await turns[3]?.granted;
    expect(order).toEqual([2, 3]);
  });

  it('pass over who left the queue, and count a permit once however often it is given up', () => {
    const permits = makePermits({ first: 1, most: 8, patience: 0 });
    const [first, second] = take(permits, 2);
    second?.release();
    first?.release();
    first?.release();
    expect(take(permits, 2).map(isHeld)).toEqual([true, false]);
  });

  it('are more after each widening, up to the highest number, and as at first after a narrowing', async () => {
    const permits = makePermits({ first: 1, most: 3, patience: 0 });
    const [first, waiting] = take(permits, 2);
    permits.widen();
    await waiting?.granted;
    permits.widen();
    permits.widen();
    const [third, beyond] = take(permits, 2);
    expect([third, beyond].map((turn) => turn !== undefined && isHeld(turn))).toEqual([true, false]);
    beyond?.release();
    permits.narrow();
    for (const turn of [first, third]) turn?.release();
    const next = permits.acquire();
    expect(isHeld(next)).toBe(false);
    waiting?.release();
    await next.granted;
  });

  it('are not more before so many widenings in a row', async () => {
    const permits = makePermits({ first: 1, most: 8, patience: 2 });
    const [, second] = take(permits, 2);
    permits.widen();
    permits.widen();
    permits.narrow();
    permits.widen();
    permits.widen();
    second?.release();
    const third = permits.acquire();
    expect(isHeld(third)).toBe(false);
    permits.widen();
    await third.granted;
  });

  it('are for everybody once they are opened', async () => {
    const permits = makePermits({ first: 1, most: 1, patience: 0 });
    const [, waiting] = take(permits, 2);
    permits.open();
    await waiting?.granted;
    expect(take(permits, 3).every(isHeld)).toBe(true);
  });
});
