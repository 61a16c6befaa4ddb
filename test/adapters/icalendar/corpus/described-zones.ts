import { entry } from './entry.ts';

/** Sub-components of a VTIMEZONE by their two changes a year; `from`: since which date they are described. */
const zone = (
  tzid: string,
  standard: { readonly offset: string; readonly rule: string },
  daylight: { readonly offset: string; readonly rule: string } | null,
  from = '19700101T020000',
): string =>
  [
    'BEGIN:VTIMEZONE',
    `TZID:${tzid}`,
    'BEGIN:STANDARD',
    `DTSTART:${from}`,
    `TZOFFSETFROM:${daylight?.offset ?? standard.offset}`,
    `TZOFFSETTO:${standard.offset}`,
    ...(daylight === null ? [] : [`RRULE:${standard.rule}`]),
    'END:STANDARD',
    ...(daylight === null
      ? []
      : [
          'BEGIN:DAYLIGHT',
          `DTSTART:${from}`,
          `TZOFFSETFROM:${standard.offset}`,
          `TZOFFSETTO:${daylight.offset}`,
          `RRULE:${daylight.rule}`,
          'END:DAYLIGHT',
        ]),
    'END:VTIMEZONE',
  ].join('\n');

const NEW_YORK = [
  { offset: '-0500', rule: 'FREQ=YEARLY;BYMONTH=11;BYDAY=1SU' },
  { offset: '-0400', rule: 'FREQ=YEARLY;BYMONTH=3;BYDAY=2SU' },
] as const;
const BERLIN = [
  { offset: '+0100', rule: 'FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU' },
  { offset: '+0200', rule: 'FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU' },
] as const;
const OUTLOOK = '16010101T020000';

const at = (tzid: string, day = '20270705'): string => `DTSTART;TZID=${tzid}:${day}T090000
  DTEND;TZID=${tzid}:${day}T100000`;

