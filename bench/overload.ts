/**
 * P26: what a flood of slot queries does to bookings. First the capacity: slot queries a second that 8 connections get.
 * Then five times as many are asked for, on up to 1,000 connections, while a guest books on each of four connections and
 * somebody asks for the health ten times a second. Goals: bookings' p99 under a second,
 * every booking taken and found afterwards, every health answer within a second, memory bounded.
 * Flags: `--connections=n`, `--seconds=n`, `--quick`. Prints a table and one line of JSON.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { RESPOND_ASYNC } from './support/booking-load.ts';
import type { Flood, Flooded } from './support/flood.ts';
import { sendLoad } from './support/load-client.ts';
import { bookingBody, configurationOf, firstSlot } from './support/many-hosts.ts';
import { numberFlag, quick } from './support/measure.ts';
import { API_KEY, startHoldfast } from './support/processes.ts';

const HOSTS = 50;
const CONNECTIONS = numberFlag('connections', 1_000);
const SECONDS = numberFlag('seconds', quick ? 5 : 15);
const MEMORY_MB = 200;
/** Asked for, of what can be served. */
const TIMES = 5;

const flood = async (wanted: Flood): Promise<Flooded> => {
  const child = fork(fileURLToPath(new URL('support/flood.ts', import.meta.url)));
  child.send(wanted);
  // What the load generator says is of our own making.
  const [flooded] = (await once(child, 'message')) as [Flooded];
  return flooded;
};

const server = await startHoldfast(configurationOf(HOSTS, 'built-in'));
const { url } = server;
try {
  const capacity = await flood({ url, connections: 8, hosts: HOSTS, seconds: quick ? 2 : 5, rate: null });
  const served = (capacity.statuses[200] ?? 0) / capacity.seconds;
  const before = await server.usage();

  const flooding = flood({ url, connections: CONNECTIONS, hosts: HOSTS, seconds: SECONDS, rate: TIMES * served });
  const health: number[] = [];
  let watching = true;
  const watch = async (): Promise<void> => {
    while (watching) {
      const begun = performance.now();
      const answer = await fetch(`${url}/health/ready`);
      await answer.text();
      if (answer.status !== 200) throw new Error(`health said ${answer.status}`);
      health.push(performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const watched = watch();
  const first = firstSlot(Temporal.Now.instant().epochMilliseconds);
  let made = 0;
  const times: number[] = [];
  let booked = 0;
  const statuses: Record<string, number> = {};
  let flooded: Flooded | undefined;
  const ended = flooding.then((result) => {
    flooded = result;
  });
  while (flooded === undefined) {
    const bodies = Array.from({ length: 40 }, (_, index) =>
      bookingBody(first, (made + index) % HOSTS, Math.floor((made + index) / HOSTS)),
    );
    made += bodies.length;
    const sent = await sendLoad({ url, connections: 4, headers: RESPOND_ASYNC, bodies });
    for (const [status, count] of Object.entries(sent.statuses)) statuses[status] = (statuses[status] ?? 0) + count;
    booked += sent.statuses[201] ?? 0;
    times.push(sent.p99Ms);
  }
  await ended;
  watching = false;
  await watched;
  const after = await server.usage();
  const listed = await fetch(`${url}/v2/bookings?take=1`, { headers: { authorization: `Bearer ${API_KEY}` } });
  // The shape is that of our own endpoint; a wrong one fails the comparison below.
  const { pagination } = (await listed.json()) as { pagination?: { totalItems?: number } };

  const offered = flooded.asked / SECONDS;
  const worst = Math.max(...times);
  const grown = (after.residentBytes - before.residentBytes) / 1e6;
  const figures = {
    'slot queries served alone, a second': served,
    'slot queries asked in the flood, a second': offered,
    'slot queries served in the flood, a second': (flooded.statuses[200] ?? 0) / flooded.seconds,
    'bookings taken': booked,
    'worst p99 of 40 bookings, ms': worst,
    'worst health answer, ms': Math.max(...health),
    'memory grown, MB': grown,
  };
  for (const [name, figure] of Object.entries(figures))
    process.stdout.write(`  ${name.padEnd(52)} ${figure.toFixed(0)}\n`);
  process.stdout.write(`  answers of the flood ${JSON.stringify(flooded.statuses)}, cut ${flooded.cut}\n`);
  const results = [
    {
      id: 'P26',
      what: 'offered, of what can be served',
      is: offered / served,
      goal: 5,
      reached: offered >= 5 * served,
    },
    { id: 'P26', what: 'bookings p99, ms', is: worst, goal: 1_000, reached: worst < 1_000 },
    { id: 'P26', what: 'health, ms', is: Math.max(...health), goal: 1_000, reached: Math.max(...health) < 1_000 },
    { id: 'P26', what: 'memory grown, MB', is: grown, goal: MEMORY_MB, reached: grown < MEMORY_MB },
    {
      id: 'P26',
      what: 'bookings taken and found',
      is: pagination?.totalItems ?? 0,
      goal: booked,
      reached: pagination?.totalItems === booked && Object.keys(statuses).join() === '201',
    },
  ];
  for (const { what, is, goal, reached } of results)
    process.stdout.write(`  P26: ${what}: ${is.toFixed(1)}, goal ${goal}: ${reached ? 'reached' : 'missed'}\n`);
  process.stdout.write(`${JSON.stringify({ bench: 'overload', figures, statuses, results })}\n`);
  process.exitCode = results.every(({ reached }) => reached) ? 0 : 1;
} finally {
  await server.stop();
}
