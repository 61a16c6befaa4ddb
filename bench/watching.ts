/**
 * P23: what watching a thousand idle calendars costs one node: `holdfast serve` with that many CalDAV calendars, one booking in
 * each, over a CalDAV stand-in in a process of its own that answers all of them from memory (no real server keeps up with a
 * thousand at once, and its processor time is not ours). A round is shortened from 300 s to `--every` seconds, so that minutes
 * are enough; the share of one core that is told is of the processor time of a round, spread over 300 s. What the same server
 * uses without rounds is taken off, and told. `--quick`: 100 calendars, nothing taken off, and half of the goal. Prints a table and one line of JSON.
 */
import { numberFlag, quick } from './support/measure.ts';
import { API_KEY, startHoldfast, startServer } from './support/processes.ts';
import { bookingBody, configurationOf, firstSlot } from './support/many-hosts.ts';
import { fileURLToPath } from 'node:url';

const CALENDARS = numberFlag('calendars', quick ? 100 : 1_000);
const EVERY_S = numberFlag('every', quick ? 5 : 20);
const ROUNDS = numberFlag('rounds', quick ? 2 : 3);
/** Seconds of a round as it is configured by default. */
const ROUND_S = 300;
const GOAL = quick ? 0.1 : 0.05;
/** Far longer than the bench: nothing but watching is to be measured. */
const NEVER_S = 86_400;

type Counts = Readonly<Record<string, number>>;

const standIn = await startServer(fileURLToPath(new URL('support/idle-caldav.ts', import.meta.url)));
const counts = async (): Promise<Counts> => {
  const answer = await fetch(`${standIn.url}/counts`);
  // The shape is that of our own stand-in; a wrong one shows as no calls below.
  return (await answer.json()) as Counts;
};
const sum = (of: Counts): number => Object.values(of).reduce((total, count) => total + count, 0);

/** The same hosts, each with a calendar at the stand-in. */
const configuration = (watchInSeconds: number) => {
  const { hosts } = configurationOf(CALENDARS, 'built-in');
  return {
    hosts,
    calendars: hosts.map((_, index) => ({
      id: `calendar${index}`,
      label: `Calendar ${index}`,
      type: 'caldav',
      url: `${standIn.url}/calendars/${index}/`,
      username: 'bench',
      password: { env: 'BENCH_PASSWORD' },
    })),
    limits: { requestsPerMinute: null },
    timings: { calendarWatchInSeconds: watchInSeconds, calendarTryInSeconds: NEVER_S },
  };
};
const environment = { HOLDFAST_ALLOW_PRIVATE_ADDRESSES: '1', BENCH_PASSWORD: 'bench' };
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Tries of one booking: a calendar that cannot be read in time on a busy machine is asked again. */
const TRIES = 12;
const book = async (url: string, body: string): Promise<void> => {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${API_KEY}`, prefer: 'wait=20' };
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(`${url}/v2/bookings`, { method: 'POST', headers, body });
    const booked = await answer.text();
    if (answer.status === 201 && booked.includes('"accepted"')) return;
    if (answer.status !== 503 || tries === TRIES) throw new Error(`${answer.status}: ${booked}`);
    await sleep(1_000);
  }
};

type Measured = { readonly cpuMs: number; readonly calls: number; readonly by: Counts; readonly seconds: number };

/** One server with a booking in each calendar, and what it used in so many seconds after it had seen all of them once. */
const measured = async (watchInSeconds: number, seconds: number): Promise<Measured> => {
  const server = await startHoldfast(configuration(watchInSeconds), [], environment);
  try {
    const first = firstSlot(Temporal.Now.instant().epochMilliseconds);
    for (let host = 0; host < CALENDARS; host += 1) await book(server.url, bookingBody(first, host, 0));
    // The confirmations are written, mails are out, and the first round has asked for every event.
    await sleep(3.2 * EVERY_S * 1_000);
    const [before, callsBefore] = [await server.usage(), await counts()];
    await sleep(seconds * 1_000);
    const [after, callsAfter] = [await server.usage(), await counts()];
    const by = Object.fromEntries(
      Object.entries(callsAfter).map(([method, count]) => [method, count - (callsBefore[method] ?? 0)]),
    );
    return { cpuMs: (after.cpuUs - before.cpuUs) / 1_000, calls: sum(by), by, seconds };
  } finally {
    await server.stop();
  }
};

try {
  const seconds = ROUNDS * EVERY_S;
  const watching = await measured(EVERY_S, seconds);
  const without = quick ? { cpuMs: 0, calls: 0, seconds } : await measured(NEVER_S, seconds);
  const perSecond = without.cpuMs / without.seconds;
  // All that it used belongs to the rounds but what it would have used anyway.
  const ofARound = (watching.cpuMs - perSecond * watching.seconds) / (watching.calls / CALENDARS);
  const share = (ofARound / 1_000 / ROUND_S) * (1_000 / CALENDARS);
  const reached = share <= GOAL && watching.calls >= CALENDARS * (ROUNDS - 1);
  const figures = {
    'calendars, each with a booking': CALENDARS,
    'requests in all rounds': watching.calls,
    'requests a calendar and round': watching.calls / CALENDARS / ROUNDS,
    'processor time of a round of all, ms': ofARound,
    'a request, us': (ofARound / CALENDARS) * 1_000,
    'without rounds, ms a second': perSecond,
    'share of a core, thousand calendars every 300 s, %': share * 100,
  };
  for (const [name, figure] of Object.entries(figures)) console.log(`  ${name.padEnd(52)} ${figure.toFixed(2)}`);
  console.log(`  requests by method ${JSON.stringify(watching.by)}, without rounds ${without.calls}`);
  console.log(
    `  P23: ${(share * 100).toFixed(2)} % of a core, goal ${GOAL * 100} %: ${reached ? 'reached' : 'missed'}`,
  );
  const results = [{ id: 'P23', what: 'share of a core', is: share, goal: GOAL, reached }];
  console.log(JSON.stringify({ bench: 'watching', figures, by: watching.by, results }));
  process.exitCode = reached ? 0 : 1;
} finally {
  await standIn.stop();
}
