/**
 * P3: what group commit is worth to the command endpoint. The same server with one commit per request, both with this
 * disk as it is, and both with every commit made 2 ms longer, as on a slow disk. 64 connections, consumers resting.
 */
import { book, freshBookings } from './support/booking-load.ts';
import { configurationOf, HOSTS } from './support/many-hosts.ts';
import { interleave, numberFlag, quick, report } from './support/measure.ts';
import { startHoldfast } from './support/processes.ts';

const ROUNDS = numberFlag('rounds', quick ? 3 : 10);
const REQUESTS = numberFlag('requests', quick ? 1_000 : 3_000);
const ALONE_REQUESTS = REQUESTS / 10;

const configuration = configurationOf(HOSTS, 'none');
const start = async (name: string, requests: number, args: ReadonlyArray<string>) => ({
  name,
  requests,
  bookings: freshBookings(),
  server: await startHoldfast(configuration, ['--without-consumers', ...args]),
});
const servers = [
  await start('group commit', REQUESTS, []),
  await start('a commit each', ALONE_REQUESTS, ['--max-batch=1']),
  await start('group commit, fsync + 2 ms', REQUESTS, ['--fsync-delay-ms=2']),
  await start('a commit each, fsync + 2 ms', ALONE_REQUESTS, ['--max-batch=1', '--fsync-delay-ms=2']),
];

try {
  const rounds = await interleave(
    servers.map(({ name, requests, bookings, server }) => ({
      name,
      run: async () => (await book(server, bookings(requests), 64))['requests/s'],
    })),
    ROUNDS,
  );
  const reached = report(
    'group commit, requests/s',
    rounds,
    [
      { id: 'P3', what: 'this disk', variant: 'group commit', anchor: 'a commit each', goal: 3 },
      {
        id: 'P3',
        what: 'fsync + 2 ms',
        variant: 'group commit, fsync + 2 ms',
        anchor: 'a commit each, fsync + 2 ms',
        goal: 15,
      },
    ],
    quick ? 0.5 : 1,
  );
  process.exitCode = reached ? 0 : 1;
} finally {
  await Promise.all(servers.map(({ server }) => server.stop()));
}
