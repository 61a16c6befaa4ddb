import { entry, NINE, wrapped } from './entry.ts';

/** What nobody can read: it is named, and blocks what the server says it overlaps. */
export const unreadable = [
  entry(
    'a start that is no time',
    `DTSTART:tomorrow
    DTEND:20270705T100000Z`,
    { odd: true },
  ),
  entry(
    'a day that there is not',
    `DTSTART;VALUE=DATE:20270231
    DTEND;VALUE=DATE:20270301`,
    { odd: true },
  ),
  entry('no start', 'DTEND:20270705T100000Z', { odd: true }),
  entry(
    'a rule without a frequency',
    `DTSTART:20270705T090000Z
    DTEND:20270705T100000Z
    RRULE:COUNT=3`,
    { busy: '2027-07-05T09:00', odd: true },
  ),
  entry(
    'a rule with an unknown frequency',
    `DTSTART:20270705T090000Z
    DTEND:20270705T100000Z
    RRULE:FREQ=FORTNIGHTLY`,
    { busy: '2027-07-05T09:00', odd: true },
  ),
  entry(
    'an end that is no time',
    `DTSTART:20270705T090000Z
    DTEND:later`,
    { odd: true },
  ),
  entry(
    'a duration that is none',
    `DTSTART:20270705T090000Z
    DURATION:long`,
    { odd: true },
  ),
  entry('a text that is no calendar', '<html><body>Maintenance</body></html>', { odd: true, raw: true }),
  entry('an empty text', '', { odd: true, raw: true }),
  entry('a text that was cut in the event', wrapped(...NINE, 'RRULE:FREQ=DAILY').slice(0, -35), {
    odd: true,
    raw: true,
  }),
  entry('an alarm that is never closed', wrapped('BEGIN:VALARM', 'TRIGGER:-PT15M', ...NINE), { odd: true, raw: true }),
  entry('two starts', wrapped('DTSTART:20270706T090000Z', ...NINE), { odd: true, raw: true }),
];
