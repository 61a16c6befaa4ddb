import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { decideSlot, offerSlots } from '../../../src/domain/availability/decide-slot.ts';
import { type HeldClaim, type SlotFacts, type SlotRules, slotAt } from '../../../src/domain/availability/slot.ts';
import type { EventType } from '../../../src/domain/bookable/event-type.ts';
import { type Interval, overlaps } from '../../../src/domain/time/time.ts';
import { daily, eventType, host } from './given.helper.ts';
import { around, changeBetween, hoursRange, raster, resolvedHours } from './zones.helper.ts';

const MINUTE = 60_000;
const limit = fc.integer({ min: 0, max: 4 });

const types: fc.Arbitrary<EventType> = fc
  .record({
    lengthInMinutes: fc.constantFrom(15, 30, 45, 60, 150),
    slotInterval: fc.constantFrom(null, 10, 15, 60, 90),
    beforeBuffer: fc.constantFrom(0, 10, 45),
    afterBuffer: fc.constantFrom(0, 5, 60),
    minimumNotice: fc.constantFrom(0, 45, 1440),
    bookingWindow: fc.constantFrom<EventType['bookingWindow']>({ type: 'unlimited' }, { type: 'rolling', days: 1 }),
    limits: fc.record({ day: limit, week: limit, month: limit }, { requiredKeys: [] }),
  })
  .map((changes) => eventType(changes));

const minutesIn = fc.integer({ min: -300, max: 5000 });
const claimAt = fc.record({ offset: minutesIn, typeId: fc.constantFrom(1, 2) });
const busyAt = fc.record({ offset: minutesIn, length: fc.integer({ min: 1, max: 180 }) });

type Given = {
  readonly rules: SlotRules;
  readonly facts: SlotFacts;
  readonly window: Interval;
  readonly hours: ReadonlyArray<string>;
};

/** A host in any zone around a change of its clocks, with some time taken, asked at some moment. */
const situations: fc.Arbitrary<Given> = fc
  .record({
    change: changeBetween(2012, 2040),
    hours: fc.array(hoursRange, { minLength: 1, maxLength: 3 }),
    type: types,
    nowOffset: fc.integer({ min: -3000, max: 1500 }),
    claims: fc.array(claimAt, { maxLength: 12 }),
    busy: fc.array(busyAt, { maxLength: 6 }),
  })
  .map(({ change, hours, type, nowOffset, claims, busy }) => {
    const window = around(change);
    const rules = { host: host({ timeZone: change.timeZoneId, weeklyHours: daily(...hours) }), eventType: type };
    const held = claims.map(({ offset, typeId }, index): HeldClaim => {
      const { start, claim } = slotAt(type, window.start + offset * MINUTE, 30);
      return { claim, start, eventTypeId: typeId, bookingUid: `booking${index}` };
    });
    const taken = busy.map(({ offset, length }) => {
      const start = window.start + offset * MINUTE;
      return { start, end: start + length * MINUTE };
    });
    return { rules, facts: { now: window.start + nowOffset * MINUTE, claims: held, busy: taken }, window, hours };
  });

const offer = ({ rules, facts, window }: Given) => offerSlots(rules, facts, window, rules.eventType.lengthInMinutes);
const RUNS = { numRuns: 300 };

describe('I11 what is offered and what is decided', () => {
  it('are the same: no offered slot is refused, no start that would be taken is missing', () => {
    fc.assert(
      fc.property(situations, (given) => {
        const { lengthInMinutes } = given.rules.eventType;
        const decided = raster(given.window, 5 * MINUTE)
          .map((start) => decideSlot(given.rules, given.facts, { start, lengthInMinutes }))
          .filter(E.isRight);
        expect(offer(given)).toStrictEqual(decided.map(({ right }) => right));
      }),
      RUNS,
    );
  });

  it('come in order, once, a step apart except where hours begin anew', () => {
    fc.assert(
      fc.property(situations, (given) => {
        const { slotInterval, lengthInMinutes } = given.rules.eventType;
        const step = (slotInterval ?? lengthInMinutes) * MINUTE;
        const hours = resolvedHours(given.window, given.rules.host.timeZone, given.hours);
        const found = offer(given);
        found.slice(1).forEach(({ start }, index) => {
          const distance = start - (found[index]?.start ?? Number.NaN);
          expect(distance).toBeGreaterThan(0);
          const begins = hours.some((range) => range.start === start);
          expect(distance >= step || begins, `${start}`).toBe(true);
        });
      }),
      RUNS,
    );
  });

  it('I2 keep off what is taken, and out of what is past', () => {
    fc.assert(
      fc.property(situations, (given) => {
        for (const { start, claim } of offer(given)) {
          expect(given.facts.claims.some((held) => overlaps(held.claim, claim))).toBe(false);
          expect(given.facts.busy.some((interval) => overlaps(interval, claim))).toBe(false);
          expect(start).toBeGreaterThanOrEqual(given.facts.now + given.rules.eventType.minimumNotice * MINUTE);
        }
      }),
      RUNS,
    );
  });

  it("S27 leave room under every limit, as dates read on the host's clock", () => {
    fc.assert(
      fc.property(situations, (given) => {
        const { timeZone } = given.rules.host;
        const read = (instant: number) => Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
        const names = (instant: number) => ({
          day: read(instant).toPlainDate().toString(),
          week: `${read(instant).yearOfWeek}-${read(instant).weekOfYear}`,
          month: read(instant).toPlainDate().toPlainYearMonth().toString(),
        });
        const booked = given.facts.claims.filter((held) => held.eventTypeId === 1).map((held) => names(held.start));
        for (const slot of offer(given)) {
          for (const period of ['day', 'week', 'month'] as const) {
            const used = booked.filter((name) => name[period] === names(slot.start)[period]).length;
            expect(used).toBeLessThan(given.rules.eventType.limits[period] ?? Number.POSITIVE_INFINITY);
          }
        }
      }),
      RUNS,
    );
  });
});