/** Zones with a VTIMEZONE beside the event (RFC 5545, 3.6.5), good ones and broken ones. */
export const describedZones = [
  entry('IANA name with a VTIMEZONE that knows no summer time', at('Europe/Berlin'), {
    zones: [zone('Europe/Berlin', BERLIN[0], null)],
    busy: '2027-07-05T07:00',
    free: '2027-07-05T08:00',
  }),
  entry('EST described with daylight saving', at('EST'), {
    zones: [zone('EST', ...NEW_YORK)],
    busy: '2027-07-05T13:00',
    free: '2027-07-05T14:00 2027-07-05T12:00',
    endToEnd: true,
  }),
  entry('GMT described with summer time', at('GMT'), {
    zones: [zone('GMT', { offset: '+0000', rule: BERLIN[0].rule }, { offset: '+0100', rule: BERLIN[1].rule })],
    busy: '2027-07-05T08:00',
    free: '2027-07-05T09:00 2027-07-05T07:00',
  }),
  entry('a Windows name with Outlook’s VTIMEZONE since 1601', at('W. Europe Standard Time'), {
    zones: [zone('W. Europe Standard Time', ...BERLIN, OUTLOOK)],
    busy: '2027-07-05T07:00',
    free: '2027-07-05T08:00',
    endToEnd: true,
  }),
  entry('a Windows name with a VTIMEZONE that says otherwise: the VTIMEZONE', at('W. Europe Standard Time'), {
    zones: [zone('W. Europe Standard Time', BERLIN[0], null, OUTLOOK)],
    busy: '2027-07-05T08:00',
    free: '2027-07-05T07:00',
  }),
  entry('Outlook’s customized zone', at('Customized Time Zone'), {
    zones: [zone('Customized Time Zone', ...NEW_YORK, OUTLOOK)],
    busy: '2027-07-05T13:00',
    free: '2027-07-05T12:00 2027-07-05T14:00',
  }),
  entry(
    'a weekly series in Outlook’s zone over both changes',
    `DTSTART;TZID=W. Europe Standard Time:20170102T090000
    DTEND;TZID=W. Europe Standard Time:20170102T100000
    RRULE:FREQ=WEEKLY;BYDAY=MO`,
    {
      zones: [zone('W. Europe Standard Time', ...BERLIN, OUTLOOK)],
      busy: '2027-03-22T08:00 2027-03-29T07:00 2027-10-25T07:00 2027-11-01T08:00',
      free: '2027-03-22T07:00 2027-03-29T08:00 2027-11-01T07:00',
    },
  ),
  entry('a prefixed name with its VTIMEZONE', at('/freeassociation.sourceforge.net/Europe/Berlin'), {
    zones: [zone('/freeassociation.sourceforge.net/Europe/Berlin', ...BERLIN)],
    busy: '2027-07-05T07:00',
    free: '2027-07-05T09:00',
  }),
  entry('a described zone with one fixed offset', at('Office'), {
    zones: [zone('Office', { offset: '+0530', rule: '' }, null)],
    busy: '2027-07-05T03:30',
    free: '2027-07-05T04:30 2027-07-05T07:00',
  }),
  entry('a described zone with seconds in its offset', at('Old Town'), {
    zones: [zone('Old Town', { offset: '+001730', rule: '' }, null)],
    busy: '2027-07-05T08:43 2027-07-05T09:41',
    free: '2027-07-05T08:41 2027-07-05T09:43',
  }),
  entry('a described zone by single changes (RDATE)', at('Site'), {
    zones: [
      `BEGIN:VTIMEZONE
      TZID:Site
      BEGIN:STANDARD
      DTSTART:20261101T020000
      TZOFFSETFROM:-0400
      TZOFFSETTO:-0500
      END:STANDARD
      BEGIN:DAYLIGHT
      DTSTART:20260308T020000
      RDATE:20270314T020000
      TZOFFSETFROM:-0500
      TZOFFSETTO:-0400
      END:DAYLIGHT
      END:VTIMEZONE`,
    ],
    busy: '2027-07-05T13:00',
    free: '2027-07-05T14:00',
  }),
  entry('a described zone whose rule ended (UNTIL)', at('Ended'), {
    zones: [
      `BEGIN:VTIMEZONE
      TZID:Ended
      BEGIN:DAYLIGHT
      DTSTART:20200329T020000
      RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20260329T010000Z
      TZOFFSETFROM:+0100
      TZOFFSETTO:+0200
      END:DAYLIGHT
      BEGIN:STANDARD
      DTSTART:20201025T030000
      RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20261025T010000Z
      TZOFFSETFROM:+0200
      TZOFFSETTO:+0100
      END:STANDARD
      END:VTIMEZONE`,
    ],
    busy: '2027-07-05T08:00',
    free: '2027-07-05T07:00',
  }),
  entry('a VTIMEZONE without offsets is never UTC', at('Broken'), {
    zones: [
      `BEGIN:VTIMEZONE
      TZID:Broken
      BEGIN:STANDARD
      DTSTART:19700101T000000
      END:STANDARD
      END:VTIMEZONE`,
    ],
    busy: '2027-07-05T07:00 2027-07-05T09:00 2027-07-05T14:00',
    free: '2027-07-08T09:00',
  }),
  entry('an empty VTIMEZONE is never UTC', at('Empty'), {
    zones: [
      `BEGIN:VTIMEZONE
      TZID:Empty
      END:VTIMEZONE`,
    ],
    busy: '2027-07-05T07:00 2027-07-05T09:00 2027-07-05T14:00',
    free: '2027-07-08T09:00',
  }),
  entry('a VTIMEZONE with a rule that nobody can read is never UTC', at('Riddle'), {
    zones: [
      `BEGIN:VTIMEZONE
      TZID:Riddle
      BEGIN:STANDARD
      DTSTART:19701025T030000
      RRULE:FREQ=SOMETIMES
      TZOFFSETFROM:+0200
      TZOFFSETTO:+0100
      END:STANDARD
      BEGIN:DAYLIGHT
      DTSTART:19700329T020000
      RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
      TZOFFSETFROM:+0100
      TZOFFSETTO:+0200
      END:DAYLIGHT
      END:VTIMEZONE`,
    ],
    busy: '2027-07-05T07:00 2027-07-05T08:00',
    free: '2027-07-08T09:00',
  }),
  entry('an empty VTIMEZONE with a Windows name', at('Pacific Standard Time'), {
    zones: [
      `BEGIN:VTIMEZONE
      TZID:Pacific Standard Time
      END:VTIMEZONE`,
    ],
    busy: '2027-07-05T16:00',
    free: '2027-07-08T16:00',
  }),
];
