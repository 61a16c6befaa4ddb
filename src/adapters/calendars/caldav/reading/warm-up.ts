import { compileObject } from '../../../icalendar/compile-object.ts';
import { busyOfObject } from '../../../icalendar/read-icalendar.ts';

const SAMPLE = [
  'BEGIN:VCALENDAR',
  'BEGIN:VTIMEZONE',
  'TZID:Sample',
  'BEGIN:STANDARD',
  'DTSTART:16010101T030000',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
  'END:STANDARD',
  'BEGIN:DAYLIGHT',
  'DTSTART:16010101T020000',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
  'BEGIN:VEVENT',
  'UID:sample',
  'DTSTART;TZID=Sample:20200106T090000',
  'DTEND;TZID=Sample:20200106T100000',
  'RRULE:FREQ=WEEKLY;BYDAY=MO',
  'END:VEVENT',
  'END:VCALENDAR',
].join('\n');

const ROUNDS = 120;
const WEEK_MS = 7 * 24 * 3_600_000;

/** Reads a sample, so that the code is compiled when the first calendar comes. */
export const warmUp = (): void => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = Temporal.Instant.from('2026-01-05T00:00Z').epochMilliseconds + round * WEEK_MS;
    busyOfObject(compileObject(SAMPLE, 'UTC'), { start, end: start + WEEK_MS }, new Set());
  }
};
