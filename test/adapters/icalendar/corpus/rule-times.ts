import { entry } from './entry.ts';

/** Rules by the day, hour, minute and second, several rules, and rules that are written oddly. */
export const ruleTimes = [
  entry(
    'two times of each day',
    `DTSTART;TZID=Europe/Oslo:20270104T090000
    DURATION:PT30M
    RRULE:FREQ=DAILY;BYHOUR=9,13;BYMINUTE=0,45`,
    {
      busy: '2027-01-05T08:00 2027-01-05T08:45 2027-01-05T12:00 2027-01-05T12:45',
      free: '2027-01-05T08:30 2027-01-05T11:00 2027-01-05T13:15',
    },
  ),
  entry(
    'hourly within the working day',
    `DTSTART;TZID=Europe/Oslo:20270104T090000
    DURATION:PT15M
    RRULE:FREQ=HOURLY;BYHOUR=9,10,11;BYDAY=MO`,
    { busy: '2027-01-11T08:00 2027-01-11T10:00', free: '2027-01-11T08:15 2027-01-11T11:00 2027-01-12T08:00' },
  ),
  entry(
    'each third hour',
    `DTSTART:20270104T000000Z
    DURATION:PT30M
    RRULE:FREQ=HOURLY;INTERVAL=3`,
    { busy: '2027-02-01T03:00 2027-02-01T21:00', free: '2027-02-01T04:00 2027-02-01T03:30' },
  ),
  entry(
    'daily with working days only',
    `DTSTART;TZID=Europe/Oslo:20270101T090000
    DURATION:PT1H
    RRULE:FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR`,
    { busy: '2027-01-04T08:00 2027-01-08T08:00', free: '2027-01-09T08:00 2027-01-10T08:00' },
  ),
  entry(
    'daily in one month of the year',
    `DTSTART;TZID=Europe/Oslo:20260701T090000
    DURATION:PT1H
    RRULE:FREQ=DAILY;BYMONTH=7`,
    { busy: '2027-07-01T07:00 2027-07-31T07:00', free: '2027-06-30T07:00 2027-08-01T07:00' },
  ),
  entry(
    'daily since 1970',
    `DTSTART;TZID=Europe/Oslo:19700101T090000
    DURATION:PT1H
    RRULE:FREQ=DAILY`,
    { busy: '2027-01-04T08:00 2027-07-05T07:00', free: '2027-01-04T09:00 2027-07-05T08:00', endToEnd: true },
  ),
  entry(
    'every 17 days since 1970',
    `DTSTART:19700101T090000Z
    DURATION:PT1H
    RRULE:FREQ=DAILY;INTERVAL=17`,
    { busy: '2027-01-07T09:00 2027-01-24T09:00', free: '2027-01-06T09:00 2027-01-08T09:00' },
  ),
  entry(
    'several rules are a union',
    `DTSTART:20270705T100000Z
    DURATION:PT1H
    RRULE:FREQ=DAILY;COUNT=2
    RRULE:FREQ=WEEKLY;COUNT=3`,
    {
      busy: '2027-07-05T10:00 2027-07-06T10:00 2027-07-12T10:00 2027-07-19T10:00',
      free: '2027-07-07T10:00 2027-07-26T10:00',
      endToEnd: true,
    },
  ),
  entry(
    'a rule in lower case',
    `DTSTART:20270705T100000Z
    DURATION:PT1H
    RRULE:freq=daily;count=3`,
    { busy: '2027-07-07T10:00', free: '2027-07-08T10:00', endToEnd: true },
  ),
  entry(
    'blanks inside a rule',
    `DTSTART:20270705T100000Z
    DURATION:PT1H
    RRULE:FREQ=WEEKLY; BYDAY=MO, TU; COUNT=4`,
    { busy: '2027-07-06T10:00 2027-07-13T10:00', free: '2027-07-14T10:00 2027-07-19T10:00' },
  ),
  entry(
    'blanks between days',
    `DTSTART:20270705T100000Z
    DURATION:PT1H
    RRULE:FREQ=WEEKLY;BYDAY=MO, TU`,
    // Not end to end: Xandikos stores `RRULE:None` in its place.
    { busy: '2027-07-13T10:00', free: '2027-07-14T10:00' },
  ),
  entry(
    'a semicolon at the end of the rule',
    `DTSTART:20270705T100000Z
    DURATION:PT1H
    RRULE:FREQ=DAILY;COUNT=3;`,
    { busy: '2027-07-07T10:00', free: '2027-07-08T10:00' },
  ),
  entry(
    'a rule that never matches: the start alone',
    `DTSTART:20270705T100000Z
    DURATION:PT1H
    RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30`,
    { busy: '2027-07-05T10:00', free: '2027-07-06T10:00 2028-02-29T10:00' },
  ),
  entry(
    'the exclusion rule of old calendars',
    `DTSTART:20270705T100000Z
    DURATION:PT1H
    RRULE:FREQ=DAILY
    EXRULE:FREQ=WEEKLY;BYDAY=WE`,
    { busy: '2027-07-06T10:00 2027-07-08T10:00', free: '2027-07-06T11:00' },
  ),
  entry(
    'UNTIL and COUNT together: whichever is later',
    `DTSTART:20270705T100000Z
    DURATION:PT1H
    RRULE:FREQ=DAILY;COUNT=2;UNTIL=20270708T100000Z`,
    { busy: '2027-07-06T10:00 2027-07-08T10:00', free: '2027-07-09T10:00' },
  ),
  entry(
    'each night over a change of the offset',
    `DTSTART;TZID=Europe/Oslo:20270326T233000
    DTEND;TZID=Europe/Oslo:20270327T060000
    RRULE:FREQ=DAILY`,
    { busy: '2027-03-27T22:30 2027-03-28T03:59 2027-03-29T03:59', free: '2027-03-27T22:00 2027-03-29T05:00' },
  ),
  entry(
    'a time that a night lacks',
    `DTSTART;TZID=Europe/Oslo:20270326T023000
    DURATION:PT30M
    RRULE:FREQ=DAILY`,
    { busy: '2027-03-27T01:30 2027-03-28T01:30 2027-03-29T00:30', free: '2027-03-29T01:30' },
  ),
  entry(
    'dense by the second',
    `DTSTART:20270104T080000Z
    DURATION:PT10S
    RRULE:FREQ=SECONDLY;INTERVAL=7`,
    { busy: '2027-01-04T08:00 2027-02-01T12:34', free: '2027-01-04T07:59' },
  ),
  entry(
    'dense by the minute, for an hour',
    `DTSTART:20270104T080000Z
    DURATION:PT1M
    RRULE:FREQ=MINUTELY;COUNT=60`,
    { busy: '2027-01-04T08:00 2027-01-04T08:59', free: '2027-01-04T07:59 2027-01-04T09:00' },
  ),
];
