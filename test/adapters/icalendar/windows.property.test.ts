import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayBounds } from '../../../src/adapters/icalendar/named-days.ts';
import { readBusy } from '../../../src/adapters/icalendar/read-icalendar.ts';
import type { Interval } from '../../../src/domain/time/time.ts';
import { corpus } from './corpus/index.ts';

const DAY_MS = 24 * 3_600_000;
const FROM = Temporal.Instant.from('2026-12-01T00:00Z').epochMilliseconds;

/** Objects whose every occurrence can be told: what is in doubt for a whole window is not the same in each. */
const texts = Object.values(corpus)
  .flat()
  .filter(({ odd }) => !odd)
  .map(({ text }) => text);

const read = (text: string, window: Interval) =>
  readBusy([text], { window, hostTimeZone: 'Europe/Oslo', except: new Set() });

/** Minutes of the window that are busy. */
const minutes = (busy: ReadonlyArray<Interval>, { start, end }: Interval): ReadonlySet<number> => {
  const found = new Set<number>();
  for (const one of busy)
    for (let at = Math.max(one.start, start); at < Math.min(one.end, end); at += 60_000) found.add(at);
  return found;
};

const day = fc.integer({ min: 0, max: 500 });

describe('an occurrence is the same whatever window it is asked for in', () => {
  it('a window in two halves says what the whole says', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        day,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        (text, from, first, second) => {
          const whole = { start: FROM + from * DAY_MS, end: FROM + (from + first + second) * DAY_MS };
          const middle = whole.start + first * DAY_MS;
          const halves = [
            { ...whole, end: middle },
            { ...whole, start: middle },
          ].flatMap((half) => [...minutes(read(text, half).busy, half)]);
          expect(new Set(halves)).toEqual(minutes(read(text, whole).busy, whole));
        },
      ),
      { numRuns: 400 },
    );
  });

  // Not the same: of a series every minute, a window of years tells no more than that it is busy.
  it('what begins or ends elsewhere is not lost: a wider window holds what a narrow one says', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), day, fc.integer({ min: 1, max: 400 }), (text, from, around) => {
        const narrow = { start: FROM + from * DAY_MS, end: FROM + (from + 1) * DAY_MS };
        const wide = { start: narrow.start - around * DAY_MS, end: narrow.end + around * DAY_MS };
        const lost = minutes(read(text, narrow).busy, narrow).difference(minutes(read(text, wide).busy, narrow));
        expect(lost).toEqual(new Set());
      }),
      { numRuns: 400 },
    );
  });

  it('reading twice says the same, and twice the object no more than once', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), day, (text, from) => {
        const window = { start: FROM + from * DAY_MS, end: FROM + (from + 30) * DAY_MS };
        const once = read(text, window);
        expect(read(text, window)).toEqual(once);
        const twice = readBusy([text, text], { window, hostTimeZone: 'Europe/Oslo', except: new Set() });
        expect(minutes(twice.busy, window)).toEqual(minutes(once.busy, window));
      }),
      { numRuns: 200 },
    );
  });

  it('an object takes no time outside of the days that are told at a glance', () => {
    const bounded = texts.flatMap((text) => {
      const bounds = dayBounds(text);
      return bounds === null ? [] : [{ text, bounds }];
    });
    expect(bounded.length).toBeGreaterThan(20);
    for (const { text, bounds } of bounded) {
      const all = { start: FROM - 4_000 * DAY_MS, end: FROM + 8_000 * DAY_MS };
      const found = read(text, all).busy;
      expect(found.filter(({ start, end }) => start < bounds.start || end > bounds.end)).toEqual([]);
    }
  });
});
