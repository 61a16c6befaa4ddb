import * as E from 'fp-ts/lib/Either.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BookingBuses } from '../../../src/application/commands/booking-buses.ts';
import type { BookingCommand } from '../../../src/domain/booking/commands.ts';
import type { ScheduleCommand } from '../../../src/domain/schedule/decide.ts';
import { oneRun } from './one-run.ts';
import type { Planted } from './surroundings.ts';

/** The way to a booking's stream with a mistaken decider: what it makes of a command. */
const bookingsDecide =
  (mistake: (command: BookingCommand) => BookingCommand): Planted =>
  (buses) => ({
    ...buses,
    bookings: {
      ...buses.bookings,
      execute: (uid, command, ...rest) => buses.bookings.execute(uid, mistake(command), ...rest),
    },
  });

/** The same for a host's schedule; null: it forgets the command, and says that it is done. */
const schedulesDecide =
  (mistake: (command: ScheduleCommand) => ScheduleCommand | null): Planted =>
  (buses) => ({
    ...buses,
    schedules: {
      ...buses.schedules,
      execute: (hostId, command, ...rest) => {
        const taken = mistake(command);
        if (taken !== null) return buses.schedules.execute(hostId, taken, ...rest);
        return async () => {
          const loaded = await buses.schedules.load(hostId)();
          return E.isLeft(loaded) ? loaded : E.right({ ...loaded.right, events: [] });
        };
      },
    },
  });

/** The old slot goes when the move is asked for, not when it is done. */
const releasesFirst: Planted = (buses: BookingBuses) => ({
  ...buses,
  bookings: {
    ...buses.bookings,
    execute:
      (uid, command, context, ...rest) =>
      async () => {
        const done = await buses.bookings.execute(uid, command, context, ...rest)();
        if (E.isRight(done) && command.type === 'StartCalendarMove' && done.right.state.phase !== 'none') {
          const { hostId } = done.right.state.request;
          const release = { type: 'ReleaseSlot', now: command.now, bookingUid: uid, reason: 'cancelled' } as const;
          await buses.schedules.execute(hostId, release, { ...context, commandId: `${context.commandId}/first` })();
        }
        return done;
      },
  },
});

/** What was written to a calendar counts as written with the guests and the place of now, also where they changed meanwhile. */
const forgetsChanges: Planted = (buses: BookingBuses) => ({
  ...buses,
  bookings: {
    ...buses.bookings,
    execute:
      (uid, command, ...rest) =>
      async () => {
        const loaded = await buses.bookings.load(uid)();
        const isKnown = E.isRight(loaded) && loaded.right.state.phase !== 'none';
        const { detailsVersion } = isKnown && 'detailsVersion' in command ? loaded.right.state : {};
        const mistaken = detailsVersion === undefined ? command : { ...command, detailsVersion };
        return buses.bookings.execute(uid, mistaken, ...rest)();
      },
  },
});

const faults: ReadonlyArray<readonly [string, RegExp, Planted]> = [
  ['the old slot is released before the move is done', /^I2 is broken .* holds no slot/s, releasesFirst],
  [
    'a move that a calendar refused counts as done',
    /^I[13] is broken/,
    bookingsDecide((command) => {
      if (command.type !== 'RecordCalendarMoveFailure') return command;
      const { failure: _, ...rest } = command;
      return {
        ...rest,
        type: 'RecordCalendarMove',
        providerEventId: 'none',
        created: false,
        status: 'confirmed',
        meetingUrl: null,
      };
    }),
  ],
  [
    'the new time of a move that is done is given back',
    /^I2 is broken/,
    schedulesDecide((command) => (command.type === 'SettleReschedule' ? { ...command, moved: false } : command)),
  ],
  [
    'what was held for a move that came to nothing is never given back',
    /^I2 is broken .* still held for a move/s,
    schedulesDecide((command) => (command.type === 'SettleReschedule' && !command.moved ? null : command)),
  ],
  [
    'an approved request takes no slot from those that it competes with',
    /^I2 is broken .* holds no slot/s,
    schedulesDecide((command) => (command.type === 'ClaimSlot' ? null : command)),
  ],
  [
    'a booking that ended keeps its slot',
    /^I2 is broken/,
    schedulesDecide((command) => (command.type === 'ReleaseSlot' ? null : command)),
  ],
  [
    'timers fire an hour early',
    /^the timers is broken|^I1\/I9 is broken/,
    bookingsDecide((command) =>
      command.type === 'FireTimers' ? { ...command, now: command.now + 3_600_000 } : command,
    ),
  ],
  [
    'an event with the guests or the place of before counts as up to date',
    /^I3 is broken .* as up to date/s,
    forgetsChanges,
  ],
  [
    'a mail that was refused counts as sent',
    /^I4 is broken .* (comes and was not invited|was left without word|was told to come)/s,
    bookingsDecide((command) => {
      if (command.type !== 'ParkNotification') return command;
      const { reason: _, ...parked } = command.parked;
      return { type: 'RecordNotification', now: command.now, sent: { ...parked, messageId: 'none' } };
    }),
  ],
  [
    'an answer that never came counts as a refusal',
    /^I3 is broken/,
    bookingsDecide((command) =>
      command.type === 'RecordCalendarFailure' && command.failure.kind === 'outcome-unknown'
        ? { ...command, failure: { kind: 'forbidden', message: 'refused' } }
        : command,
    ),
  ],
];

/** Runs of up to 120 steps in which each has to be found. */
const RUNS = 60;

describe('the model finds what is planted', () => {
  it.each(faults)('%s', async (_, invariant, planted) => {
    const found = await fc.check(oneRun(planted), { numRuns: RUNS, seed: 1, endOnFailure: true });
    expect(found.failed).toBe(true);
    expect(found.errorInstance).toBeInstanceOf(Error);
    expect(String((found.errorInstance as Error).message)).toMatch(invariant);
  });
});
