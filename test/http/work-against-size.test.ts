import { describe, expect, test } from 'vitest';
import { fuzzedCodecs } from '../support/fuzz/codecs.ts';
import { decodeCreateBody } from '../../src/http/bookings/create-body.ts';
import { introBody } from '../support/booking-bodies.ts';
import { isObject } from '../../src/domain/unknown.ts';

/** Counts how often a value is looked at: its keys are listed, or one of them is read or asked for. */
const counted = (value: unknown) => {
  let looks = 0;
  const look = <A>(answer: A): A => {
    looks += 1;
    return answer;
  };
  const watched = (inner: unknown): unknown =>
    isObject(inner) || Array.isArray(inner)
      ? new Proxy(inner, {
          get: (target, key) => look(watched(Reflect.get(target, key))),
          has: (target, key) => look(Reflect.has(target, key)),
          ownKeys: (target) => look(Reflect.ownKeys(target)),
          getOwnPropertyDescriptor: (target, key) => look(Reflect.getOwnPropertyDescriptor(target, key)),
        })
      : inner;
  return { value: watched(value), looks: () => looks };
};

const named = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`name${n}`, n]));
const guests = (count: number) => Array.from({ length: count }, (_, n) => `not an address ${n}`);

describe('work against size, counted', () => {
  const looksAt = (body: unknown): number => {
    const { value, looks } = counted(body);
    decodeCreateBody(value);
    return looks();
  };

  test.each([
    ['unknown names', (n: number) => named(n)],
    ['answers to questions', (n: number) => introBody({ bookingFieldsResponses: named(n) })],
    ['metadata', (n: number) => introBody({ metadata: named(n) })],
    ['guests', (n: number) => introBody({ guests: guests(n) })],
    ['unknown names of the attendee', (n: number) => introBody({ attendee: named(n) })],
  ])('given twice as many %s, then a body is looked at no more than twice as often', (_, make) => {
    const [once, twice] = [looksAt(make(2_000)), looksAt(make(4_000))];
    expect(once).toBeGreaterThan(0);
    expect(twice).toBeLessThanOrEqual(2 * once);
  });

  test('given a longer list than may be, then none of it is read', () => {
    expect(looksAt(introBody({ guests: guests(4_000) }))).toBe(looksAt(introBody({ guests: guests(31) })));
  });
});

/** Milliseconds of the processor; the least of some runs, as others only add to it. */
const cpuOf = async (read: (text: string) => unknown, text: string): Promise<number> => {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3; run += 1) {
    const before = process.threadCpuUsage();
    await read(text);
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
};

/** UTF-16 units. What grows with the square makes 16 times the work of four times the size. */
const SIZE = 16_000;
const MOST_GROWTH = 9;
/** Milliseconds below which a measure tells nothing. */
const NOISE_MS = 4;

describe('work against size, measured on the processor where a library or a regular expression does it', () => {
  test.each(fuzzedCodecs)('given four times as much for $name, then four times the work', async ({ read, grown }) => {
    const [small, large] = [grown(SIZE), grown(4 * SIZE)];
    await read(small);
    let [before, after] = [await cpuOf(read, small), await cpuOf(read, large)];
    // A machine with much else to do can spoil one measure.
    for (let again = 0; again < 3 && after > MOST_GROWTH * Math.max(before, NOISE_MS); again += 1)
      [before, after] = [await cpuOf(read, small), await cpuOf(read, large)];
    expect(after).toBeLessThanOrEqual(MOST_GROWTH * Math.max(before, NOISE_MS));
  });
});
