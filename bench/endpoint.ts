/**
 * P1, P2, P4 and P5: the command endpoint against an endpoint that does nothing. `POST /v2/bookings` with `Prefer:
 * respond-async`, a new slot each time, over a thousand hosts without calendars; server, anchor and load generator are
 * processes of their own, and CPU is that of the measured server alone.
 * "command" is measured with the consumers resting, so it is what P1 names and nothing else (read models included).
 * `--fsync-delay-ms=n` makes each commit longer: with TMPDIR on a memory file system, a disk of one's choice.
 * "whole server" has the saga and the mails (folder) at work meanwhile, as `holdfast serve` has.
 */
import { book, caughtUp, freshBookings } from './support/booking-load.ts';
import { configurationOf, HOSTS } from './support/many-hosts.ts';
import { interleave, numberFlag, quick, report } from './support/measure.ts';
import { startBareEndpoint, startHoldfast } from './support/processes.ts';

const ROUNDS = numberFlag('rounds', quick ? 3 : 10);
const REQUESTS = numberFlag('requests', quick ? 2_000 : 6_000);
/** With mails to be written after them, and one at a time, fewer will do. */
const FEW_REQUESTS = REQUESTS / 10;

const bare = await startBareEndpoint();
const disk = process.argv.filter((flag) => flag.startsWith('--fsync-delay-ms='));
const configuration = configurationOf(HOSTS, 'none');
const command = await startHoldfast(configuration, ['--without-consumers', ...disk]);
const whole = await startHoldfast(configuration, disk);
const nothing = freshBookings();
const commands = freshBookings();
const journeys = freshBookings();

try {
  const rounds = await interleave(
    [
      { name: 'express + io-ts, 64 connections', run: () => book(bare, nothing(REQUESTS), 64) },
      { name: 'command, 64 connections', run: () => book(command, commands(REQUESTS), 64) },
      { name: 'express + io-ts, 1 connection', run: () => book(bare, nothing(FEW_REQUESTS), 1) },
      { name: 'command, 1 connection', run: () => book(command, commands(FEW_REQUESTS), 1) },
      {
        name: 'whole server, 64 connections',
        run: async () => {
          const figures = await book(whole, journeys(FEW_REQUESTS), 64);
          await caughtUp(whole);
          return figures;
        },
      },
    ],
    ROUNDS,
  );
  const many = { anchor: 'express + io-ts, 64 connections', variant: 'command, 64 connections' };
  const goal = (id: string, what: string, figure: string, of: typeof many, wanted: number) => ({
    id,
    what,
    variant: `${of.variant}, ${figure}`,
    anchor: `${of.anchor}, ${figure}`,
    goal: wanted,
  });
  const single = { anchor: 'express + io-ts, 1 connection', variant: 'command, 1 connection' };
  const reached = report(
    'command endpoint',
    rounds,
    [
      goal('P1', 'requests/s', 'requests/s', many, 0.6),
      { ...goal('P2', 'CPU a request', 'CPU us a request', many, 1.7), sense: 'at-most' },
      goal('P4', '1 connection, requests/s', 'requests/s', single, 0.33),
      { ...goal('P5', 'p99', 'p99 ms', many, 1.5), sense: 'at-most' },
    ],
    quick ? 0.5 : 1,
  );
  process.exitCode = reached ? 0 : 1;
} finally {
  await Promise.all([bare.stop(), command.stop(), whole.stop()]);
}
