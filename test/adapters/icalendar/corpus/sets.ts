import { entry } from './entry.ts';

/** RDATE and EXDATE (RFC 5545, 3.8.5.1 and 3.8.5.2). */
export const sets = [
  entry(
    'RDATE without a rule: the start counts',
    `DTSTART:20270704T100000Z
    DURATION:PT1H
    RDATE:20270706T100000Z`,
    { busy: '2027-07-04T10:00 2027-07-06T10:00', free: '2027-07-05T10:00', endToEnd: true },
  ),
  entry(
    'RDATE in another zone than the start',
    `DTSTART;TZID=Europe/Oslo:20270104T090000
    DURATION:PT1H
    RDATE;TZID=America/New_York:20270106T090000`,
    { busy: '2027-01-04T08:00 2027-01-06T14:00', free: '2027-01-06T08:00', endToEnd: true },
  ),
  entry(
    'RDATE in UTC on a series with a zone',
    `DTSTART;TZID=Europe/Oslo:20270705T090000
    DURATION:PT1H
    RRULE:FREQ=WEEKLY;COUNT=2
    RDATE:20270707T070000Z`,
    { busy: '2027-07-05T07:00 2027-07-07T07:00 2027-07-12T07:00', free: '2027-07-07T09:00 2027-07-19T07:00' },
  ),
  entry(
    'several RDATE lines and lists',
    `DTSTART:20270704T100000Z
    DURATION:PT1H
    RDATE:20270706T100000Z,20270707T120000Z
    RDATE:20270709T100000Z`,
    { busy: '2027-07-06T10:00 2027-07-07T12:00 2027-07-09T10:00', free: '2027-07-07T10:00 2027-07-08T10:00' },
  ),
  entry(
    'RDATE as a period with a length',
    `DTSTART:20270704T100000Z
    DURATION:PT1H
    RDATE;VALUE=PERIOD:20270706T100000Z/PT2H`,
    {
      busy: '2027-07-04T10:00 2027-07-06T10:00 2027-07-06T11:59',
      free: '2027-07-04T11:00 2027-07-06T12:00',
      endToEnd: true,
    },
  ),
  entry(
    'RDATE as a period with an end',
    `DTSTART:20270704T100000Z
    DURATION:PT1H
    RDATE;VALUE=PERIOD:20270706T100000Z/20270706T133000Z,20270708T100000Z/PT15M`,
    { busy: '2027-07-06T13:29 2027-07-08T10:00', free: '2027-07-06T13:30 2027-07-08T10:15' },
  ),
  entry(
    'RDATE as a period in a zone',
    `DTSTART;TZID=Europe/Oslo:20270104T090000
    DURATION:PT1H
    RDATE;TZID=America/New_York;VALUE=PERIOD:20270106T090000/PT2H`,
    { busy: '2027-01-06T14:00 2027-01-06T15:59', free: '2027-01-06T13:59 2027-01-06T16:00 2027-01-06T08:00' },
  ),
  entry(
    'a period without VALUE=PERIOD',
    `DTSTART:20270704T100000Z
    DURATION:PT1H
    RDATE:20270706T100000Z/PT2H`,
    { busy: '2027-07-06T11:30', free: '2027-07-06T12:00' },
  ),
  entry(
    'RDATE as dates on all-day events',
    `DTSTART;VALUE=DATE:20270705
    RDATE;VALUE=DATE:20270708,20270712`,
    { busy: '2027-07-05T12:00 2027-07-08T12:00 2027-07-12T12:00', free: '2027-07-06T12:00 2027-07-09T12:00' },
  ),
  entry(
    'RDATE as dates without VALUE=DATE',
    `DTSTART;VALUE=DATE:20270705
    RDATE:20270708`,
    { busy: '2027-07-08T12:00', free: '2027-07-06T12:00' },
  ),
  entry(
    'RDATE as a date on timed events: at least its time of day',
    `DTSTART;TZID=Europe/Oslo:20270705T090000
    DURATION:PT1H
    RDATE;VALUE=DATE:20270708`,
    { busy: '2027-07-05T07:00 2027-07-08T07:00', free: '2027-07-06T07:00 2027-07-09T12:00' },
  ),
  entry(
    'EXDATE in UTC on a series with a zone',
    `DTSTART;TZID=Europe/Oslo:20270104T090000
    DURATION:PT1H
    RRULE:FREQ=DAILY;COUNT=5
    EXDATE:20270106T080000Z`,
    {
      busy: '2027-01-05T08:00 2027-01-07T08:00 2027-01-08T08:00',
      free: '2027-01-06T08:00 2027-01-09T08:00',
      endToEnd: true,
    },
  ),
  entry(
    'EXDATE in another zone',
    `DTSTART;TZID=Europe/Oslo:20270104T090000
    DURATION:PT1H
    RRULE:FREQ=DAILY;COUNT=5
    EXDATE;TZID=America/New_York:20270106T030000`,
    { busy: '2027-01-05T08:00 2027-01-07T08:00', free: '2027-01-06T08:00' },
  ),
  entry(
    'EXDATE at another time of the same day excludes nothing',
    `DTSTART;TZID=Europe/Oslo:20270104T090000
    DURATION:PT1H
    RRULE:FREQ=DAILY;COUNT=5
    EXDATE;TZID=Europe/Oslo:20270106T100000`,
    { busy: '2027-01-06T08:00', free: '2027-01-06T09:00' },
  ),
  entry(
    'EXDATE as a date on timed events',
    `DTSTART;TZID=Europe/Oslo:20270104T090000
    DURATION:PT1H
    RRULE:FREQ=DAILY;COUNT=5
    EXDATE;VALUE=DATE:20270106`,
    { busy: '2027-01-05T08:00 2027-01-07T08:00', free: '2027-01-06T08:00' },
  ),
  entry(
    'EXDATE as a date without VALUE=DATE on timed events',
    `DTSTART;TZID=Europe/Oslo:20270104T090000
    DURATION:PT1H
    RRULE:FREQ=DAILY;COUNT=5
    EXDATE:20270106`,
    { busy: '2027-01-05T08:00 2027-01-07T08:00', free: '2027-01-06T08:00', endToEnd: true },
  ),
  entry(
    'EXDATE as a date is the date in the event’s zone',
    `DTSTART;TZID=America/New_York:20270104T200000
    DURATION:PT1H
    RRULE:FREQ=DAILY;COUNT=5
    EXDATE;VALUE=DATE:20270106`,
    { busy: '2027-01-06T01:00 2027-01-08T01:00', free: '2027-01-07T01:00' },
  ),
  entry(
    'Exchange’s EXDATE with a time on all-day events',
    `DTSTART;VALUE=DATE:20270705
    RRULE:FREQ=DAILY;COUNT=5
    EXDATE;TZID=W. Europe Standard Time:20270707T000000`,
    { busy: '2027-07-06T12:00 2027-07-08T12:00', free: '2027-07-07T12:00', endToEnd: true },
  ),
  entry(
    'EXDATE at midnight UTC on all-day events',
    `DTSTART;VALUE=DATE:20270705
    RRULE:FREQ=DAILY;COUNT=5
    EXDATE:20270707T000000Z`,
    { busy: '2027-07-06T12:00 2027-07-08T12:00', free: '2027-07-07T12:00' },
  ),
  entry(
    'EXDATE list over several lines',
    `DTSTART;TZID=Europe/Oslo:20270104T090000
    DURATION:PT1H
    RRULE:FREQ=DAILY;COUNT=6
    EXDATE;TZID=Europe/Oslo:20270105T090000,20270106T090000
    EXDATE:20270108T080000Z`,
    {
      busy: '2027-01-04T08:00 2027-01-07T08:00 2027-01-09T08:00',
      free: '2027-01-05T08:00 2027-01-06T08:00 2027-01-08T08:00',
    },
  ),
  entry(
    'a stale EXDATE',
    `DTSTART;TZID=Europe/Oslo:20270104T090000
    DURATION:PT1H
    RRULE:FREQ=DAILY;COUNT=3
    EXDATE;TZID=Europe/Oslo:20260106T090000`,
    { busy: '2027-01-05T08:00', free: '2027-01-07T08:00' },
  ),
  entry(
    'EXDATE takes the start away too',
    `DTSTART;TZID=Europe/Oslo:20270104T090000
    DURATION:PT1H
    RRULE:FREQ=DAILY;COUNT=3
    EXDATE;TZID=Europe/Oslo:20270104T090000`,
    { busy: '2027-01-05T08:00', free: '2027-01-04T08:00' },
  ),
  entry(
    'EXDATE takes an RDATE away',
    `DTSTART:20270704T100000Z
    DURATION:PT1H
    RDATE:20270706T100000Z,20270707T100000Z
    EXDATE:20270706T100000Z`,
    { busy: '2027-07-04T10:00 2027-07-07T10:00', free: '2027-07-06T10:00' },
  ),
  entry(
    'EXDATE after a change of the offset',
    `DTSTART;TZID=Europe/Oslo:20270322T090000
    DURATION:PT1H
    RRULE:FREQ=WEEKLY
    EXDATE:20270329T070000Z`,
    { busy: '2027-03-22T08:00 2027-04-05T07:00', free: '2027-03-29T07:00' },
  ),
  entry(
    'an EXDATE that nobody can read excludes nothing',
    `DTSTART;TZID=Europe/Oslo:20270104T090000
    DURATION:PT1H
    RRULE:FREQ=DAILY;COUNT=3
    EXDATE:never`,
    { busy: '2027-01-05T08:00 2027-01-06T08:00' },
  ),
  entry(
    'an empty EXDATE',
    `DTSTART;TZID=Europe/Oslo:20270104T090000
    DURATION:PT1H
    RRULE:FREQ=DAILY;COUNT=3
    EXDATE:`,
    { busy: '2027-01-05T08:00 2027-01-06T08:00' },
  ),
];
