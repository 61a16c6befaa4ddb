import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { decideSlot } from '../../../src/domain/availability/decide-slot.ts';
import type { SlotFacts } from '../../../src/domain/availability/slot.ts';
import type { EventType } from '../../../src/domain/bookable/event-type.ts';
import { at, eventType, facts, held, host, outcome, span } from './given.helper.ts';

const odd = host();
const NOON = '2050-09-05T12:00+02:00'; // a Monday

const decide = (start: string, type: Partial<EventType> = {}, known: Partial<SlotFacts> = {}, lengthInMinutes = 30) =>
  decideSlot({ host: odd, eventType: eventType(type) }, facts(known), { start: at(start), lengthInMinutes });

describe('S26 a refused start says why', () => {
  it('gives the slot, with the buffers in its claim, when nothing speaks against it', () => {
    expect(decide(NOON, { beforeBuffer: 10, afterBuffer: 5 })).toStrictEqual(
      E.right({
        ...span(NOON, '2050-09-05T12:30+02:00'),
        claim: span('2050-09-05T11:50+02:00', '2050-09-05T12:35+02:00'),
      }),
    );
  });

  it('start_in_past, also by one millisecond; the present moment is not past', () => {
    expect(outcome(decide(NOON, {}, { now: at(NOON) + 1 }))).toBe('start_in_past');
    expect(outcome(decide(NOON, {}, { now: at(NOON) }))).toBe('free');
  });

  it('inside_minimum_notice, naming the earliest start', () => {
    const type = { minimumNotice: 120 };
    const now = at('2050-09-05T10:00+02:00');
    expect(outcome(decide(NOON, type, { now }))).toBe('free');
    expect(decide(NOON, type, { now: now + 1 })).toStrictEqual(
      E.left({ code: 'inside_minimum_notice', earliest: at(NOON) + 1 }),
    );
  });

  it('beyond_booking_window, also for an instant that no calendar knows', () => {
    const never = (start: number) =>
      outcome(decideSlot({ host: odd, eventType: eventType() }, facts(), { start, lengthInMinutes: 30 }));
    expect(outcome(decide('9999-12-31T16:30+01:00'))).toBe('free');
    expect(never(at('+010000-01-03T09:00Z'))).toBe('beyond_booking_window');
    expect(never(Number.MAX_SAFE_INTEGER)).toBe('beyond_booking_window');
    expect(never(Number.NaN)).toBe('beyond_booking_window');
  });

  it('invalid_length, naming the lengths that are allowed', () => {
    expect(decide(NOON, { lengthOptions: [60] }, {}, 45)).toStrictEqual(
      E.left({ code: 'invalid_length', allowed: [30, 60] }),
    );
    expect(outcome(decide(NOON, { lengthOptions: [60] }, {}, 60))).toBe('free');
    expect(decide(NOON, { lengthOptions: [30, 60] }, {}, 45)).toStrictEqual(
      E.left({ code: 'invalid_length', allowed: [30, 60] }),
    );
    expect(outcome(decide(NOON, {}, {}, 60))).toBe('invalid_length');
  });

  it('off_grid inside the hours, by the slot interval if there is one', () => {
    expect(decide('2050-09-05T12:10+02:00')).toStrictEqual(E.left({ code: 'off_grid', stepInMinutes: 30 }));
    expect(outcome(decide('2050-09-05T12:10+02:00', { slotInterval: 10 }))).toBe('free');
    expect(outcome(decide('2050-09-05T12:00:01+02:00', { slotInterval: 10 }))).toBe('off_grid');
  });

  it('outside_hours: before opening, not fitting before closing, on a closed day', () => {
    expect(outcome(decide('2050-09-05T08:30+02:00'))).toBe('outside_hours');
    expect(outcome(decide('2050-09-05T16:30+02:00'))).toBe('free');
    expect(outcome(decide('2050-09-05T16:45+02:00', { slotInterval: 15 }))).toBe('outside_hours');
    expect(outcome(decide('2050-09-05T17:00+02:00'))).toBe('outside_hours');
    expect(outcome(decide('2050-09-04T12:00+02:00'))).toBe('outside_hours');
  });

  it('booking_limit_reached, naming period and limit', () => {
    const claims = [held(eventType(), '2050-09-05T09:00+02:00')];
    expect(decide(NOON, { limits: { day: 1 } }, { claims })).toStrictEqual(
      E.left({ code: 'booking_limit_reached', period: 'day', limit: 1 }),
    );
  });

  it('slot_unavailable, telling another booking from a calendar', () => {
    const claims = [held(eventType({ id: 2 }), NOON)];
    const busy = [span('2050-09-05T12:29+02:00', '2050-09-05T13:00+02:00')];
    expect(decide(NOON, {}, { claims })).toStrictEqual(E.left({ code: 'slot_unavailable', cause: 'booking' }));
    expect(decide(NOON, {}, { busy })).toStrictEqual(E.left({ code: 'slot_unavailable', cause: 'calendar' }));
  });
});

