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

const doubts = (...lines: ReadonlyArray<string>) =>
  read(calendar(...lines), '2050-09-05T00:00:00Z', '2050-09-08T00:00:00Z').unreadable;

describe('what cannot be read is not free', () => {
  it.each([
    ['not iCalendar', 'BEGIN:VCARD', 'it holds no event'],
    ['no DTSTART', event('DTEND:20500905T100000Z'), 'DTSTART is missing'],
    ['a DTSTART that is no time', event('DTSTART:tomorrow', 'DTEND:20500905T100000Z'), 'DTSTART is not a time'],
    ['a day that does not exist', event('DTSTART:20500931T090000Z', 'DURATION:PT1H'), 'DTSTART is not a time'],
    ['a broken length', event('DTSTART:20500905T090000Z', 'DURATION:1H'), 'DURATION is not a duration'],
    [
      'a broken rule',
      event('DTSTART:20500905T090000Z', 'DURATION:PT1H', 'RRULE:FREQ=SOMETIMES'),
      'a recurrence rule cannot be understood',
    ],
    [
      'a broken part of a rule',
      event('DTSTART:20500905T090000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;BYHOUR=25'),
      'a recurrence rule cannot be understood',
    ],
    [
      'an alarm without an end',
      event('BEGIN:VALARM', 'DTSTART:20500905T090000Z', 'DURATION:PT1H'),
      'a component in it is not closed',
    ],
  ])('%s is named, and nobody knows when it is', (_, lines, reason) => {
    expect(doubts(lines)).toContainEqual({ index: 0, reason, blocked: null });
  });

  it('takes no other object along', () => {
    const good = calendar(event('DTSTART:20500905T090000Z', 'DTEND:20500905T100000Z'));
    const window = { start: toEpochMs('2050-09-05T00:00:00Z'), end: toEpochMs('2050-09-06T00:00:00Z') };
    const { busy, unreadable } = readBusy([good, calendar(event('secret')), good], {
      window,
      hostTimeZone: 'Europe/Oslo',
      except: new Set(),
    });
    expect(busy).toHaveLength(2);
    expect(unreadable).toEqual([{ index: 1, reason: 'DTSTART is missing', blocked: null }]);
  });

  it('a zone that nobody knows may be any zone of the world, and is named', () => {
    const lines = event('DTSTART;TZID=Middle-earth:20500906T120000', 'DURATION:PT1H');
    const result = read(calendar(lines), '2050-09-05T00:00:00Z', '2050-09-08T00:00:00Z');
    const span = { start: toEpochMs('2050-09-05T22:00:00Z'), end: toEpochMs('2050-09-07T01:00:00Z') };
    expect(result.busy).toEqual([span]);
    expect(result.unreadable).toEqual([{ index: 0, reason: 'a time zone is not known', blocked: [span] }]);
  });

  it.each([
    [
      'an end before the start: the day',
      ['DTSTART:20500905T090000Z', 'DTEND:20500905T080000Z'],
      '2050-09-04T22:00',
      '2050-09-05T22:00',
    ],
    [
      'a rule that is always on',
      ['DTSTART:20500101T000000Z', 'DURATION:PT1S', 'RRULE:FREQ=SECONDLY'],
      '2050-09-05T00:00',
      '2050-09-08T00:00',
    ],
    [
      'a date that never comes: the first one',
      ['DTSTART:20500905T090000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30'],
      '2050-09-05T09:00',
      '2050-09-05T10:00',
    ],
    [
      'a period of its own',
      ['DTSTART:20400905T090000Z', 'DURATION:PT1H', 'RDATE;VALUE=PERIOD:20500906T090000Z/PT2H'],
      '2050-09-06T09:00',
      '2050-09-06T11:00',
    ],
  ])('%s', (_, lines, start, end) => {
    expect(september(event(...lines))).toEqual([`${start}/${end}`]);
  });

  it('says so for a text that is empty or cut', () => {
    const whole = calendar(event('DTSTART:20500905T090000Z', 'DTEND:20500905T100000Z'));
    for (const text of ['', whole.slice(0, 70), whole.slice(0, -20)]) {
      expect(read(text, '2050-09-05T00:00:00Z', '2050-09-06T00:00:00Z').unreadable).toContainEqual(
        expect.objectContaining({ blocked: null }),
      );
    }
  });
});
