import { describe, expect, it } from 'vitest';
import { REMEMBERED_DAYS, workingDaysOf } from '../../../src/domain/availability/working-hours.ts';
import { at, daily, host, span } from './given.helper.ts';

const MONDAY = 29467; // 2050-09-05

describe('working days', () => {
  it('have hours that are in order, apart and never empty', () => {
    const weeklyHours = daily('13:00-14:00', '09:00-10:00', '10:00-10:00', '09:30-11:00', '12:00-11:30', '24:00-24:00');
    const day = workingDaysOf(host({ weeklyHours })).on(MONDAY);
    expect(day.date.toString()).toBe('2050-09-05');
    expect(day.hours).toStrictEqual([
      span('2050-09-05T09:00+02:00', '2050-09-05T11:00+02:00'),
      span('2050-09-05T13:00+02:00', '2050-09-05T14:00+02:00'),
    ]);
  });

  it('are found by any instant of theirs', () => {
    const days = workingDaysOf(host());
    expect(days.at(at('2050-09-05T00:00+02:00')).number).toBe(MONDAY);
    expect(days.at(at('2050-09-05T23:59:59.999+02:00')).number).toBe(MONDAY);
    expect(days.at(at('2050-09-04T23:59:59.999+02:00')).number).toBe(MONDAY - 1);
    expect(days.at(at('2050-09-06T00:00+02:00')).number).toBe(MONDAY + 1);
  });

  it('are worked out once per host', () => {
    const odd = host();
    expect(workingDaysOf(odd).on(MONDAY)).toBe(workingDaysOf(odd).on(MONDAY));
    expect(workingDaysOf(host({ weeklyHours: [] })).on(MONDAY).hours).toStrictEqual([]);
  });

  it('are remembered up to a limit, and worked out again beyond it', () => {
    const days = workingDaysOf(host());
    const first = days.on(MONDAY);
    for (let number = 1; number < REMEMBERED_DAYS; number += 1) days.on(MONDAY + number);
    expect(days.on(MONDAY)).toBe(first);
    days.on(MONDAY + REMEMBERED_DAYS);
    expect(days.on(MONDAY)).not.toBe(first);
    expect(days.on(MONDAY)).toStrictEqual(first);
  });
});
