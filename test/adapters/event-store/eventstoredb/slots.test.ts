import { describe, expect, it } from 'vitest';
import { makeSlots, type Slots } from '../../../../src/adapters/event-store/eventstoredb/slots.ts';

const take = (slots: Slots, count: number) => Array.from({ length: count }, () => slots.take());
const isHeld = ({ granted }: { readonly granted: Promise<void> | null }): boolean => granted === null;

describe('slots', () => {
  it('grant the first ones at once, the others in the order of asking', async () => {
    const slots = makeSlots({ first: 2, most: 8, patience: 0 });
    const order: Array<number> = [];
    const turns = take(slots, 4);
    turns.forEach(({ granted }, index) => void granted?.then(() => order.push(index)));
    expect(turns.map(isHeld)).toEqual([true, true, false, false]);
    turns[1]?.giveUp();
    turns[0]?.giveUp();
    await turns[3]?.granted;
    expect(order).toEqual([2, 3]);
  });

  it('pass over who left the queue, and count a slot once however often it is given up', () => {
    const slots = makeSlots({ first: 1, most: 8, patience: 0 });
    const [first, second] = take(slots, 2);
    second?.giveUp();
    first?.giveUp();
    first?.giveUp();
    expect(take(slots, 2).map(isHeld)).toEqual([true, false]);
  });

  it('are more after each widening, up to the highest number, and as at first after a narrowing', async () => {
    const slots = makeSlots({ first: 1, most: 3, patience: 0 });
    const [first, waiting] = take(slots, 2);
    slots.widen();
    await waiting?.granted;
    slots.widen();
    slots.widen();
    const [third, beyond] = take(slots, 2);
    expect([third, beyond].map((turn) => turn !== undefined && isHeld(turn))).toEqual([true, false]);
    beyond?.giveUp();
    slots.narrow();
    for (const turn of [first, third]) turn?.giveUp();
    const next = slots.take();
    expect(isHeld(next)).toBe(false);
    waiting?.giveUp();
    await next.granted;
  });

  it('are not more before so many widenings in a row', async () => {
    const slots = makeSlots({ first: 1, most: 8, patience: 2 });
    const [, second] = take(slots, 2);
    slots.widen();
    slots.widen();
    slots.narrow();
    slots.widen();
    slots.widen();
    second?.giveUp();
    const third = slots.take();
    expect(isHeld(third)).toBe(false);
    slots.widen();
    await third.granted;
  });

  it('are for everybody once they are opened', async () => {
    const slots = makeSlots({ first: 1, most: 1, patience: 0 });
    const [, waiting] = take(slots, 2);
    slots.open();
    await waiting?.granted;
    expect(take(slots, 3).every(isHeld)).toBe(true);
  });
});
