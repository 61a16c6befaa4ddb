/**
 * P18: the EventStoreDB adapter against the bare client, on one server: append, read, subscribe with 1, 64 and 512 under way. By
 * the rate, and by the CPU that the client's process takes: the server shares this machine, and the rate tells of both.
 * `--kind=append|read|subscribe`, `--in-flight=n`: that part alone. `--operations=n`: appends of a run. `--rounds=n`, `--quick`.
 * A real server is named by `HOLDFAST_BENCH_EVENTSTOREDB`; otherwise the figures are of the protocol stand-in.
 */
import { type LogClient, openAdapter, openBareClient } from './support/eventstoredb-clients.ts';
import { EVENTS_PER_STREAM, FIGURES, type Kind, makeKinds, measured, type Size } from './support/eventstoredb-jobs.ts';
import { startBenchServer } from './support/eventstoredb-server.ts';
import { type Goal, interleave, numberFlag, quick, ratePerSecond, ratios, report, spread } from './support/measure.ts';
import { must, newEvents, newStream } from './support/store.ts';

const ROUNDS = numberFlag('rounds', quick ? 4 : 10);
const OPERATIONS = numberFlag('operations', quick ? 1_500 : 4_000);
const onlyInFlight = numberFlag('in-flight', 0);
const onlyKind = process.argv.find((flag) => flag.startsWith('--kind='))?.slice('--kind='.length);
const [RATE, CPU] = FIGURES;
/** One that waits for each answer needs fewer to be measured. */
const ALONE = 0.4;

const server = await startBenchServer();
const adapter = await openAdapter(server.connectionString);
const before = await must(adapter.store.head());
const bookings = Array.from({ length: Math.ceil((OPERATIONS * 2) / EVENTS_PER_STREAM) + 1 }, newStream);
const begin = (index: number) => adapter.append(bookings[index] ?? '', newEvents(EVENTS_PER_STREAM));
await ratePerSecond(bookings.length, 64, begin);
const written = await must(adapter.store.readAll(before, bookings.length * EVENTS_PER_STREAM));
const kinds = makeKinds(bookings, [before, ...written.map(({ position }) => position)]);
await adapter.close();

const figures = new Map<string, ReadonlyArray<number>>();

/** What the adapter adds to the bare client, in per cent of it: less of the rate, more of the CPU. */
const costOf = (name: string): string => {
  const perCent = (figure: string, costs: (ratio: number) => number): string => {
    const cost = ratios(figures, `${name}, adapter, ${figure}`, `${name}, bare client, ${figure}`).map(costs);
    const { median, min, max } = spread(cost.map((share) => Math.round(share * 100)));
    return `${median} % (${min} - ${max})`;
  };
  const [rate, cpu] = [perCent(RATE, (ratio) => 1 - ratio), perCent(CPU, (ratio) => ratio - 1)];
  return `  ${name.padEnd(24)} of the rate ${rate.padEnd(20)} of the CPU ${cpu}\n`;
};

process.stdout.write(`\nthe adapter's own cost, over the ${server.name}\n`);
let runs = 0;

/**
 * Clients with equal settings share a connection, and servers hang up on one that ends a thousand subscriptions in a row. So each
 * run has settings and so a connection of its own.
 */
const run = async (open: (connectionString: string) => Promise<LogClient>, kind: Kind, size: Size) => {
  runs += 1;
  const separator = server.connectionString.includes('?') ? '&' : '?';
  const client = await open(`${server.connectionString}${separator}keepAliveInterval=${10_000 + runs}`);
  const figures = await measured(kind(client, size));
  await client.close();
  return figures;
};

for (const [kind, job] of kinds) {
  for (const inFlight of [1, 64, 512]) {
    if ((onlyKind ?? kind) !== kind || (onlyInFlight || inFlight) !== inFlight) continue;
    const operations = inFlight === 1 ? OPERATIONS * ALONE : OPERATIONS;
    const name = `${kind}, ${inFlight} in flight`;
    const rounds = await interleave(
      [
        { name: `${name}, bare client`, run: () => run(openBareClient, job, { operations, inFlight }) },
        { name: `${name}, adapter`, run: () => run(openAdapter, job, { operations, inFlight }) },
      ],
      ROUNDS,
    );
    for (const [figure, values] of rounds) figures.set(figure, values);
    process.stdout.write(costOf(name));
  }
}
await server.stop();

const goalsOf = (name: string, what: string): ReadonlyArray<Goal> => {
  const [variant, anchor] = [`${name}, adapter, `, `${name}, bare client, `];
  if (!figures.has(variant + RATE)) return [];
  return [
    { id: 'P18', what: `${what}, rate`, variant: variant + RATE, anchor: anchor + RATE, goal: 0.95 },
    { id: 'P18', what: `${what}, CPU`, variant: variant + CPU, anchor: anchor + CPU, goal: 1.05, sense: 'at-most' },
  ];
};
const goals = [
  ...goalsOf('append, 64 in flight', 'append at 64'),
  ...goalsOf('subscribe, 1 in flight', 'catch-up read'),
];
process.exitCode = report(`EventStoreDB adapter, over the ${server.name}`, figures, goals, quick ? 0.5 : 1) ? 0 : 1;
