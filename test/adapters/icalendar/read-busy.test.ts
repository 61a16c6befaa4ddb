import { describe, expect, it } from 'vitest';
import { type BusyOfTexts, readBusy } from '../../../src/adapters/icalendar/read-icalendar.ts';
import { toEpochMs, toInstant } from '../../../src/domain/time/time.ts';

const calendar = (...lines: ReadonlyArray<string>): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: ReadonlyArray<string>): string =>
  ['BEGIN:VEVENT', ...(lines.some((line) => line.startsWith('UID')) ? [] : ['UID:a']), ...lines, 'END:VEVENT'].join(
    '\r\n',
  );

const read = (text: string, from: string, to: string, except: ReadonlyArray<string> = []) =>
  readBusy([text], {
    window: { start: toEpochMs(from), end: toEpochMs(to) },
    hostTimeZone: 'Europe/Oslo',
    except: new Set(except),
  });

const spans = ({ busy, unreadable }: BusyOfTexts): ReadonlyArray<string> => {
  expect(unreadable).toEqual([]);
  return busy
    .toSorted((a, b) => a.start - b.start)
    .map(({ start, end }) => `${toInstant(start).slice(0, 16)}/${toInstant(end).slice(0, 16)}`);
};

const september = (...lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  spans(read(calendar(...lines), '2050-09-05T00:00:00Z', '2050-09-08T00:00:00Z'));

describe('single events', () => {
  it.each([
    ['UTC', ['DTSTART:20500905T090000Z', 'DTEND:20500905T100000Z'], ['2050-09-05T09:00/2050-09-05T10:00']],
    [
      'floating: the host zone',
      ['DTSTART:20500905T090000', 'DTEND:20500905T100000'],
      ['2050-09-05T07:00/2050-09-05T08:00'],
    ],
    [
      'IANA zone without VTIMEZONE',
      ['DTSTART;TZID=America/New_York:20500905T090000', 'DURATION:PT90M'],
      ['2050-09-05T13:00/2050-09-05T14:30'],
    ],
    ['all day', ['DTSTART;VALUE=DATE:20500906'], ['2050-09-05T22:00/2050-09-06T22:00']],
    ['two days', ['DTSTART;VALUE=DATE:20500906', 'DTEND;VALUE=DATE:20500908'], ['2050-09-05T22:00/2050-09-07T22:00']],
    ['no end: takes no time', ['DTSTART:20500905T090000Z'], []],
    ['transparent', ['DTSTART:20500905T090000Z', 'DTEND:20500905T100000Z', 'TRANSP:TRANSPARENT'], []],
    ['cancelled', ['DTSTART:20500905T090000Z', 'DTEND:20500905T100000Z', 'STATUS:CANCELLED'], []],
    [
      'tentative is busy',
      ['DTSTART:20500905T090000Z', 'DTEND:20500905T100000Z', 'STATUS:TENTATIVE'],
      ['2050-09-05T09:00/2050-09-05T10:00'],
    ],
    ['outside', ['DTSTART:20500908T000000Z', 'DTEND:20500908T010000Z'], []],
    [
      'travel time',
      ['DTSTART:20500905T090000Z', 'DTEND:20500905T100000Z', 'X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT30M'],
      ['2050-09-05T08:30/2050-09-05T10:00'],
    ],
  ])('%s', (_, lines, expected) => {
    expect(september(event(...lines))).toEqual(expected);
  });

  it('reads a zone that only its VTIMEZONE describes', () => {
    const zone = [
      'BEGIN:VTIMEZONE',
      'TZID:Office',
      'BEGIN:STANDARD',
      'DTSTART:19700101T000000',
      'TZOFFSETFROM:+0530',
      'TZOFFSETTO:+0530',
      'END:STANDARD',
      'END:VTIMEZONE',
    ];
    const busy = event('DTSTART;TZID=Office:20500905T090000', 'DTEND;TZID=Office:20500905T100000');
    expect(september(...zone, busy)).toEqual(['2050-09-05T03:30/2050-09-05T04:30']);
  });

  it('follows the summer time of such a zone', () => {
    const observance = (name: string, from: string, to: string, month: number) =>
      [
        `BEGIN:${name}`,
        'DTSTART:19810329T020000',
        `TZOFFSETFROM:${from}`,
        `TZOFFSETTO:${to}`,
        `RRULE:FREQ=YEARLY;BYMONTH=${month};BYDAY=-1SU`,
        `END:${name}`,
      ].join('\r\n');
    const zone = [
      'BEGIN:VTIMEZONE',
      'TZID:W. Europe Standard Time',
      observance('DAYLIGHT', '+0100', '+0200', 3),
      observance('STANDARD', '+0200', '+0100', 10),
      'END:VTIMEZONE',
    ];
    const busy = event('DTSTART;TZID=W. Europe Standard Time:20500905T090000', 'DURATION:PT1H');
    expect(september(...zone, busy)).toEqual(['2050-09-05T07:00/2050-09-05T08:00']);
  });

  it('leaves out the UIDs that it is told to', () => {
    const text = calendar(event('UID:own', 'DTSTART:20500905T090000Z', 'DTEND:20500905T100000Z'));
    expect(spans(read(text, '2050-09-05T00:00:00Z', '2050-09-06T00:00:00Z', ['own']))).toEqual([]);
    expect(spans(read(text, '2050-09-05T00:00:00Z', '2050-09-06T00:00:00Z', ['other']))).toHaveLength(1);
  });
});

describe('series', () => {
  it('follows RRULE and EXDATE by the wall clock of their zone, across the change to winter time', () => {
    const series = event(
      'DTSTART;TZID=Europe/Oslo:20501024T090000',
      'DTEND;TZID=Europe/Oslo:20501024T100000',
      'RRULE:FREQ=WEEKLY;COUNT=4',
      'EXDATE;TZID=Europe/Oslo:20501107T090000',
    );
    expect(spans(read(calendar(series), '2050-10-01T00:00:00Z', '2050-12-01T00:00:00Z'))).toEqual([
      '2050-10-24T07:00/2050-10-24T08:00',
      '2050-10-31T08:00/2050-10-31T09:00',
      '2050-11-14T08:00/2050-11-14T09:00',
    ]);
  });

  it('takes an override instead of its occurrence, wherever the two are', () => {
    const master = event('DTSTART:20500905T090000Z', 'DTEND:20500905T100000Z', 'RRULE:FREQ=DAILY');
    const moved = event('RECURRENCE-ID:20500906T090000Z', 'DTSTART:20500906T150000Z', 'DTEND:20500906T160000Z');
    const fromAfar = event('RECURRENCE-ID:20501006T090000Z', 'DTSTART:20500905T200000Z', 'DTEND:20500905T210000Z');
    const cancelled = event(
      'RECURRENCE-ID:20500907T090000Z',
      'DTSTART:20500907T090000Z',
      'DTEND:20500907T100000Z',
      'STATUS:CANCELLED',
    );
    expect(september(master, moved, fromAfar, cancelled)).toEqual([
      '2050-09-05T09:00/2050-09-05T10:00',
      '2050-09-05T20:00/2050-09-05T21:00',
      '2050-09-06T15:00/2050-09-06T16:00',
    ]);
  });

  it('moves all that follow an override of this and the future', () => {
    const master = event('DTSTART:20500901T090000Z', 'DTEND:20500901T100000Z', 'RRULE:FREQ=DAILY');
    const later = event(
      'RECURRENCE-ID;RANGE=THISANDFUTURE:20500906T090000Z',
      'DTSTART:20500906T110000Z',
      'DTEND:20500906T113000Z',
    );
    expect(september(master, later)).toEqual([
      '2050-09-05T09:00/2050-09-05T10:00',
      '2050-09-06T11:00/2050-09-06T11:30',
      '2050-09-07T11:00/2050-09-07T11:30',
    ]);
  });

  it('reads travel time and long occurrences that began before the window', () => {
    const travel = 'X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT30M';
    expect(september(event('DTSTART:20400905T090000Z', 'DURATION:PT1H', 'RRULE:FREQ=YEARLY', travel))).toEqual([
      '2050-09-05T08:30/2050-09-05T10:00',
    ]);
    expect(september(event('DTSTART:20500908T001500Z', 'DURATION:PT1H', 'RRULE:FREQ=YEARLY', travel))).toEqual([
      '2050-09-07T23:45/2050-09-08T01:15',
    ]);
    expect(september(event('DTSTART:20400801T000000Z', 'DURATION:P40D', 'RRULE:FREQ=YEARLY'))).toEqual([
      '2050-08-01T00:00/2050-09-10T00:00',
    ]);
  });

  it.each([
    ['winter time', '20501022', '20501023', '2050-10-29', '2050-10-29T21:00/2050-10-30T04:00'],
    ['summer time', '20500319', '20500320', '2050-03-26', '2050-03-26T22:00/2050-03-27T04:00'],
  ])('frees nothing of an occurrence that crosses the change to %s', (_, start, end, night, expected) => {
    const series = event(
      `DTSTART;TZID=Europe/Oslo:${start}T230000`,
      `DTEND;TZID=Europe/Oslo:${end}T050000`,
      'RRULE:FREQ=WEEKLY',
    );
    expect(spans(read(calendar(series), `${night}T20:00:00Z`, `${night}T23:59:00Z`))).toEqual([expected]);
  });

  it('adds RDATE, and reads all-day and floating series in the host zone', () => {
    expect(september(event('DTSTART:20500901T090000Z', 'DURATION:PT1H', 'RDATE:20500906T120000Z'))).toEqual([
      '2050-09-06T12:00/2050-09-06T13:00',
    ]);
    expect(september(event('DTSTART;VALUE=DATE:20500829', 'RRULE:FREQ=WEEKLY;BYDAY=TU'))).toEqual([
      '2050-09-05T22:00/2050-09-06T22:00',
    ]);
    expect(september(event('DTSTART:20500829T090000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY'))).toEqual([
      '2050-09-05T07:00/2050-09-05T08:00',
    ]);
  });
});
