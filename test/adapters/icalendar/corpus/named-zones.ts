import { entry } from './entry.ts';

const at = (tzid: string, day = '20270705'): string => `DTSTART;TZID=${tzid}:${day}T090000
  DTEND;TZID=${tzid}:${day}T100000`;

/** Zones by name alone (RFC 5545, 3.2.19; RFC 7809), floating times and dates. */
export const namedZones = [
  entry('IANA name without VTIMEZONE, in winter', at('America/New_York', '20270104'), {
    busy: '2027-01-04T14:00',
    free: '2027-01-04T13:00 2027-01-04T15:00',
  }),
  entry('IANA name without VTIMEZONE, in summer', at('America/New_York'), {
    busy: '2027-07-05T13:00',
    free: '2027-07-05T14:00 2027-07-05T12:00',
  }),
  entry('GMT that is not described', at('GMT'), { busy: '2027-07-05T09:00', free: '2027-07-05T08:00' }),
  entry('UTC by name', at('UTC'), { busy: '2027-07-05T09:00', free: '2027-07-05T07:00' }),
  entry('Etc/UTC by name', at('Etc/UTC'), { busy: '2027-07-05T09:00', free: '2027-07-05T07:00' }),
  entry(
    'a UTC instant with a TZID beside it',
    `DTSTART;TZID=America/New_York:20270705T090000Z
    DTEND;TZID=America/New_York:20270705T100000Z`,
    { busy: '2027-07-05T09:00', free: '2027-07-05T13:00' },
  ),
  entry(
    'floating: the host’s zone',
    `DTSTART:20270705T090000
    DTEND:20270705T100000`,
    { busy: '2027-07-05T07:00', free: '2027-07-05T09:00' },
  ),
  entry('dates: the host’s days', 'DTSTART;VALUE=DATE:20270705', {
    busy: '2027-07-04T22:00 2027-07-05T21:59',
    free: '2027-07-04T21:59 2027-07-05T22:00',
  }),
  entry('a Windows name without VTIMEZONE', at('W. Europe Standard Time'), {
    busy: '2027-07-05T07:00',
    free: '2027-07-05T08:00 2027-07-05T09:00',
  }),
  entry('a Windows name in quotes', at('"W. Europe Standard Time"'), {
    busy: '2027-07-05T07:00',
    free: '2027-07-05T08:00 2027-07-05T09:00',
    endToEnd: true,
  }),
  entry('another Windows name', at('"Pacific Standard Time"'), { busy: '2027-07-05T16:00', free: '2027-07-05T17:00' }),
  entry('a Windows name of a zone without summer time', at('Tokyo Standard Time'), {
    busy: '2027-07-05T00:00',
    free: '2027-07-05T01:00',
  }),
  entry('a leading slash', at('/Europe/Stockholm'), {
    busy: '2027-07-05T07:00',
    free: '2027-07-05T09:00 2027-07-05T08:00',
    endToEnd: true,
  }),
  entry('Mozilla’s prefix', at('/mozilla.org/20050126_1/Europe/Berlin'), {
    busy: '2027-07-05T07:00',
    free: '2027-07-05T09:00',
    endToEnd: true,
  }),
  entry('Mozilla’s prefix of a name of three parts', at('/mozilla.org/20070129_1/America/Argentina/Buenos_Aires'), {
    busy: '2027-07-05T12:00',
    free: '2027-07-05T09:00 2027-07-05T11:00',
  }),
  entry('freeassociation’s prefix', at('/freeassociation.sourceforge.net/Tzfile/Europe/Berlin'), {
    busy: '2027-07-05T07:00',
    free: '2027-07-05T09:00',
  }),
  entry('freeassociation’s older prefix', at('/freeassociation.sourceforge.net/Europe/Berlin'), {
    busy: '2027-07-05T07:00',
    free: '2027-07-05T09:00',
  }),
  entry('Citadel’s prefix', at('/citadel.org/20190914_1/America/New_York'), {
    busy: '2027-07-05T13:00',
    free: '2027-07-05T09:00',
  }),
  entry('an IANA name in small letters', at('europe/berlin'), { busy: '2027-07-05T07:00', free: '2027-07-05T09:00' }),
  entry('an old IANA name', at('Asia/Calcutta'), {
    busy: '2027-07-05T03:30',
    free: '2027-07-05T09:00 2027-07-05T04:30',
  }),
  entry('EST5EDT', at('EST5EDT'), { busy: '2027-07-05T13:00', free: '2027-07-05T14:00' }),
  entry('a half-hour zone', at('Australia/Adelaide', '20270104'), {
    busy: '2027-01-03T22:30',
    free: '2027-01-03T23:30 2027-01-04T08:00',
  }),
  entry(
    'start and end in different zones',
    `DTSTART;TZID=Europe/Oslo:20270705T090000
    DTEND;TZID=America/New_York:20270705T090000`,
    { busy: '2027-07-05T07:00 2027-07-05T12:59', free: '2027-07-05T06:59 2027-07-05T13:00' },
  ),
  entry(
    'end without TZID is floating in the host’s zone',
    `DTSTART;TZID=Europe/Oslo:20270705T090000
    DTEND:20270705T110000`,
    { busy: '2027-07-05T07:00 2027-07-05T08:59', free: '2027-07-05T09:00' },
  ),
  entry(
    'the hour that comes twice is the first one',
    `DTSTART;TZID=Europe/Oslo:20271031T023000
    DURATION:PT10M`,
    { busy: '2027-10-31T00:30', free: '2027-10-31T01:45' },
  ),
  entry(
    'the hour that there is not is shifted',
    `DTSTART;TZID=Europe/Oslo:20270328T023000
    DURATION:PT10M`,
    { busy: '2027-03-28T01:30', free: '2027-03-28T00:45' },
  ),
  entry('a zone with neither VTIMEZONE nor a known name: wherever it may be', at('Middle-earth'), {
    busy: '2027-07-05T07:00 2027-07-05T09:00 2027-07-05T14:00 2027-07-04T20:00',
    free: '2027-07-08T09:00 2027-07-02T09:00',
  }),
];
