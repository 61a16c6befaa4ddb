import { expect } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import type { BookingBus } from '../../../src/application/commands/booking-buses.ts';
import type { Calendars } from '../../../src/application/calendars/host-calendars.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { type SagaRunner, type SagaProgress, makeSagaRunner } from '../../../src/application/saga/saga-runner.ts';
import { epochMs } from '../../../src/testing/index.ts';
import { makeTestClock, type TestClock } from '../../support/clock.ts';
import { odd } from '../../support/hosts.ts';
import { type ScriptedCalendar, scriptedCalendar } from '../../support/scripted-calendar.ts';
import { type ScriptedConferencing, scriptedConferencing } from '../../support/scripted-conferencing.ts';
import { bootBuses, countingIdentity } from '../process.helper.ts';

/** What outlives a process: the log, the calendars, the clock on the wall. */
export type World = {
  readonly store: EventStore;
  readonly clock: TestClock;
  readonly work: ScriptedCalendar;
  readonly home: ScriptedCalendar;
  readonly rooms: ScriptedConferencing;
};

export const makeWorld = (): World => ({
  store: makeMemoryEventStore(),
  clock: makeTestClock(epochMs('10:00')),
  work: scriptedCalendar({ calendarId: 'work' }),
  home: scriptedCalendar({ calendarId: 'home' }),
  rooms: scriptedConferencing('jitsi'),
});

export const LEASE_MS = 15_000;

/** One run of the program, with nothing in memory. `problems`: what was reported. */
export type Process = {
  readonly runner: SagaRunner;
  readonly buses: ReturnType<typeof bootBuses>;
  readonly problems: ReadonlyArray<{ readonly where: string; readonly reason: string }>;
  /** Runs the saga of the booking, waits for its calls, and runs it again until nothing is due. */
  readonly rest: (uid: string) => Promise<SagaProgress>;
};

export const boot = (
  { store, clock, work, home, rooms }: World,
  replaced: {
    readonly store?: EventStore;
    readonly calendars?: Calendars;
    readonly node?: string;
    readonly loadUpTo?: (load: BookingBus['loadUpTo']) => BookingBus['loadUpTo'];
  } = {},
): Process => {
  const { node } = replaced;
  const made = bootBuses(replaced.store ?? store, node);
  const loadUpTo = replaced.loadUpTo?.(made.bookings.loadUpTo) ?? made.bookings.loadUpTo;
  const buses = { ...made, bookings: { ...made.bookings, loadUpTo } };
  const problems: Array<{ where: string; reason: string }> = [];
  const runner = makeSagaRunner({
    buses,
    calendars: replaced.calendars ?? new Map([work, home].map(({ calendar }) => [calendar.calendarId, calendar])),
    conferencing: new Map([[rooms.conferencing.provider, rooms.conferencing]]),
    findHost: (hostId) => (hostId === odd.id ? odd : undefined),
    leasing: node === undefined ? null : { node, leaseMs: LEASE_MS },
    clock,
    identity: countingIdentity(node),
    retry: { baseMs: 5_000, capMs: 900_000 },
    moves: { store: replaced.store ?? store, allowanceMs: 300_000 },
    report: (problem) => void problems.push(problem),
  });
  const rest = async (uid: string): Promise<SagaProgress> => {
    for (;;) {
      const progress = await runner.run(uid, 0);
      if (progress.type !== 'busy' || (await progress.settled) !== 'done') return progress;
    }
  };
  return { runner, buses, problems, rest };
};

/** Waits until the calendar was asked so many things. */
export const asked = (calendar: ScriptedCalendar, count: number): Promise<void> =>
  expect.poll(() => calendar.calls.length).toBe(count);

export const operations = ({ calls }: ScriptedCalendar): ReadonlyArray<string> =>
  calls.map(({ operation }) => operation);
