/** Outlook's description of the zone of most of Europe, as it stands in every object that Outlook makes. */
const VTIMEZONE = [
  'BEGIN:VTIMEZONE',
  'TZID:W. Europe Standard Time',
  'BEGIN:STANDARD',
  'DTSTART:16010101T030000',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10',
  'END:STANDARD',
  'BEGIN:DAYLIGHT',
  'DTSTART:16010101T020000',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
];

const BETWEEN_LINES = '\r\n';
const two = (value: number): string => String(value).padStart(2, '0');

const object = (uid: string, ...lines: ReadonlyArray<string>): string =>
  [
    'BEGIN:VCALENDAR',
    'PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN',
    'VERSION:2.0',
    ...VTIMEZONE,
    'BEGIN:VEVENT',
    'CLASS:PUBLIC',
    'CREATED:20170105T090000Z',
    `DESCRIPTION:Agenda of ${uid}\\n\\n${'Some words on what is to be talked about. '.repeat(6)}`,
    'DTSTAMP:20260105T090000Z',
    ...lines,
    'LAST-MODIFIED:20260105T090000Z',
    'LOCATION:Room 4',
    'PRIORITY:5',
    'SEQUENCE:0',
    `SUMMARY;LANGUAGE=en-us:Meeting ${uid}`,
    'TRANSP:OPAQUE',
    `UID:${uid}`,
    'X-MICROSOFT-CDO-BUSYSTATUS:BUSY',
    'BEGIN:VALARM',
    'TRIGGER:-PT15M',
    'ACTION:DISPLAY',
    'DESCRIPTION:Reminder',
    'END:VALARM',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join(BETWEEN_LINES);

const at = (name: string, day: Temporal.PlainDate, hour: number, minute: number): string =>
  `${name};TZID="W. Europe Standard Time":${day.toString().replaceAll('-', '')}T${two(hour)}${two(minute)}00`;

const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR'];

/** 60 weekly series since 2017, some with exceptions, and 3,000 single events over nine years: the calendar of P21. */
export const managerCalendar = (): ReadonlyArray<string> => {
  const monday = Temporal.PlainDate.from('2017-01-02');
  const series = Array.from({ length: 60 }, (_, index) => {
    const day = monday.add({ days: index % 5 });
    const hour = 8 + (index % 9);
    return object(
      `series${index}`,
      at('DTSTART', day, hour, 0),
      at('DTEND', day, hour, 30),
      `RRULE:FREQ=WEEKLY;BYDAY=${DAYS[index % 5]}`,
      ...(index % 3 === 0 ? [at('EXDATE', day.add({ weeks: 10 }), hour, 0)] : []),
    );
  });
  const singles = Array.from({ length: 3_000 }, (_, index) => {
    const day = monday.add({ days: Math.floor((index * 3_650) / 3_000) });
    const hour = 7 + (index % 11);
    return object(`single${index}`, at('DTSTART', day, hour, 30), at('DTEND', day, hour + 1, 15));
  });
  return [...series, ...singles];
};
