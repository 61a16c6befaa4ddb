import { describe, expect, it } from 'vitest';
import { offerSlots } from '../../../src/domain/availability/decide-slot.ts';
import type { EventType } from '../../../src/domain/bookable/event-type.ts';
import type { Host } from '../../../src/domain/bookable/host.ts';
import { daily, eventType, facts, host, span, starts } from './given.helper.ts';

const MONDAY = span('2050-09-05T00:00+02:00', '2050-09-06T00:00+02:00');
const TWO_DAYS = span('2050-09-05T00:00+02:00', '2050-09-07T00:00+02:00');

const offered = (changes: Partial<Host>, type: Partial<EventType> = {}, window = MONDAY, length?: number) => {
  const rules = { host: host(changes), eventType: eventType(type) };
  return starts(offerSlots(rules, facts(), window, length ?? rules.eventType.lengthInMinutes)).map((start) =>
    start.slice(8, 16),
  );
};

describe('working hours', () => {
  it('are wall-clock ranges of the host, several a day', () => {
    expect(offered({ weeklyHours: daily('09:00-10:00', '13:00-14:00') })).toStrictEqual([
      '05T09:00',
      '05T09:30',
      '05T13:00',
      '05T13:30',
    ]);
  });

  it('anchor the grid where they begin, whatever zone anybody else lives in', () => {
    const weeklyHours = daily('09:15-10:20');
    expect(offered({ weeklyHours })).toStrictEqual(['05T09:15', '05T09:45']);
    expect(offered({ weeklyHours, timeZone: 'Asia/Kathmandu' }, {}, TWO_DAYS)).toStrictEqual([
      '05T05:30', // 09:15 in Kathmandu
      '05T06:00',
      '06T05:30',
      '06T06:00',
    ]);
  });

  it('ranges that touch or overlap are one', () => {
    expect(
      offered({ weeklyHours: daily('09:00-10:00', '09:45-10:15', '10:15-10:45') }, { lengthInMinutes: 35 }),
    ).toStrictEqual(['05T09:00', '05T09:35', '05T10:10']);
  });

  it('an override replaces the whole day, and without hours closes it', () => {
    const dateOverrides = [
      { date: '2050-09-05', hours: [{ from: '20:00', to: '21:00' }] },
      { date: '2050-09-06', hours: [] },
    ];
    expect(offered({ dateOverrides }, {}, TWO_DAYS)).toStrictEqual(['05T20:00', '05T20:30']);
  });

  it('an override opens a day that is otherwise closed', () => {
    const dateOverrides = [{ date: '2050-09-04', hours: [{ from: '10:00', to: '10:30' }] }];
    const sunday = span('2050-09-04T00:00+02:00', '2050-09-05T00:00+02:00');
    expect(offered({ dateOverrides }, {}, sunday)).toStrictEqual(['04T10:00']);
  });

  it('a range without length, or from late to early, is no range', () => {
    expect(offered({ weeklyHours: daily('00:00-00:00', '10:00-10:00', '12:00-11:00') })).toStrictEqual([]);
  });
});

describe('working hours around midnight', () => {
  it('24:00 lets the last slot end with the day', () => {
    expect(offered({ weeklyHours: daily('23:00-24:00') })).toStrictEqual(['05T23:00', '05T23:30']);
  });

  it('join where the next day goes on, and keep their grid', () => {
    const weeklyHours = daily('22:00-24:00', '00:00-02:00');
    expect(
      offered({ weeklyHours }, { lengthInMinutes: 45 }, span('2050-09-05T12:00+02:00', '2050-09-06T12:00+02:00')),
    ).toStrictEqual(['05T22:00', '05T22:45', '05T23:30', '06T00:15', '06T01:00']);
  });

  it('do not join across a day that opens later', () => {
    const weeklyHours = daily('22:00-24:00', '00:15-02:00');
    expect(offered({ weeklyHours }, { lengthInMinutes: 45 })).toContain('05T22:45');
    expect(offered({ weeklyHours }, { lengthInMinutes: 45 })).not.toContain('05T23:30');
    expect(offered({ weeklyHours }, { lengthInMinutes: 45 })).toContain('05T00:15');
  });

  it('do not take over the grid of an evening that ended before midnight', () => {
    expect(offered({ weeklyHours: daily('00:00-01:00', '15:10-16:00') })).toStrictEqual([
      '05T00:00',
      '05T00:30',
      '05T15:10',
    ]);
  });

  it('hours without end have a grid that begins anew at each midnight, and slots across it', () => {
    const round = offered({ weeklyHours: daily('00:00-24:00') }, { lengthInMinutes: 600 }, TWO_DAYS);
    expect(round).toStrictEqual(['05T00:00', '05T10:00', '05T20:00', '06T00:00', '06T10:00', '06T20:00']);
  });

  it("the morning after a day without end keeps that day's grid", () => {
    const dateOverrides = [
      { date: '2050-09-05', hours: [{ from: '00:00', to: '24:00' }] },
      { date: '2050-09-06', hours: [{ from: '00:00', to: '08:00' }] },
    ];
    expect(offered({ dateOverrides }, { lengthInMinutes: 300 }, TWO_DAYS)).toStrictEqual([
      '05T00:00',
      '05T05:00',
      '05T10:00',
      '05T15:00',
      '05T20:00',
      '06T01:00',
    ]);
  });

  it('a slot may be longer than a day where the hours are', () => {
    const days = daily('00:00-24:00');
    expect(offered({ weeklyHours: days }, { lengthInMinutes: 3000 })).toStrictEqual(['05T00:00']);
  });
});

describe('lengths and intervals', () => {
  const weeklyHours = daily('09:00-10:30');

  it('the interval sets the grid, the chosen length what fits', () => {
    const type = { slotInterval: 15, lengthOptions: [60] };
    expect(offered({ weeklyHours }, type, MONDAY, 60)).toStrictEqual(['05T09:00', '05T09:15', '05T09:30']);
  });

  it('without an interval the chosen length sets the grid', () => {
    expect(offered({ weeklyHours }, { lengthOptions: [45] }, MONDAY, 45)).toStrictEqual(['05T09:00', '05T09:45']);
  });

  it('a length that is not allowed is offered nothing', () => {
    expect(offered({ weeklyHours }, {}, MONDAY, 45)).toStrictEqual([]);
    expect(offered({ weeklyHours }, {}, MONDAY, 0)).toStrictEqual([]);
    expect(offered({ weeklyHours }, {}, MONDAY, -30)).toStrictEqual([]);
  });

  it('a window is half-open: starts inside it', () => {
    const window = span('2050-09-05T09:30+02:00', '2050-09-05T10:00+02:00');
    expect(offered({ weeklyHours }, {}, window)).toStrictEqual(['05T09:30']);
    expect(offered({ weeklyHours }, {}, { start: window.end, end: window.start })).toStrictEqual([]);
    const never = { start: Number.MAX_SAFE_INTEGER - 1, end: Number.MAX_SAFE_INTEGER };
    expect(offered({ weeklyHours }, {}, never)).toStrictEqual([]);
  });
});
