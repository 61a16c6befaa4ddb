import { entry, NINE, raw, wrapped } from './entry.ts';

const atNine = { busy: '2027-07-05T09:00 2027-07-05T09:59', free: '2027-07-05T08:59 2027-07-05T10:00' };

/** What everybody reads although RFC 5545 does not allow it, and what nobody can read. */
export const oddities = [
  entry('a date without VALUE=DATE', 'DTSTART:20270705', {
    busy: '2027-07-05T12:00',
    free: '2027-07-06T12:00',
    endToEnd: true,
  }),
  entry(
    'dates without VALUE=DATE',
    `DTSTART:20270705
    DTEND:20270707`,
    { busy: '2027-07-05T12:00 2027-07-06T12:00', free: '2027-07-07T12:00' },
  ),
  entry(
    'a day that ends when it starts: the day',
    `DTSTART;VALUE=DATE:20270705
    DTEND;VALUE=DATE:20270705`,
    { busy: '2027-07-05T12:00', free: '2027-07-06T12:00 2027-07-04T12:00', endToEnd: true },
  ),
  entry(
    'a day that ends before it starts: the day at least',
    `DTSTART;VALUE=DATE:20270705
    DTEND;VALUE=DATE:20270704`,
    { busy: '2027-07-05T12:00', free: '2027-07-07T12:00' },
  ),
  entry(
    'an event that ends before it starts',
    `DTSTART:20270705T100000Z
    DTEND:20270705T090000Z`,
    { busy: '2027-07-05T10:00', free: '2027-07-07T12:00 2027-07-03T12:00', endToEnd: true },
  ),
  entry(
    'an event with a negative length',
    `DTSTART:20270705T100000Z
    DURATION:-PT1H`,
    { busy: '2027-07-05T09:30', free: '2027-07-07T12:00' },
  ),
  entry('an event without end takes no time', 'DTSTART:20270705T100000Z', {
    free: '2027-07-05T10:01 2027-07-05T09:59',
  }),
  entry(
    'end and duration: whichever is later',
    `DTSTART:20270705T090000Z
    DTEND:20270705T100000Z
    DURATION:PT2H`,
    { busy: '2027-07-05T10:59', free: '2027-07-05T11:00' },
  ),
  entry(
    'a duration in weeks and days',
    `DTSTART;VALUE=DATE:20270705
    DURATION:P1W`,
    { busy: '2027-07-05T12:00 2027-07-11T12:00', free: '2027-07-12T12:00' },
  ),
  entry(
    'a duration of days keeps the wall clock',
    `DTSTART;TZID=Europe/Oslo:20270327T120000
    DURATION:P1D`,
    { busy: '2027-03-28T09:59', free: '2027-03-28T10:00' },
  ),
  entry(
    'a duration of hours is exact',
    `DTSTART;TZID=Europe/Oslo:20270327T120000
    DURATION:PT24H`,
    { busy: '2027-03-28T10:59', free: '2027-03-28T11:00' },
  ),
  entry(
    'a duration in small letters',
    `DTSTART:20270705T090000Z
    DURATION:pt1h`,
    atNine,
  ),
  entry(
    'transparent in small letters',
    `DTSTART:20270705T090000Z
    DTEND:20270705T100000Z
    TRANSP:transparent`,
    { free: '2027-07-05T09:00' },
  ),
  entry(
    'transparent and opaque: opaque',
    `DTSTART:20270705T090000Z
    DTEND:20270705T100000Z
    TRANSP:TRANSPARENT
    TRANSP:OPAQUE`,
    { busy: '2027-07-05T09:00' },
  ),
  entry(
    'cancelled and confirmed: confirmed',
    `DTSTART:20270705T090000Z
    DTEND:20270705T100000Z
    STATUS:CANCELLED
    STATUS:CONFIRMED`,
    { busy: '2027-07-05T09:00' },
  ),
  entry(
    'a tentative event',
    `DTSTART:20270705T090000Z
    DTEND:20270705T100000Z
    STATUS:TENTATIVE`,
    atNine,
  ),
  entry(
    'property names in small letters',
    `dtstart:20270705T090000Z
    dtend:20270705T100000Z`,
    atNine,
  ),
  entry('a byte order mark', `\u{feff}${wrapped(...NINE)}`, { ...atNine, raw: true }),
  entry('blank lines', wrapped('', NINE[0] ?? '', '', NINE[1] ?? '', ''), { ...atNine, raw: true }),
  entry('a description whose second line is not folded', wrapped('DESCRIPTION:Agenda', 'Bring the papers', ...NINE), {
    ...atNine,
    raw: true,
    endToEnd: true,
  }),
  entry(
    'a description whose second line has a colon',
    wrapped('DESCRIPTION:Agenda', 'Note: bring the papers', ...NINE),
    { ...atNine, raw: true },
  ),
  entry('a line without a colon', wrapped(...NINE, 'X-ODD'), { ...atNine, raw: true }),
  entry('line ends without carriage return', wrapped(...NINE).replaceAll('\r\n', '\n'), { ...atNine, raw: true }),
  entry('line ends without line feed', wrapped(...NINE).replaceAll('\r\n', '\r'), { ...atNine, raw: true }),
  entry('folded in the middle of a value', wrapped('DTSTART:20270705T0900', ' 00Z', 'DTEND:2027', '\t0705T100000Z'), {
    ...atNine,
    raw: true,
  }),
  entry('folded in the middle of a name', wrapped('DTST', ' ART:20270705T090000Z', 'DTEND:20270705T100000Z'), {
    ...atNine,
    raw: true,
  }),
  entry('control characters in a text', wrapped('SUMMARY:be\u{0007}ll\u{0000}', ...NINE), { ...atNine, raw: true }),
  entry('a blank behind the value', wrapped('DTSTART:20270705T090000Z ', 'DTEND:20270705T100000Z '), {
    ...atNine,
    raw: true,
  }),
  entry('a small z', wrapped('DTSTART:20270705t090000z', 'DTEND:20270705t100000z'), { ...atNine, raw: true }),
  entry('a time without seconds', wrapped('DTSTART:20270705T0900Z', 'DTEND:20270705T1000Z'), {
    busy: '2027-07-05T09:00',
    free: '2027-07-08T09:00',
    raw: true,
  }),
  entry(
    'a quoted parameter with a colon inside',
    wrapped('ORGANIZER;CN="Ada: the boss":mailto:ada@example.org', ...NINE),
    { ...atNine, raw: true },
  ),
  entry('a quote that is never closed', wrapped('ORGANIZER;CN="Ada:mailto:ada@example.org', ...NINE), {
    ...atNine,
    raw: true,
  }),
  entry('no UID', raw('BEGIN:VCALENDAR', 'VERSION:2.0', 'BEGIN:VEVENT', ...NINE, 'END:VEVENT', 'END:VCALENDAR', ''), {
    ...atNine,
    raw: true,
  }),
  entry(
    'two VCALENDARs in one text',
    wrapped(...NINE) + wrapped('DTSTART:20270706T090000Z', 'DTEND:20270706T100000Z'),
    { busy: '2027-07-05T09:00 2027-07-06T09:00', free: '2027-07-05T10:00', raw: true },
  ),
  entry(
    'an alarm with a duration of its own',
    wrapped(...NINE, 'BEGIN:VALARM', 'ACTION:DISPLAY', 'TRIGGER:-PT15M', 'DURATION:PT5H', 'REPEAT:2', 'END:VALARM'),
    { ...atNine, raw: true },
  ),
  entry(
    'an alarm in front of the times',
    wrapped('BEGIN:VALARM', 'ACTION:DISPLAY', 'TRIGGER:-PT15M', 'END:VALARM', ...NINE),
    { ...atNine, raw: true },
  ),
  entry(
    'a to-do beside the event',
    raw(
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'BEGIN:VTODO',
      'UID:t',
      'DTSTART:20270706T090000Z',
      'DUE:20270706T100000Z',
      'END:VTODO',
      'BEGIN:VEVENT',
      'UID:e',
      ...NINE,
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ),
    { ...atNine, free: '2027-07-06T09:00', raw: true },
  ),
  entry(
    'small letters in BEGIN and END',
    raw('begin:vcalendar', 'version:2.0', 'begin:vevent', 'uid:e', ...NINE, 'end:vevent', 'end:vcalendar', ''),
    { ...atNine, raw: true },
  ),
  entry(
    'Apple’s travel time',
    `DTSTART:20270705T090000Z
    DTEND:20270705T100000Z
    X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT30M`,
    { busy: '2027-07-05T08:30', free: '2027-07-05T08:29' },
  ),
  entry('the last day of a leap year’s February as a date', 'DTSTART;VALUE=DATE:20280229', {
    busy: '2028-02-29T12:00',
    free: '2028-03-01T12:00',
  }),
  entry(
    'a long event over several days',
    `DTSTART;TZID=Europe/Oslo:20270705T090000
    DTEND;TZID=Europe/Oslo:20270709T170000`,
    { busy: '2027-07-05T07:00 2027-07-07T00:00 2027-07-09T14:59', free: '2027-07-09T15:00' },
  ),
];
