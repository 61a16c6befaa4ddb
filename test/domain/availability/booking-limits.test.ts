import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { decideSlot, offerSlots } from '../../../src/domain/availability/decide-slot.ts';
import type { BookingLimits } from '../../../src/domain/bookable/event-type.ts';
import { at, daily, eventType, facts, held, host, outcome, span, starts } from './given.helper.ts';

const odd = host({ weeklyHours: daily('00:00-24:00') });
const now = at('2049-01-01T00:00Z');
const plain = eventType();

const decide = (limits: BookingLimits, bookings: ReadonlyArray<string>, start: string) =>
  decideSlot(
    { host: odd, eventType: eventType({ limits }) },
    facts({ now, claims: bookings.map((booking) => held(plain, booking)) }),
    { start: at(start), lengthInMinutes: 30 },
  );
const about = (limits: BookingLimits, bookings: ReadonlyArray<string>, start: string) =>
  outcome(decide(limits, bookings, start));

describe("S27 booking limits are counted in the host's zone", () => {
  it('23:30 and 00:30 in Oslo are different days, though they are one day in Tokyo', () => {
    const monday = ['2050-09-05T09:00+02:00', '2050-09-06T06:30+09:00']; // the second is 23:30 in Oslo
    expect(about({ day: 2 }, monday, '2050-09-06T07:30+09:00')).toBe('free'); // 00:30 in Oslo, Tuesday
    expect(about({ day: 2 }, monday, '2050-09-06T06:00+09:00')).toBe('booking_limit_reached'); // 23:00, Monday
  });

  it('a day of 25 hours is one day', () => {
    const first = ['2050-10-30T00:00+02:00'];
    expect(about({ day: 1 }, first, '2050-10-30T23:30+01:00')).toBe('booking_limit_reached');
    expect(about({ day: 1 }, first, '2050-10-31T00:00+01:00')).toBe('free');
  });

  it('weeks are ISO weeks: Sunday belongs to the Monday before it', () => {
    const sunday = ['2050-09-11T12:00+02:00'];
    expect(about({ week: 1 }, sunday, '2050-09-05T00:00+02:00')).toBe('booking_limit_reached');
    expect(about({ week: 1 }, sunday, '2050-09-04T23:30+02:00')).toBe('free');
    expect(about({ week: 1 }, sunday, '2050-09-12T00:00+02:00')).toBe('free');
  });

  it('months and years begin at local midnight', () => {
    const newYear = ['2051-01-01T00:00+01:00'];
    expect(about({ month: 1 }, newYear, '2050-12-31T23:30+01:00')).toBe('free');
    expect(about({ month: 1 }, newYear, '2051-01-31T23:30+01:00')).toBe('booking_limit_reached');
    expect(about({ month: 1 }, newYear, '2051-02-01T00:00+01:00')).toBe('free');
    expect(about({ year: 1 }, newYear, '2050-12-31T23:30+01:00')).toBe('free');
    expect(about({ year: 1 }, newYear, '2051-12-31T23:30+01:00')).toBe('booking_limit_reached');
    const lastOfLeapYear = ['2052-12-31T12:00+01:00'];
    expect(about({ year: 1 }, lastOfLeapYear, '2052-01-01T00:00+01:00')).toBe('booking_limit_reached');
  });
});

describe('booking limits', () => {
  it('count by the start of the meeting, not by its buffers', () => {
    const buffered = eventType({ beforeBuffer: 60, limits: { day: 1 } });
    const claims = [held(buffered, '2050-09-06T00:00+02:00')]; // claimed from 23:00 of the day before
    const decision = decideSlot({ host: odd, eventType: buffered }, facts({ now, claims }), {
      start: at('2050-09-05T12:00+02:00'),
      lengthInMinutes: 30,
    });
    expect(outcome(decision)).toBe('free');
  });

  it('count the bookings of this event type only', () => {
    const claims = [held(eventType({ id: 2 }), '2050-09-05T09:00+02:00')];
    const decision = decideSlot({ host: odd, eventType: eventType({ limits: { day: 1 } }) }, facts({ now, claims }), {
      start: at('2050-09-05T12:00+02:00'),
      lengthInMinutes: 30,
    });
    expect(outcome(decision)).toBe('free');
  });

  it('say the widest period that is full: a narrower one would send the guest to the next refusal', () => {
    const decision = decide({ day: 1, month: 1 }, ['2050-09-05T09:00+02:00'], '2050-09-05T12:00+02:00');
    expect(decision).toStrictEqual(E.left({ code: 'booking_limit_reached', period: 'month', limit: 1 }));
  });

  it('of none close the event type', () => {
    expect(about({ year: 0 }, [], '2050-09-05T09:00+02:00')).toBe('booking_limit_reached');
  });

  it('leave out the days that are full from what is offered, without the booking that is moved', () => {
    const type = eventType({ limits: { day: 1 }, lengthInMinutes: 720 });
    const known = facts({ now, claims: [held(type, '2050-09-06T00:00+02:00', 'runa')] });
    const window = span('2050-09-05T00:00+02:00', '2050-09-07T00:00+02:00');
    const days = (except?: string) =>
      starts(offerSlots({ host: odd, eventType: type }, known, window, 720, except)).map((start) => start.slice(8, 13));
    expect(days()).toStrictEqual(['05T00', '05T12']);
    expect(days('runa')).toStrictEqual(['05T00', '05T12', '06T00', '06T12']);
  });
});
