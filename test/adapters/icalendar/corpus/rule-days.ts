import { entry } from './entry.ts';

/** Rule parts that choose days within months, weeks and years (RFC 5545, 3.3.10 and RFC 7529). */
export const ruleDays = [
  entry(
    'last Friday of each month',
    `DTSTART;TZID=Europe/Oslo:20260130T140000
    DURATION:PT1H
    RRULE:FREQ=MONTHLY;BYDAY=-1FR`,
    { busy: '2027-01-29T13:00 2027-07-30T12:00', free: '2027-01-22T13:00 2027-07-23T12:00' },
  ),
  entry(
    'fifth Monday, only where there is one',
    `DTSTART;TZID=Europe/Oslo:20270329T140000
    DURATION:PT1H
    RRULE:FREQ=MONTHLY;BYDAY=5MO`,
    { busy: '2027-03-29T12:00 2027-05-31T12:00', free: '2027-04-26T12:00 2027-06-28T12:00' },
  ),
  entry(
    'last working day by BYSETPOS',
    `DTSTART;TZID=Europe/Oslo:20270129T140000
    DURATION:PT1H
    RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1`,
    { busy: '2027-02-26T13:00 2027-05-31T12:00 2027-10-29T12:00', free: '2027-02-25T13:00 2027-05-28T12:00' },
  ),
  entry(
    'the last of 28, 29, 30 in each month',
    `DTSTART;TZID=Europe/Oslo:20270130T090000
    DURATION:PT1H
    RRULE:FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1`,
    {
      busy: '2027-01-30T08:00 2027-02-28T08:00 2027-03-30T07:00',
      free: '2027-03-28T07:00 2027-03-29T07:00 2027-04-28T07:00 2027-04-29T07:00',
    },
  ),
  entry(
    'second-last day of the month',
    `DTSTART;TZID=Europe/Oslo:20270130T090000
    DURATION:PT1H
    RRULE:FREQ=MONTHLY;BYMONTHDAY=-2`,
    { busy: '2027-02-27T08:00 2028-02-28T08:00', free: '2027-02-28T08:00' },
  ),
  entry(
    'monthly on the 31st: months without are left out',
    `DTSTART;TZID=Europe/Oslo:20270131T090000
    DURATION:PT1H
    RRULE:FREQ=MONTHLY`,
    { busy: '2027-03-31T07:00 2027-05-31T07:00', free: '2027-02-28T08:00 2027-03-03T08:00 2027-04-30T07:00' },
  ),
  entry(
    'SKIP=BACKWARD goes to the month’s last day',
    `DTSTART;VALUE=DATE:20270131
    RRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;COUNT=4`,
    {
      busy: '2027-01-31T12:00 2027-02-28T12:00 2027-03-31T12:00 2027-04-30T12:00',
      free: '2027-02-27T12:00 2027-05-31T12:00',
    },
  ),
  entry(
    'SKIP=FORWARD goes to the next month',
    `DTSTART;VALUE=DATE:20270131
    RRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;COUNT=4`,
    { busy: '2027-01-31T12:00 2027-03-01T12:00 2027-05-01T12:00', free: '2027-02-28T12:00' },
  ),
  entry(
    'RSCALE with SKIP=OMIT',
    `DTSTART;VALUE=DATE:20270131
    RRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT;COUNT=3`,
    { busy: '2027-01-31T12:00 2027-03-31T12:00 2027-05-31T12:00', free: '2027-02-28T12:00 2027-04-30T12:00' },
  ),
  entry(
    'a leap day’s birthday with SKIP=BACKWARD',
    `DTSTART;VALUE=DATE:20240229
    RRULE:RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD`,
    { busy: '2027-02-28T12:00 2028-02-29T12:00', free: '2027-03-01T12:00 2028-02-28T12:00' },
  ),
  entry(
    'yearly from 29 February: in leap years only',
    `DTSTART;VALUE=DATE:20240229
    RRULE:FREQ=YEARLY`,
    { busy: '2028-02-29T12:00', free: '2027-02-28T12:00 2027-03-01T12:00' },
  ),
  entry(
    'yearly from 29 February at a time',
    `DTSTART;TZID=Europe/Oslo:20240229T090000
    DURATION:PT1H
    RRULE:FREQ=YEARLY`,
    { busy: '2028-02-29T08:00', free: '2027-02-28T08:00 2027-03-01T08:00' },
  ),
  entry(
    'the Chinese new year',
    `DTSTART;VALUE=DATE:20130210
    RRULE:RSCALE=CHINESE;FREQ=YEARLY`,
    { busy: '2027-02-06T12:00', free: '2027-02-10T12:00 2027-02-03T12:00' },
  ),
  entry(
    'Monday of week 20',
    `DTSTART:20260511T100000Z
    DURATION:PT1H
    RRULE:FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO`,
    { busy: '2026-05-11T10:00 2027-05-17T10:00', free: '2027-05-24T10:00 2027-05-10T10:00', endToEnd: true },
  ),
  entry(
    'week 53, only in years that have one',
    `DTSTART:20201228T100000Z
    DURATION:PT1H
    RRULE:FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO`,
    { busy: '2026-12-28T10:00', free: '2027-12-27T10:00 2025-12-29T10:00' },
  ),
  entry(
    'the last week of the year',
    `DTSTART:20251222T100000Z
    DURATION:PT1H
    RRULE:FREQ=YEARLY;BYWEEKNO=-1;BYDAY=MO`,
    { busy: '2026-12-28T10:00 2027-12-27T10:00', free: '2027-12-20T10:00' },
  ),
  entry(
    'the 20th Monday of the year',
    `DTSTART:20260518T100000Z
    DURATION:PT1H
    RRULE:FREQ=YEARLY;BYDAY=20MO`,
    // Not end to end: Xandikos stores `RRULE:None` in its place.
    { busy: '2026-05-18T10:00 2027-05-17T10:00', free: '2027-05-10T10:00 2027-05-24T10:00' },
  ),
  entry(
    'the last Sunday of the year',
    `DTSTART:20261227T100000Z
    DURATION:PT1H
    RRULE:FREQ=YEARLY;BYDAY=-1SU`,
    { busy: '2027-12-26T10:00', free: '2027-12-19T10:00 2027-01-31T10:00' },
  ),
  entry(
    'the last Sunday of March each year',
    `DTSTART:20260329T100000Z
    DURATION:PT1H
    RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU`,
    { busy: '2027-03-28T10:00', free: '2027-03-21T10:00 2027-12-26T10:00' },
  ),
  entry(
    'Friday the 13th',
    `DTSTART:20260213T100000Z
    DURATION:PT1H
    RRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13`,
    { busy: '2026-03-13T10:00 2026-11-13T10:00 2027-08-13T10:00', free: '2027-01-13T10:00 2027-08-20T10:00' },
  ),
  entry(
    'the first Saturday after the first Sunday',
    `DTSTART:20270109T100000Z
    DURATION:PT1H
    RRULE:FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13`,
    { busy: '2027-02-13T10:00 2027-05-08T10:00', free: '2027-02-06T10:00 2027-05-15T10:00' },
  ),
  entry(
    'election day',
    `DTSTART;TZID=America/New_York:19961105T090000
    DURATION:PT1H
    RRULE:FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8`,
    { busy: '2024-11-05T14:00 2028-11-07T14:00', free: '2027-11-02T13:00 2026-11-03T14:00' },
  ),
  entry(
    'day 100 and the last day of the year',
    `DTSTART:20260410T100000Z
    DURATION:PT1H
    RRULE:FREQ=YEARLY;BYYEARDAY=100,-1`,
    { busy: '2027-04-10T10:00 2027-12-31T10:00 2028-04-09T10:00', free: '2027-04-09T10:00 2027-12-30T10:00' },
  ),
];
