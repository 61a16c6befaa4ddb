/**
 * P7: a storm on one host. 256 connections ask for the same twenty slots, again and again; each slot is taken once, all
 * other requests are refused, or the bench throws. A host of its own for each round.
 */
import { book, freshBookings, RESPOND_ASYNC } from './support/booking-load.ts';
import { measureLoad } from './support/load-client.ts';
import { bookingBody, configurationOf, firstSlot, HOSTS } from './support/many-hosts.ts';
import { interleave, numberFlag, quick, report } from './support/measure.ts';
import { startHoldfast } from './support/processes.ts';

const ROUNDS = numberFlag('rounds', quick ? 3 : 10);
const REQUESTS = numberFlag('requests', quick ? 1_500 : 4_000);
const CONNECTIONS = 256;
const SLOTS = 20;
/** Beyond the slots that the other variant books. */
const STORM_FROM_SLOT = 10_000;

const server = await startHoldfast(configurationOf(HOSTS, 'none'), ['--without-consumers']);
const commands = freshBookings();
const first = firstSlot(Temporal.Now.instant().epochMilliseconds);
let host = 0;

const storm = async (): Promise<number> => {
  host += 1;
  const bodies = Array.from({ length: REQUESTS }, (_, index) =>
    bookingBody(first, host, STORM_FROM_SLOT + (index % SLOTS)),
  );
  const { statuses, rate } = await measureLoad(server, { connections: CONNECTIONS, headers: RESPOND_ASYNC, bodies });
  if (statuses[201] !== SLOTS || statuses[409] !== REQUESTS - SLOTS)
    throw new Error(`${SLOTS} slots, but the answers were ${JSON.stringify(statuses)}`);
  return rate;
};

try {
  const rounds = await interleave(
    [
      { name: 'command, many hosts', run: async () => (await book(server, commands(REQUESTS), 64))['requests/s'] },
      { name: 'storm on one host', run: storm },
    ],
    ROUNDS,
  );
  const goals = [
    { id: 'P7', what: 'requests/s', variant: 'storm on one host', anchor: 'command, many hosts', goal: 0.5 },
  ];
  process.exitCode = report('a storm on one host, requests/s', rounds, goals, quick ? 0.5 : 1) ? 0 : 1;
} finally {
  await server.stop();
}
