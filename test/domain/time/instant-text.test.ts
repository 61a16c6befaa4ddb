import { describe, expect, it } from 'vitest';
import { localeOf, momentText, otherZoneLine, spanLines } from '../../../src/domain/time/instant-text.ts';

const span = (start: string, end: string) => ({ start, end });
const GB = 'en-GB';

describe('an instant as it is shown', () => {
  it('have the offset of their own day, in winter and in summer', () => {
    const winter = span('2050-01-05T09:00:00Z', '2050-01-05T09:30:00Z');
    const summer = span('2050-07-05T09:00:00Z', '2050-07-05T09:30:00Z');
    expect(spanLines(winter, 'Europe/Oslo', GB)).toEqual([
      'Wednesday, 5 January 2050',
      '10:00 – 10:30 Europe/Oslo (UTC+01:00)',
    ]);
    expect(spanLines(summer, 'Europe/Oslo', GB)).toEqual([
      'Tuesday, 5 July 2050',
      '11:00 – 11:30 Europe/Oslo (UTC+02:00)',
    ]);
  });

  it('across a change of the clocks say both offsets', () => {
    const night = span('2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z');
    expect(spanLines(night, 'Europe/Oslo', GB)[1]).toBe('02:30 (UTC+02:00) – 02:30 Europe/Oslo (UTC+01:00)');
  });

  it('over midnight say the date of the end', () => {
    const late = span('2050-09-05T21:30:00Z', '2050-09-05T22:30:00Z');
    expect(spanLines(late, 'Europe/Oslo', GB)).toEqual([
      'Monday, 5 September 2050',
      '23:30 – Tuesday, 6 September 2050, 00:30 Europe/Oslo (UTC+02:00)',
    ]);
  });

  it('of the other side have their date only where it is another day', () => {
    const evening = span('2050-09-05T16:00:00Z', '2050-09-05T16:30:00Z');
    expect(otherZoneLine(evening, 'Europe/Oslo', 'Europe/London', GB)).toBe('17:00 – 17:30 Europe/London (UTC+01:00)');
    expect(otherZoneLine(evening, 'Europe/Oslo', 'Asia/Tokyo', GB)).toBe(
      'Tuesday, 6 September 2050, 01:00 – 01:30 Asia/Tokyo (UTC+09:00)',
    );
  });

  it('in an unknown zone are UTC and say so', () => {
    expect(momentText('2050-09-05T09:00:00Z', 'Mars/Olympus', GB)).toBe('Monday, 5 September 2050, 09:00 UTC');
  });

  it('follow the country of the reader where the language says one', () => {
    expect(momentText('2050-09-05T19:00:00Z', 'America/New_York', localeOf('en-US'))).toBe(
      'Monday, September 5, 2050, 3:00 PM America/New York (UTC-04:00)',
    );
    for (const tag of ['en', 'nb', 'en-!!', '', 'x'.repeat(50)]) expect(localeOf(tag)).toBe(GB);
  });
});
