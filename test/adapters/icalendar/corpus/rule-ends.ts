import { entry } from './entry.ts';

/** Where a recurrence ends, and where its start stands (RFC 5545, 3.3.10). */
export const ruleEnds = [
  entry(
    'UNTIL as an instant, the last one included',
    `DTSTART;TZID=Europe/Oslo:20270104T090000
    DTEND;TZID=Europe/Oslo:20270104T100000
    RRULE:FREQ=DAILY;UNTIL=20270108T080000Z`,
    {
      busy: '2027-01-04T08:00 2027-01-08T08:00 2027-01-08T08:59',
      free: '2027-01-09T08:00 2027-01-08T07:59 2027-01-08T09:00',
      endToEnd: true,
    },
  ),
  entry(
    'UNTIL a second before the occurrence',
    `DTSTART;TZID=Europe/Oslo:20270104T090000
    DURATION:PT1H
    RRULE:FREQ=DAILY;UNTIL=20270108T075959Z`,
    { busy: '2027-01-07T08:00', free: '2027-01-08T08:00' },
  ),
  entry(
    'UNTIL as local time',
    `DTSTART;TZID=Europe/Oslo:20270104T090000
    DURATION:PT1H
    RRULE:FREQ=DAILY;UNTIL=20270108T090000`,
    { busy: '2027-01-08T08:00', free: '2027-01-09T08:00' },
  ),
  entry(
    'UNTIL as a date: its whole day',
    `DTSTART:20270202T090000Z
    DURATION:PT1H
    RRULE:FREQ=DAILY;UNTIL=20270205`,
    { busy: '2027-02-05T09:00', free: '2027-02-06T09:00', endToEnd: true },
  ),
  entry(
    'UNTIL as a date, late in the evening of its zone',
    `DTSTART;TZID=America/New_York:20270202T230000
    DURATION:PT1H
    RRULE:FREQ=DAILY;UNTIL=20270205`,
    { busy: '2027-02-06T04:00', free: '2027-02-07T04:00' },
  ),
  entry(
    'UNTIL on all-day events',
    `DTSTART;VALUE=DATE:20270301
    RRULE:FREQ=DAILY;UNTIL=20270303`,
    { busy: '2027-03-03T12:00', free: '2027-03-04T12:00' },
  ),
  entry(
    'UNTIL as an instant on all-day events',
    `DTSTART;VALUE=DATE:20270301
    RRULE:FREQ=DAILY;UNTIL=20270303T000000Z`,
    { busy: '2027-03-03T12:00', free: '2027-03-05T12:00' },
  ),
  entry(
    'UNTIL over a change of the offset',
    `DTSTART;TZID=Europe/Oslo:20270322T090000
    DURATION:PT1H
    RRULE:FREQ=WEEKLY;UNTIL=20270329T070000Z`,
    { busy: '2027-03-22T08:00 2027-03-29T07:00', free: '2027-03-29T08:00 2027-04-05T07:00' },
  ),
  entry(
    'COUNT of a weekly series',
    `DTSTART;TZID=Europe/Oslo:20270104T090000
    DURATION:PT1H
    RRULE:FREQ=WEEKLY;COUNT=3`,
    { busy: '2027-01-04T08:00 2027-01-18T08:00', free: '2027-01-25T08:00 2027-01-05T08:00' },
  ),
  entry(
    'COUNT of a series that began years ago',
    `DTSTART;TZID=Europe/Oslo:20170102T090000
    DURATION:PT1H
    RRULE:FREQ=WEEKLY;COUNT=523`,
    { busy: '2027-01-04T08:00', free: '2027-01-11T08:00' },
  ),
  entry(
    'COUNT of working days that began years ago',
    `DTSTART;TZID=Europe/Oslo:20240101T090000
    DURATION:PT1H
    RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=785`,
    { busy: '2026-12-31T08:00 2027-01-01T08:00', free: '2027-01-04T08:00' },
  ),
  entry(
    'a start that the rule does not name is the first instance',
    `DTSTART:20270707T100000Z
    DURATION:PT1H
    RRULE:FREQ=WEEKLY;BYDAY=TH;COUNT=3`,
    {
      busy: '2027-07-07T10:00 2027-07-08T10:00 2027-07-15T10:00',
      free: '2027-07-29T10:00 2027-07-14T10:00',
      endToEnd: true,
    },
  ),
  entry(
    'a start that a monthly rule does not name',
    `DTSTART;TZID=Europe/Oslo:20270705T100000
    DURATION:PT1H
    RRULE:FREQ=MONTHLY;BYMONTHDAY=10`,
    { busy: '2027-07-05T08:00 2027-07-10T08:00 2027-08-10T08:00', free: '2027-08-05T08:00' },
  ),
  entry(
    'every second week',
    `DTSTART;TZID=Europe/Oslo:20270104T090000
    DURATION:PT1H
    RRULE:FREQ=WEEKLY;INTERVAL=2`,
    { busy: '2027-01-04T08:00 2027-07-05T07:00', free: '2027-01-11T08:00 2027-06-28T07:00' },
  ),
  entry(
    'every second week, week from Monday',
    `DTSTART:19970805T090000Z
    DURATION:PT1H
    RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO`,
    {
      busy: '1997-08-05T09:00 1997-08-10T09:00 1997-08-19T09:00 1997-08-24T09:00',
      free: '1997-08-17T09:00 1997-08-31T09:00',
    },
  ),
  entry(
    'every second week, week from Sunday',
    `DTSTART:19970805T090000Z
    DURATION:PT1H
    RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU`,
    {
      busy: '1997-08-05T09:00 1997-08-17T09:00 1997-08-19T09:00 1997-08-31T09:00',
      free: '1997-08-10T09:00 1997-08-24T09:00',
    },
  ),
  entry(
    'every second week from a Sunday, ten years on',
    `DTSTART;TZID=Europe/Oslo:20170101T100000
    DURATION:PT1H
    RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO`,
    { busy: '2027-01-03T09:00 2027-01-11T09:00', free: '2027-01-04T09:00 2027-01-10T09:00' },
  ),
];
