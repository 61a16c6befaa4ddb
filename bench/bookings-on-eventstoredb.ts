/**
 * P25: accepted bookings on EventStoreDB against the embedded engine, in one run: two `holdfast serve` of the same configuration,
 * 50 hosts without calendars, mails to a folder, 64 and 1 requests in flight that wait for the decision. Rate and p99 until the
 * last answer; each round ends when everybody was told. `--seconds=n`: besides, once, a load that lasts, in which nothing can
 * be put off: the same 64, and how long whoever is to be told waits afterwards. `--rounds=n`, `--requests=n` (a round, with 64 in flight), `--quick`. A
 * real server is named by `HOLDFAST_BENCH_EVENTSTOREDB`; otherwise the figures are of the protocol stand-in. Its streams get
 * a prefix of their own for each run.
 */
import { book, caughtUp, freshBookings } from './support/booking-load.ts';
import { startBenchServer } from './support/eventstoredb-server.ts';
import { configurationOf } from './support/many-hosts.ts';
import { type Goal, interleave, type ManySided, numberFlag, quick, report, type Rounds } from './support/measure.ts';
import { type MeasuredServer, startHoldfast } from './support/processes.ts';

const ROUNDS = numberFlag('rounds', quick ? 3 : 10);
const REQUESTS = numberFlag('requests', quick ? 300 : 600);
const SECONDS = numberFlag('seconds', 0);
const HOSTS = 50;
/** Bookings a second that no server here takes: so many bodies are made for a load that lasts. */
const MOST_A_SECOND = 1_000;
/** One that waits for each answer needs fewer to be measured. */
const ALONE = 0.2;
const CONNECTION = 'HOLDFAST_BENCH_CONNECTION';

const server = await startBenchServer();
const configuration = configurationOf(HOSTS, 'none');
const streamPrefix = `bench${Temporal.Now.instant().epochMilliseconds}-`;
const store = { type: 'eventstoredb', connectionString: { env: CONNECTION }, streamPrefix };
const embedded = await startHoldfast(configuration);
const shared = await startHoldfast({ ...configuration, store }, [], { [CONNECTION]: server.connectionString });

const variant = (name: string, on: MeasuredServer) => {
  const bookings = freshBookings(HOSTS);
  const load = async (count: number, inFlight: number) => {
    const msABooking = (cpuUs: number): number => cpuUs / 1000 / count;
    const [before, logBefore] = [await on.usage(), await server.cpuUs()];
    const answered = await book(on, bookings(count), inFlight, 'accepted');
    const logCpuMs = msABooking((await server.cpuUs()) - logBefore);
    await caughtUp(on);
    return {
      rate: answered['requests/s'],
      p99: answered['p99 ms'],
      untilAnsweredMs: msABooking(answered['CPU us a request'] * count),
      logCpuMs,
      cpuMs: msABooking((await on.usage()).cpuUs - before.cpuUs),
    };
  };
  const lasting = async () => {
    const bodies = bookings(SECONDS * MOST_A_SECOND);
    const { 'requests/s': rate, 'p99 ms': p99 } = await book(on, bodies, 64, 'accepted', SECONDS * 1000);
    const begun = performance.now();
    await caughtUp(on);
    return {
      '64 in flight, load that lasts, accepted/s': rate,
      '64 in flight, load that lasts, p99 ms': p99,
      'seconds after it until everybody was told': (performance.now() - begun) / 1000,
    };
  };
  const burst = async () => {
    const many = await load(REQUESTS, 64);
    const one = await load(Math.ceil(REQUESTS * ALONE), 1);
    return {
      '64 in flight, accepted/s': many.rate,
      '64 in flight, p99 ms': many.p99,
      '64 in flight, CPU ms a booking until the last answer': many.untilAnsweredMs,
      '64 in flight, CPU ms of the log a booking until then': many.logCpuMs,
      '64 in flight, CPU ms a booking, mails and all': many.cpuMs,
      '1 in flight, accepted/s': one.rate,
    };
  };
  return { burst: { name, run: burst }, lasting: { name, run: lasting } };
};

/** Each once, without a round before that is thrown away: the bursts have warmed them up. */
const once = async (variants: ReadonlyArray<ManySided>): Promise<Rounds> => {
  const figures = new Map<string, ReadonlyArray<number>>();
  for (const { name, run } of variants)
    for (const [figure, value] of Object.entries(await run())) figures.set(`${name}, ${figure}`, [value]);
  return figures;
};

const goal = (figure: string, wanted: Pick<Goal, 'goal' | 'sense'>): Goal => ({
  id: 'P25',
  what: figure,
  variant: `EventStoreDB, ${figure}`,
  anchor: `embedded, ${figure}`,
  ...wanted,
});

try {
  const variants = [variant('embedded', embedded), variant('EventStoreDB', shared)];
  const bursts = await interleave(
    variants.map(({ burst }) => burst),
    ROUNDS,
  );
  const lasting = SECONDS === 0 ? [] : await once(variants.map(({ lasting: each }) => each));
  const rounds = new Map([...bursts, ...lasting]);
  const goals = [
    goal('64 in flight, accepted/s', { goal: 0.4 }),
    goal('1 in flight, accepted/s', { goal: 0.5 }),
    goal('64 in flight, p99 ms', { goal: 2, sense: 'at-most' }),
  ];
  process.exitCode = report(`bookings on EventStoreDB, over the ${server.name}`, rounds, goals, quick ? 0.5 : 1)
    ? 0
    : 1;
} finally {
  await Promise.all([embedded.stop(), shared.stop()]);
  await server.stop();
}
