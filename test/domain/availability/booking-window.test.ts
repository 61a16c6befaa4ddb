import { describe, expect, it } from 'vitest';
import { decideSlot, offerSlots } from '../../../src/domain/availability/decide-slot.ts';
import type { BookingWindow } from '../../../src/domain/bookable/event-type.ts';
import { at, daily, eventType, facts, host, outcome, span, starts } from './given.helper.ts';

const odd = host({ weeklyHours: daily('00:00-24:00') });

const decide = (bookingWindow: BookingWindow, now: string, start: string) =>
  outcome(
    decideSlot({ host: odd, eventType: eventType({ bookingWindow }) }, facts({ now: at(now) }), {
      start: at(start),
      lengthInMinutes: 30,
    }),
  );

describe('a rolling booking window', () => {
  const twoDays: BookingWindow = { type: 'rolling', days: 2 };

  it('ends with the last local day of the host', () => {
    expect(decide(twoDays, '2050-09-05T12:00+02:00', '2050-09-07T23:30+02:00')).toBe('free');
    expect(decide(twoDays, '2050-09-05T12:00+02:00', '2050-09-08T00:00+02:00')).toBe('beyond_booking_window');
  });

  it("counts from the host's today, which may not be the UTC day", () => {
    expect(decide(twoDays, '2050-09-05T00:30+02:00', '2050-09-07T23:30+02:00')).toBe('free');
    expect(decide(twoDays, '2050-09-04T23:30+02:00', '2050-09-07T00:00+02:00')).toBe('beyond_booking_window');
  });

  it('of no days is today', () => {
    expect(decide({ type: 'rolling', days: 0 }, '2050-09-05T12:00+02:00', '2050-09-05T23:30+02:00')).toBe('free');
    expect(decide({ type: 'rolling', days: 0 }, '2050-09-05T12:00+02:00', '2050-09-06T00:00+02:00')).toBe(
      'beyond_booking_window',
    );
  });

  it('keeps its edge at local midnight when the clocks change on the way', () => {
    // Oslo leaves summer time on 2050-10-30: the last day ends at 23:00 UTC, the first began at 22:00 UTC.
    expect(decide(twoDays, '2050-10-29T12:00+02:00', '2050-10-31T23:30+01:00')).toBe('free');
    expect(decide(twoDays, '2050-10-29T12:00+02:00', '2050-11-01T00:00+01:00')).toBe('beyond_booking_window');
  });

  it('of more days than the calendar has ends with the calendar', () => {
    expect(decide({ type: 'rolling', days: 1e9 }, '2050-09-05T12:00+02:00', '2060-01-01T00:00Z')).toBe('free');
  });
});

describe('a range of dates', () => {
  const range: BookingWindow = { type: 'range', from: '2050-09-05', to: '2050-09-06' };
  const now = '2050-08-01T00:00Z';

  it("is whole days of the host's zone", () => {
    expect(decide(range, now, '2050-09-04T23:30+02:00')).toBe('beyond_booking_window');
    expect(decide(range, now, '2050-09-05T00:00+02:00')).toBe('free');
    expect(decide(range, now, '2050-09-06T23:30+02:00')).toBe('free');
    expect(decide(range, now, '2050-09-07T00:00+02:00')).toBe('beyond_booking_window');
  });

  it('bounds what is offered', () => {
    const rules = { host: odd, eventType: eventType({ bookingWindow: range, lengthInMinutes: 720 }) };
    const week = span('2050-09-01T00:00Z', '2050-09-10T00:00Z');
    expect(starts(offerSlots(rules, facts(), week, 720))).toStrictEqual([
      '2050-09-05T00:00+02:00',
      '2050-09-05T12:00+02:00',
      '2050-09-06T00:00+02:00',
      '2050-09-06T12:00+02:00',
    ]);
  });
});

describe('minimum notice', () => {
  it('bounds what is offered, to the minute, also over a change of the clocks', () => {
    const rules = { host: odd, eventType: eventType({ minimumNotice: 24 * 60, lengthInMinutes: 60 }) };
    const now = at('2050-10-29T12:00+02:00');
    const day = span('2050-10-30T00:00+02:00', '2050-10-30T14:00+01:00');
    // 24 hours of elapsed time are 11:00 on the next day's clock.
    expect(starts(offerSlots(rules, facts({ now }), day, 60))[0]).toBe('2050-10-30T11:00+01:00');
    expect(starts(offerSlots(rules, facts({ now: now + 60_000 }), day, 60))[0]).toBe('2050-10-30T12:00+01:00');
  });
});
