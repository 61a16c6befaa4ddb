import { describe, expect, it } from 'vitest';
import { offerSlots } from '../../../src/domain/availability/decide-slot.ts';
import { at, daily, eventType, facts, host, starts } from './given.helper.ts';

/** Starts offered on one local date, as wall-clock time and offset. */
const offered = (timeZone: string, date: string, lengthInMinutes: number, ...hours: ReadonlyArray<string>) => {
  const day = Temporal.PlainDate.from(date);
  const window = {
    start: day.toZonedDateTime(timeZone).epochMilliseconds,
    end: day.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds,
  };
  const rules = { host: host({ timeZone, weeklyHours: daily(...hours) }), eventType: eventType({ lengthInMinutes }) };
  const known = facts({ now: at('1900-01-01T00:00Z') });
  return starts(offerSlots(rules, known, window, lengthInMinutes), timeZone).map((start) => start.slice(11));
};

const SPRING = '2027-03-28'; // Oslo: 02:00 becomes 03:00
const AUTUMN = '2027-10-31'; // Oslo: 03:00 becomes 02:00

describe('when the clocks change, working hours stay on the clock', () => {
  it('on both sides of the change', () => {
    expect(offered('Europe/Oslo', '2027-03-27', 240, '09:00-17:00')).toStrictEqual(['09:00+01:00', '13:00+01:00']);
    expect(offered('Europe/Oslo', SPRING, 240, '09:00-17:00')).toStrictEqual(['09:00+02:00', '13:00+02:00']);
    expect(offered('Europe/Oslo', '2027-10-30', 240, '09:00-17:00')).toStrictEqual(['09:00+02:00', '13:00+02:00']);
    expect(offered('Europe/Oslo', AUTUMN, 240, '09:00-17:00')).toStrictEqual(['09:00+01:00', '13:00+01:00']);
  });
});

describe('an hour that the clocks skip', () => {
  it('is not offered', () => {
    expect(offered('Europe/Oslo', SPRING, 60, '01:00-04:00')).toStrictEqual(['01:00+01:00', '03:00+02:00']);
    expect(offered('Europe/Oslo', SPRING, 60, '02:00-03:00')).toStrictEqual([]);
  });

  it('moves a boundary that lies in it later by what is skipped', () => {
    expect(offered('Europe/Oslo', SPRING, 30, '02:30-04:30')).toStrictEqual(['03:30+02:00', '04:00+02:00']);
    expect(offered('Europe/Oslo', SPRING, 30, '01:00-02:30')).toStrictEqual([
      '01:00+01:00',
      '01:30+01:00',
      '03:00+02:00',
    ]);
    expect(offered('Europe/Oslo', SPRING, 30, '02:15-02:45')).toStrictEqual(['03:15+02:00']);
  });

  it('never gives a slot twice where moved hours meet others', () => {
    expect(offered('Europe/Oslo', SPRING, 30, '02:00-02:30', '03:00-03:30')).toStrictEqual(['03:00+02:00']);
  });

  it('never gives hours that end before they begin', () => {
    expect(offered('Europe/Oslo', SPRING, 15, '02:45-03:15')).toStrictEqual([]);
  });

  it('may be the first of the day: the day begins where the clocks do', () => {
    expect(offered('Africa/Cairo', '2027-04-30', 60, '00:00-02:00')).toStrictEqual(['01:00+03:00']);
  });

  it('may lie across midnight: hours end and begin where the clocks do', () => {
    // Toronto, 1919-03-30: 23:30 becomes 00:30 of the next day.
    expect(offered('America/Toronto', '1919-03-30', 30, '23:00-23:45')).toStrictEqual(['23:00-05:00']);
    expect(offered('America/Toronto', '1919-03-31', 30, '23:00-23:45', '00:00-01:00')).toStrictEqual([
      '00:30-04:00',
      '23:00-04:00',
    ]);
  });

  it('may be a whole day, whose hours go to no other day', () => {
    expect(offered('Pacific/Apia', '2011-12-30', 60, '09:00-12:00')).toStrictEqual([]);
    expect(offered('Pacific/Apia', '2011-12-31', 60, '09:00-12:00')).toHaveLength(3);
  });
});

describe('an hour that comes twice', () => {
  it('is offered twice when the hours cover it', () => {
    expect(offered('Europe/Oslo', AUTUMN, 60, '01:00-04:00')).toStrictEqual([
      '01:00+02:00',
      '02:00+02:00',
      '02:00+01:00',
      '03:00+01:00',
    ]);
  });

  it('may lie inside one slot: a slot is elapsed time', () => {
    expect(offered('Europe/Oslo', AUTUMN, 150, '01:00-05:00')).toStrictEqual(['01:00+02:00', '02:30+01:00']);
  });

  it('means its first pass as a boundary', () => {
    expect(offered('Europe/Oslo', AUTUMN, 30, '01:30-02:30')).toStrictEqual(['01:30+02:00', '02:00+02:00']);
    expect(offered('Europe/Oslo', AUTUMN, 30, '02:30-03:00')).toStrictEqual([
      '02:30+02:00',
      '02:00+01:00',
      '02:30+01:00',
    ]);
  });

  it('may be half an hour', () => {
    // Lord Howe: 02:00 becomes 01:30.
    expect(offered('Australia/Lord_Howe', '2027-04-04', 30, '01:30-02:30')).toStrictEqual([
      '01:30+11:00',
      '01:30+10:30',
      '02:00+10:30',
    ]);
  });
});