describe('the order of the answers', () => {
  it('goes from what the caller can mend to what only another slot can', () => {
    const type: Partial<EventType> = {
      minimumNotice: 60,
      bookingWindow: { type: 'range', from: '2050-09-06', to: '2050-09-06' },
      limits: { day: 0 },
    };
    const taken = { claims: [held(eventType(), NOON)], busy: [span(NOON, '2050-09-05T12:30+02:00')] };
    const late = at(NOON) + 1;
    const { bookingWindow: _, ...open } = type;
    const { limits: __, ...free } = open;
    const offGrid = '2050-09-05T12:01+02:00';
    expect(outcome(decide(NOON, type, { ...taken, now: late }, 7))).toBe('start_in_past');
    expect(outcome(decide(NOON, type, { ...taken, now: late - 2 }, 7))).toBe('inside_minimum_notice');
    expect(outcome(decide(NOON, type, taken, 7))).toBe('beyond_booking_window');
    expect(outcome(decide(offGrid, open, taken, 7))).toBe('invalid_length');
    expect(outcome(decide(offGrid, open, taken))).toBe('off_grid');
    expect(outcome(decide(NOON, open, taken))).toBe('booking_limit_reached');
    expect(decide(NOON, free, taken)).toStrictEqual(E.left({ code: 'slot_unavailable', cause: 'booking' }));
  });
});

describe('I2 claims and buffers', () => {
  const buffered = eventType({ beforeBuffer: 15, afterBuffer: 15, slotInterval: 5 });
  const claims = [held(buffered, NOON, 'runa')]; // 11:45 to 12:45
  const about = (start: string, type: EventType, known: Partial<SlotFacts>, except?: string) =>
    outcome(
      decideSlot({ host: odd, eventType: type }, facts(known), {
        start: at(start),
        lengthInMinutes: 30,
        ...(except === undefined ? {} : { except }),
      }),
    );

  it('buffers of both sides count, and claims may touch', () => {
    expect(about('2050-09-05T12:55+02:00', buffered, { claims })).toBe('slot_unavailable');
    expect(about('2050-09-05T13:00+02:00', buffered, { claims })).toBe('free');
    expect(about('2050-09-05T11:00+02:00', buffered, { claims })).toBe('free');
    expect(about('2050-09-05T11:05+02:00', buffered, { claims })).toBe('slot_unavailable');
  });

  it('busy times of a calendar keep the distance of the buffers too', () => {
    const busy = [span('2050-09-05T12:00+02:00', '2050-09-05T12:30+02:00')];
    expect(about('2050-09-05T12:40+02:00', buffered, { busy })).toBe('slot_unavailable');
    expect(about('2050-09-05T12:45+02:00', buffered, { busy })).toBe('free');
  });

  it('a buffer may reach outside the working hours', () => {
    expect(about('2050-09-05T09:00+02:00', buffered, {})).toBe('free');
  });

  it('S29 a slot is free again when its claim is gone', () => {
    expect(about(NOON, buffered, { claims })).toBe('slot_unavailable');
    expect(about(NOON, buffered, { claims: [] })).toBe('free');
  });

  it('a booking that is moved does not stand in its own way, nor in its own limit', () => {
    const once = { ...buffered, limits: { day: 1 } };
    expect(about('2050-09-05T12:05+02:00', once, { claims }, 'runa')).toBe('free');
    expect(about('2050-09-05T12:05+02:00', once, { claims }, 'somebody-else')).toBe('booking_limit_reached');
  });
});
