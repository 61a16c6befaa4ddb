/**
 * P19: the slots of a month for one host with 500 bookings and the busy times of two calendars, warm; and how the time
 * grows with the bookings in the window. Also one decision, as the booking command makes it.
 * Times are what a caller waits, so a p99 has the machine's other work in it: run it on a quiet machine.
 * Prints a table and one line of JSON. `--quick`: fewer rounds.
 */
import { parseArgs } from 'node:util';
import { decideSlot, offerSlots } from '../src/domain/availability/decide-slot.ts';
import { type HeldClaim, type SlotFacts, slotAt } from '../src/domain/availability/slot.ts';
import type { Interval } from '../src/domain/time/time.ts';
import { benchEventType as eventType, benchHost as host } from './support/slot-host.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const ROUNDS = values.quick ? 10 : 30;
const CALLS_PER_ROUND = values.quick ? 20 : 60;
const MINUTE = 60_000;
const GOAL_P99_MS = 5;

const instant = (text: string): number => Temporal.Instant.from(text).epochMilliseconds;
/** A month with a change of the clocks in it. */
const month: Interval = { start: instant('2050-09-30T22:00Z'), end: instant('2050-10-31T23:00Z') };
const now = month.start;
const rules = { host, eventType };

/** `count` bookings spread over the month, and as many busy times in each of two calendars, unsorted as folds are. */
const factsWith = (count: number): SlotFacts => {
  const gap = (month.end - month.start) / count;
  const startOf = (index: number): number => month.start + Math.floor((index * gap) / (5 * MINUTE)) * 5 * MINUTE;
  const shuffled = Array.from({ length: count }, (_, index) => (index * 7919) % count);
  const claims = shuffled.map((index): HeldClaim => {
    const start = startOf(index);
    return { claim: slotAt(eventType, start, 20).claim, start, eventTypeId: 1, bookingUid: `booking${index}` };
  });
  const busy = [20, 35].flatMap((minutes) =>
    shuffled.map((index) => ({
      start: startOf(index) + minutes * MINUTE,
      end: startOf(index) + (minutes + 10) * MINUTE,
    })),
  );
  return { now, claims, busy };
};

const percentile = (sorted: ReadonlyArray<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

type Variant = {
  readonly name: string;
  readonly bookings: number;
  readonly run: () => number;
  readonly times: Array<number>;
};

const offer = (bookings: number): Variant => {
  const facts = factsWith(bookings);
  const run = (): number => offerSlots(rules, facts, month, 30).length;
  return { name: `month, ${bookings} bookings`, bookings, run, times: [] };
};

/** A thousand decisions at a time: one is too short for the clock. Times are of one. */
const DECISIONS = 1000;
const decide = (bookings: number): Variant => {
  const facts = factsWith(bookings);
  const run = (): number => {
    let free = 0;
    for (let index = 0; index < DECISIONS; index += 1) {
      const start = month.start + (12 + (index % 600)) * 60 * MINUTE;
      if (decideSlot(rules, facts, { start, lengthInMinutes: 30 })._tag === 'Right') free += 1;
    }
    return free;
  };
  return { name: `decision, ${bookings} bookings`, bookings, run, times: [] };
};

const offers = [125, 250, 500, 1000].map(offer);
const decisions = [30, 500].map(decide);
const variants = [...offers, ...decisions];
for (const { run } of variants) for (let call = 0; call < 30; call += 1) run();
for (let round = 0; round < ROUNDS; round += 1) {
  for (const { run, times } of variants) {
    for (let call = 0; call < CALLS_PER_ROUND; call += 1) {
      const before = performance.now();
      run();
      times.push(performance.now() - before);
    }
  }
}

const rows = variants.map(({ name, bookings, run, times }) => {
  const sorted = times.toSorted((a, b) => a - b);
  return { name, bookings, found: run(), p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) };
});
const isDecision = (name: string): boolean => name.startsWith('decision');
console.table(
  rows.map(({ name, found, p50, p99 }) => ({
    what: name,
    free: found,
    p50: isDecision(name) ? `${p50.toFixed(2)} us` : `${p50.toFixed(3)} ms`,
    p99: isDecision(name) ? `${p99.toFixed(2)} us` : `${p99.toFixed(3)} ms`,
  })),
);

const p50Of = (bookings: number): number =>
  rows.find((row) => !isDecision(row.name) && row.bookings === bookings)?.p50 ?? Number.NaN;
const p19 = rows.find((row) => !isDecision(row.name) && row.bookings === 500);
console.log(
  JSON.stringify({
    bench: 'slots',
    p50Ms: p19?.p50,
    p99Ms: p19?.p99,
    goalP99Ms: GOAL_P99_MS,
    growthPerDoubling: [250, 500, 1000].map((bookings) => p50Of(bookings) / p50Of(bookings / 2)),
    decisionP50Us: rows.filter((row) => isDecision(row.name)).map((row) => row.p50),
  }),
);
