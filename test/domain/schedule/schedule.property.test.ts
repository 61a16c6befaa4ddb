import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { type ScheduleCommand, decideSchedule } from '../../../src/domain/schedule/decide.ts';
import { evolveSchedule } from '../../../src/domain/schedule/fold-schedule.ts';
import { type ScheduleEvent, emptySchedule } from '../../../src/domain/schedule/schedule-state.ts';
import { intervalOf, overlaps } from '../../../src/domain/time/time.ts';
import { epochMs } from '../../../src/testing/index.ts';
import { daily, eventType, host } from '../availability/given.helper.ts';

const MINUTE = 60_000;

/** Event types of one host that differ in all that makes a claim. */
const types = fc.array(
  fc.record({
    lengthInMinutes: fc.constantFrom(15, 30, 45, 60, 90),
    slotInterval: fc.constantFrom(5, 15, 30),
    beforeBuffer: fc.constantFrom(0, 5, 30),
    afterBuffer: fc.constantFrom(0, 10, 60),
  }),
  { minLength: 1, maxLength: 3 },
);

/** `behind`: how many of the newest events the one who decides has not seen, as another process would. */
const move = fc.record({
  kind: fc.oneof({ weight: 5, arbitrary: fc.constant('hold' as const) }, fc.constantFrom('confirm', 'release')),
  booking: fc.nat(11),
  type: fc.nat(2),
  start: fc.nat(40),
  behind: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(3)),
});

type Move = typeof move extends fc.Arbitrary<infer A> ? A : never;
type Types = typeof types extends fc.Arbitrary<infer A> ? A : never;

const anyTime = host({ weeklyHours: daily('00:00-24:00') });

const commandOf = ({ kind, booking, type, start }: Move, settings: Types): ScheduleCommand => {
  const bookingUid = `booking${booking}`;
  const base = { now: epochMs('00:00'), bookingUid };
  if (kind === 'confirm') return { type: 'ConfirmSlot', ...base };
  if (kind === 'release') return { type: 'ReleaseSlot', ...base, reason: 'cancelled' };
  const chosen = settings[type % settings.length];
  const one = eventType({ id: type, ...chosen });
  const from = epochMs('08:00') + start * 15 * MINUTE;
  return {
    type: 'HoldSlot',
    ...base,
    icsUid: `${bookingUid}@holdfast`,
    rules: { host: anyTime, eventType: one },
    start: from,
    lengthInMinutes: one.lengthInMinutes,
    busy: [],
  };
};

/** As the store has it: what was decided without having seen the newest events is refused, and decided again on all. */
const run = (settings: Types, moves: ReadonlyArray<Move>) => {
  const log: ScheduleEvent[] = [];
  let refusals = 0;
  for (const one of moves) {
    const seen = log.slice(0, log.length - one.behind);
    const decideOn = (events: ReadonlyArray<ScheduleEvent>) =>
      decideSchedule(events.reduce(evolveSchedule, emptySchedule), commandOf(one, settings));
    const first = decideOn(seen);
    const hasConflict = E.isRight(first) && first.right.length > 0 && seen.length < log.length;
    const decided = hasConflict ? decideOn(log) : first;
    if (E.isRight(decided)) log.push(...decided.right);
    else refusals += 1;
  }
  return { log, refusals };
};

/** Read off the events by hand, apart from the fold that is under test. */
const liveClaims = (log: ReadonlyArray<ScheduleEvent>) => {
  const claims = new Map<string, { readonly start: number; readonly end: number }>();
  for (const event of log) {
    if (event.type === 'SlotHeld') claims.set(event.data.bookingUid, intervalOf(event.data.claim));
    if (event.type === 'SlotReleased') claims.delete(event.data.bookingUid);
  }
  return [...claims.values()];
};

describe('one host with several event types', () => {
  it('I2 claims of live bookings never overlap, whatever is held, confirmed and released in whatever order', () => {
    fc.assert(
      fc.property(types, fc.array(move, { maxLength: 40 }), (settings, moves) => {
        const { log } = run(settings, moves);
        for (const [index] of log.entries()) {
          const claims = liveClaims(log.slice(0, index + 1));
          expect(claims.some((one, at) => claims.slice(at + 1).some((other) => overlaps(one, other)))).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('the moves are worth it: many are refused, many are taken', () => {
    const sampled = fc.sample(fc.tuple(types, fc.array(move, { minLength: 20, maxLength: 40 })), {
      numRuns: 50,
      seed: 1,
    });
    const played = sampled.map(([settings, moves]) => run(settings, moves));
    expect(played.filter(({ refusals }) => refusals > 0).length).toBeGreaterThan(40);
    expect(played.filter(({ log }) => liveClaims(log).length > 3).length).toBeGreaterThan(25);
  });
});
