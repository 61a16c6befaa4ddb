import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { SlotRefusal } from '../../../src/domain/availability/slot.ts';
import { decodeRefusal, reasonOfSlot, refusalReasons } from '../../../src/domain/refusals/refusal.ts';

const refusals: ReadonlyArray<SlotRefusal> = [
  { code: 'start_in_past' },
  { code: 'inside_minimum_notice', earliest: 0 },
  { code: 'beyond_booking_window', bookable: { start: 0, end: 1 } },
  { code: 'invalid_length', allowed: [30, 60] },
  { code: 'off_grid', stepInMinutes: 15 },
  { code: 'outside_hours' },
  { code: 'booking_limit_reached', period: 'day', limit: 2 },
  { code: 'slot_unavailable', cause: 'booking' },
  { code: 'slot_unavailable', cause: 'calendar' },
];

describe('a refusal', () => {
  it.each(refusals)('given %j, then it has a reason that the log understands again', (refusal) => {
    const { reason, detail } = reasonOfSlot(refusal);
    expect(refusalReasons).toContain(reason);
    const data = {
      ...{ at: '2050-09-01T00:00:00Z', asked: 'booking', bookingUid: null, eventTypeId: 1, attendee: 'x' },
      ...{ start: '2050-09-02T00:00:00Z', lengthInMinutes: 30, reason, detail },
    };
    expect(decodeRefusal({ type: 'BookingRefused', data })).toMatchObject({ right: { data } });
  });

  it('given the reasons of all refusals, then no two are the same', () => {
    expect(new Set(refusals.map((refusal) => reasonOfSlot(refusal).reason)).size).toBe(refusals.length);
  });

  it('given what is none, then it is not understood', () => {
    expect(E.isLeft(decodeRefusal({ type: 'BookingRefused', data: { at: 'soon' } }))).toBe(true);
    expect(E.isLeft(decodeRefusal({ type: 'Else', data: {} }))).toBe(true);
  });
});
