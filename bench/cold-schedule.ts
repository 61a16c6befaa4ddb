/**
 * P20: the first slots of a host after a restart, and those after them, by the bookings of ten years; and the longest turn of
 * the event loop meanwhile. `whole`: the stream is folded from its beginning, as a start does that has no kept fold yet.
 * Times are what a caller waits: run it on a quiet machine. Prints a table and one line of JSON. `--quick`: fewer rounds.
 */
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as E from 'fp-ts/lib/Either.js';
import { makeSqliteEventStore } from '../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { makeSqliteSnapshots } from '../src/adapters/event-store/embedded/sqlite-snapshots.ts';
import { sha256Hex } from '../src/adapters/hashing/sha256.ts';
import { deterministicId } from '../src/adapters/identity/ids.ts';
import { openDataFile } from '../src/adapters/sqlite/data-file.ts';
import { makeBookingBuses } from '../src/application/commands/booking-buses.ts';
import { findSlots } from '../src/application/queries/find-slots.ts';
import { record } from '../src/application/commands/record.ts';
import type { ScheduleEvent } from '../src/domain/schedule/schedule-state.ts';
import { toInstant } from '../src/domain/time/time.ts';
import { median, quick } from './support/measure.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { benchEventType, benchHost } from './support/slot-host.ts';

const ROUNDS = quick ? 3 : 9;
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const NOW = Temporal.Instant.from('2050-09-01T00:00Z').epochMilliseconds;
const GOALS = [
  { bookings: 8_000, coldMs: 50 },
  { bookings: 100_000, coldMs: 300 },
];
const GOAL_TURN_MS = 20;
const GOAL_WARM_MS = 5;
/** Calendars are not what is measured here. */
const host = { ...benchHost, calendarIds: [] };
const STREAM = `schedule-${host.id}`;
const identity = { eventId: deterministicId, sha256: sha256Hex };

const must = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

const open = (path: string) => {
  const file = must(openDataFile({ path }));
  const store = must(makeSqliteEventStore(file));
  return { file, store, snapshots: must(makeSqliteSnapshots(file)) };
};

/** Ten years of bookings up to a month ahead, each held three weeks before and confirmed a minute later. */
const storyOf = (bookings: number): ReadonlyArray<ScheduleEvent> => {
  const first = NOW - 3_652 * DAY;
  const step = (3_682 * DAY) / bookings;
  return Array.from({ length: bookings }, (_, index): ReadonlyArray<ScheduleEvent> => {
    const start = first + Math.floor((index * step) / (15 * MINUTE)) * 15 * MINUTE;
    const span = { start: toInstant(start), end: toInstant(start + 15 * MINUTE) };
    const bookingUid = `01k${index.toString(36)}`.padEnd(26, 'x');
    const heldAt = Math.min(start - 21 * DAY, NOW);
    const data = { bookingUid, icsUid: `${bookingUid}@holdfast`, eventTypeId: benchEventType.id, ...span, claim: span };
    return [
      { type: 'SlotHeld', occurredAt: toInstant(heldAt), data },
      { type: 'SlotConfirmed', occurredAt: toInstant(heldAt + MINUTE), data: { bookingUid } },
    ];
  }).flat();
};

const makeLog = async (path: string, bookings: number): Promise<void> => {
  const { file, store } = open(path);
  const context = {
    commandId: 'history',
    actor: { kind: 'guest' },
    correlationId: 'history',
    causationId: null,
  } as const;
  const events = record(identity)(storyOf(bookings), context, '');
  for (let from = 0; from < events.length; from += 1_000) {
    const expected = from === 0 ? 'no-stream' : from - 1;
    must(await store.append({ stream: STREAM, expected, events: events.slice(from, from + 1_000) })());
  }
  await store.close();
  await file.close();
};

type Times = { readonly cold: number; readonly warm: number; readonly turn: number };

/** As after a restart: nothing is in memory. */
const start = async (path: string, withSnapshots: boolean): Promise<Times> => {
  const { file, store, snapshots } = open(path);
  let saving: Promise<void> = Promise.resolve();
  const kept: typeof snapshots = {
    ...snapshots,
    save: (...all) => {
      saving = snapshots.save(...all);
      return saving;
    },
  };
  const buses = makeBookingBuses({ store, identity, ...(withSnapshots ? { snapshots: kept } : {}) });
  const slots = findSlots({ buses, calendars: new Map(), clock: { now: () => NOW } });
  const query = {
    rules: { host, eventType: benchEventType },
    window: { start: NOW, end: NOW + 31 * DAY },
    lengthInMinutes: benchEventType.lengthInMinutes,
  };
  const ask = async (): Promise<number> => {
    const before = performance.now();
    must(await slots(query, new AbortController().signal)());
    return performance.now() - before;
  };
  const delay = monitorEventLoopDelay({ resolution: 1 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.enable();
  const cold = await ask();
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  const warm: Array<number> = [];
  for (let count = 0; count < 50; count += 1) warm.push(await ask());
  await saving;
  await store.close();
  await file.close();
  return { cold, warm: median(warm), turn: delay.max / 1e6 };
};

const folder = temporaryFolder();
const results: Array<Record<string, number | string | boolean>> = [];
for (const { bookings, coldMs } of GOALS) {
  const path = join(folder.path, `${bookings}.sqlite`);
  await makeLog(path, bookings);
  const whole: Array<Times> = [];
  for (let round = 0; round < ROUNDS; round += 1) whole.push(await start(path, false));
  await start(path, true);
  const restarted: Array<Times> = [];
  for (let round = 0; round < ROUNDS; round += 1) restarted.push(await start(path, true));
  for (const [name, times] of Object.entries({ whole, restarted })) {
    const figure = (pick: (one: Times) => number): number => Math.round(median(times.map(pick)) * 10) / 10;
    const [cold, warm, turn] = [figure((one) => one.cold), figure((one) => one.warm), figure((one) => one.turn)];
    const isGoal = name === 'restarted';
    const reached = !isGoal || (cold <= coldMs && warm <= GOAL_WARM_MS && turn <= GOAL_TURN_MS);
    results.push({ bookings, name, cold, warm, turn, goal: isGoal ? coldMs : '-', reached });
    process.stdout.write(
      `${bookings} bookings, ${name.padEnd(9)}: first ${cold} ms, then ${warm} ms, longest turn ${turn} ms` +
        `${isGoal ? ` (goals ${coldMs}, ${GOAL_WARM_MS}, ${GOAL_TURN_MS})` : ''}\n`,
    );
  }
}
folder.remove();
process.stdout.write(`${JSON.stringify({ bench: 'cold-schedule', results })}\n`);
process.exitCode = results.every(({ reached }) => reached) ? 0 : 1;
