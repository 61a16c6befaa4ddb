import { entry } from './entry.ts';

/** Overrides of single occurrences (RFC 5545, 3.8.4.4). */
const series = `BEGIN:VEVENT
  DTSTART;TZID=Europe/Oslo:20270104T090000
  DURATION:PT1H
  RRULE:FREQ=DAILY;COUNT=5
  END:VEVENT`;

export const overrides = [
  entry(
    'moved to another time',
    `${series}
    BEGIN:VEVENT
    RECURRENCE-ID;TZID=Europe/Oslo:20270106T090000
    DTSTART;TZID=Europe/Oslo:20270106T140000
    DURATION:PT1H
    END:VEVENT`,
    { busy: '2027-01-05T08:00 2027-01-06T13:00', free: '2027-01-06T08:00', endToEnd: true },
  ),
  entry(
    'named in UTC',
    `${series}
    BEGIN:VEVENT
    RECURRENCE-ID:20270106T080000Z
    DTSTART;TZID=Europe/Oslo:20270106T140000
    DURATION:PT1H
    END:VEVENT`,
    { busy: '2027-01-06T13:00', free: '2027-01-06T08:00' },
  ),
  entry(
    'named in another zone',
    `${series}
    BEGIN:VEVENT
    RECURRENCE-ID;TZID=America/New_York:20270106T030000
    DTSTART;TZID=Europe/Oslo:20270106T140000
    DURATION:PT1H
    END:VEVENT`,
    { busy: '2027-01-06T13:00', free: '2027-01-06T08:00' },
  ),
  entry(
    'named by its date',
    `${series}
    BEGIN:VEVENT
    RECURRENCE-ID;VALUE=DATE:20270106
    DTSTART;TZID=Europe/Oslo:20270106T140000
    DURATION:PT1H
    END:VEVENT`,
    { busy: '2027-01-06T13:00 2027-01-07T08:00', free: '2027-01-06T08:00' },
  ),
  entry(
    'an all-day occurrence named with a time',
    `BEGIN:VEVENT
    DTSTART;VALUE=DATE:20270705
    RRULE:FREQ=DAILY;COUNT=5
    END:VEVENT
    BEGIN:VEVENT
    RECURRENCE-ID;TZID=Europe/Oslo:20270707T000000
    DTSTART;TZID=Europe/Oslo:20270707T090000
    DTEND;TZID=Europe/Oslo:20270707T100000
    END:VEVENT`,
    { busy: '2027-07-06T12:00 2027-07-07T07:30', free: '2027-07-07T12:00' },
  ),
  entry(
    'cancelled',
    `${series}
    BEGIN:VEVENT
    RECURRENCE-ID;TZID=Europe/Oslo:20270106T090000
    DTSTART;TZID=Europe/Oslo:20270106T090000
    DURATION:PT1H
    STATUS:CANCELLED
    END:VEVENT`,
    { busy: '2027-01-05T08:00 2027-01-07T08:00', free: '2027-01-06T08:00' },
  ),
  entry(
    'made transparent',
    `${series}
    BEGIN:VEVENT
    RECURRENCE-ID;TZID=Europe/Oslo:20270106T090000
    DTSTART;TZID=Europe/Oslo:20270106T090000
    DURATION:PT1H
    TRANSP:TRANSPARENT
    END:VEVENT`,
    { busy: '2027-01-05T08:00', free: '2027-01-06T08:00' },
  ),
  entry(
    'opaque in a transparent series',
    `BEGIN:VEVENT
    DTSTART;TZID=Europe/Oslo:20270104T090000
    DURATION:PT1H
    RRULE:FREQ=DAILY;COUNT=5
    TRANSP:TRANSPARENT
    END:VEVENT
    BEGIN:VEVENT
    RECURRENCE-ID;TZID=Europe/Oslo:20270106T090000
    DTSTART;TZID=Europe/Oslo:20270106T100000
    DURATION:PT1H
    END:VEVENT`,
    { busy: '2027-01-06T09:00', free: '2027-01-05T08:00 2027-01-06T08:00' },
  ),
  entry(
    'moved by months',
    `${series}
    BEGIN:VEVENT
    RECURRENCE-ID;TZID=Europe/Oslo:20270106T090000
    DTSTART;TZID=Europe/Oslo:20271206T090000
    DURATION:PT1H
    END:VEVENT`,
    { busy: '2027-12-06T08:00 2027-01-07T08:00', free: '2027-01-06T08:00', endToEnd: true },
  ),
  entry(
    'of an occurrence that the rule does not have',
    `${series}
    BEGIN:VEVENT
    RECURRENCE-ID;TZID=Europe/Oslo:20270126T090000
    DTSTART;TZID=Europe/Oslo:20270126T140000
    DURATION:PT1H
    END:VEVENT`,
    { busy: '2027-01-06T08:00 2027-01-26T13:00', free: '2027-01-26T08:00' },
  ),
  entry(
    'alone, without its series',
    `BEGIN:VEVENT
    RECURRENCE-ID;TZID=Europe/Oslo:20270106T090000
    DTSTART;TZID=Europe/Oslo:20270106T140000
    DURATION:PT1H
    END:VEVENT`,
    { busy: '2027-01-06T13:00', free: '2027-01-06T08:00' },
  ),
  entry(
    'of an RDATE',
    `BEGIN:VEVENT
    DTSTART:20270704T100000Z
    DURATION:PT1H
    RDATE:20270706T100000Z
    END:VEVENT
    BEGIN:VEVENT
    RECURRENCE-ID:20270706T100000Z
    DTSTART:20270706T150000Z
    DURATION:PT1H
    END:VEVENT`,
    { busy: '2027-07-04T10:00 2027-07-06T15:00', free: '2027-07-06T10:00' },
  ),
  entry(
    'this and all that follow, an hour later',
    `${series}
    BEGIN:VEVENT
    RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Oslo:20270106T090000
    DTSTART;TZID=Europe/Oslo:20270106T100000
    DURATION:PT2H
    END:VEVENT`,
    {
      busy: '2027-01-05T08:00 2027-01-06T09:00 2027-01-08T10:59',
      free: '2027-01-06T08:00 2027-01-08T08:00 2027-01-05T09:00',
    },
  ),
  entry(
    'this and all that follow, named in UTC',
    `${series}
    BEGIN:VEVENT
    RECURRENCE-ID;RANGE=THISANDFUTURE:20270106T080000Z
    DTSTART;TZID=Europe/Oslo:20270106T100000
    DURATION:PT1H
    END:VEVENT`,
    { busy: '2027-01-05T08:00 2027-01-06T09:00 2027-01-08T09:00', free: '2027-01-06T08:00 2027-01-08T08:00' },
  ),
  entry(
    'this and all that follow, over a change of the offset',
    `BEGIN:VEVENT
    DTSTART;TZID=Europe/Oslo:20270308T090000
    DURATION:PT1H
    RRULE:FREQ=WEEKLY
    END:VEVENT
    BEGIN:VEVENT
    RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Oslo:20270315T090000
    DTSTART;TZID=Europe/Oslo:20270316T110000
    DURATION:PT1H
    END:VEVENT`,
    {
      busy: '2027-03-08T08:00 2027-03-16T10:00 2027-03-30T09:00',
      free: '2027-03-15T08:00 2027-03-29T07:00 2027-03-30T10:00',
    },
  ),
  entry(
    'an override in the middle of what was changed for the future',
    `${series}
    BEGIN:VEVENT
    RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Oslo:20270105T090000
    DTSTART;TZID=Europe/Oslo:20270105T100000
    DURATION:PT1H
    END:VEVENT
    BEGIN:VEVENT
    RECURRENCE-ID;TZID=Europe/Oslo:20270107T090000
    DTSTART;TZID=Europe/Oslo:20270107T150000
    DURATION:PT1H
    END:VEVENT`,
    { busy: '2027-01-06T09:00 2027-01-07T14:00 2027-01-08T09:00', free: '2027-01-07T08:00 2027-01-07T09:00' },
  ),
  entry(
    'longer than its occurrence',
    `${series}
    BEGIN:VEVENT
    RECURRENCE-ID;TZID=Europe/Oslo:20270106T090000
    DTSTART;TZID=Europe/Oslo:20270106T090000
    DURATION:PT8H
    END:VEVENT`,
    { busy: '2027-01-06T15:59 2027-01-05T08:00', free: '2027-01-05T09:00 2027-01-06T16:00' },
  ),
  entry(
    'a name that nobody can read: both are busy',
    `${series}
    BEGIN:VEVENT
    RECURRENCE-ID:sometime
    DTSTART;TZID=Europe/Oslo:20270106T140000
    DURATION:PT1H
    END:VEVENT`,
    { busy: '2027-01-06T08:00 2027-01-06T13:00' },
  ),
  entry(
    'after a change of the offset, named by the wall clock',
    `BEGIN:VEVENT
    DTSTART;TZID=Europe/Oslo:20270322T090000
    DURATION:PT1H
    RRULE:FREQ=WEEKLY
    END:VEVENT
    BEGIN:VEVENT
    RECURRENCE-ID;TZID=Europe/Oslo:20270329T090000
    DTSTART;TZID=Europe/Oslo:20270329T120000
    DURATION:PT1H
    END:VEVENT`,
    { busy: '2027-03-29T10:00 2027-04-05T07:00', free: '2027-03-29T07:00 2027-03-29T08:00' },
  ),
  entry(
    'two masters with one UID both count',
    `BEGIN:VEVENT
    DTSTART:20270705T100000Z
    DURATION:PT1H
    END:VEVENT
    BEGIN:VEVENT
    DTSTART:20270706T100000Z
    DURATION:PT1H
    END:VEVENT`,
    { busy: '2027-07-05T10:00 2027-07-06T10:00', free: '2027-07-05T11:00' },
  ),
];
