import { describe, expect, it } from 'vitest';
import { readBusy } from '../../../src/adapters/icalendar/read-icalendar.ts';
import { overlaps } from '../../../src/domain/time/time.ts';
import { corpus } from './corpus/index.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const instant = (text: string): number => Temporal.Instant.from(`${text}:00Z`).epochMilliseconds;

/** What a reader says about one minute, asked for a window of that minute, of a day, or of two months around it. */
const verdict = (text: string, at: number, around: number): 'busy' | 'free' | 'unreadable' => {
  const minute = { start: at, end: at + MINUTE_MS };
  const window = { start: minute.start - around, end: minute.end + around };
  const read = readBusy([text], { window, hostTimeZone: 'Europe/Oslo', except: new Set() });
  if (read.busy.some((busy) => overlaps(busy, minute))) return 'busy';
  return read.unreadable.some(({ blocked }) => blocked === null) ? 'unreadable' : 'free';
};

describe('the corpus of iCalendar objects (host in Europe/Oslo)', () => {
  it('holds at least 150 objects', () => {
    expect(Object.values(corpus).flat().length).toBeGreaterThanOrEqual(150);
  });

  describe.each(Object.entries(corpus))('%s', (_, entries) => {
    it.each(entries.map((one) => [one.name, one] as const))('%s', (__, { text, busy, free, odd }) => {
      if (odd) {
        for (const at of busy) expect(verdict(text, instant(at), DAY_MS)).toBe('busy');
        expect(verdict(text, instant('2027-07-05T09:00'), DAY_MS)).not.toBe('free');
        return;
      }
      for (const around of [0, DAY_MS, 30 * DAY_MS]) {
        for (const at of busy)
          expect({ at, around, is: verdict(text, instant(at), around) }).toMatchObject({ is: 'busy' });
        for (const at of free)
          expect({ at, around, is: verdict(text, instant(at), around) }).toMatchObject({ is: 'free' });
      }
    });
  });
});
