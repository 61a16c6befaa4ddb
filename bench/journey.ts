/**
 * P6: the whole journey against the command alone. A thousand hosts, each with a built-in calendar; 64 requests in flight
 * that wait for the decision, and all must be answered as accepted. Timed until the last answer, and until the last
 * confirmation lies in the mail folder: stricter than the goal, which ends where it is planned.
 */
import { book, caughtUp, freshBookings } from './support/booking-load.ts';
import { configurationOf, HOSTS } from './support/many-hosts.ts';
import { interleave, numberFlag, quick, report } from './support/measure.ts';
import { startHoldfast } from './support/processes.ts';

const ROUNDS = numberFlag('rounds', quick ? 3 : 10);
const REQUESTS = numberFlag('requests', quick ? 500 : 1_000);

const command = await startHoldfast(configurationOf(HOSTS, 'none'), ['--without-consumers']);
const whole = await startHoldfast(configurationOf(HOSTS, 'built-in'));
const commands = freshBookings();
const journeys = freshBookings();

const journey = async () => {
  const begun = performance.now();
  const { 'requests/s': answered } = await book(whole, journeys(REQUESTS), 64, 'accepted');
  await caughtUp(whole);
  return { 'accepted/s': answered, 'confirmed/s': (REQUESTS / (performance.now() - begun)) * 1000 };
};

try {
  const rounds = await interleave(
    [
      { name: 'command', run: async () => (await book(command, commands(REQUESTS), 64))['requests/s'] },
      { name: 'journey', run: journey },
    ],
    ROUNDS,
  );
  const reached = report(
    'the whole journey',
    rounds,
    [
      { id: 'P6', what: 'accepted', variant: 'journey, accepted/s', anchor: 'command', goal: 0.35 },
      { id: 'P6', what: 'accepted and confirmed', variant: 'journey, confirmed/s', anchor: 'command', goal: 0.35 },
    ],
    quick ? 0.5 : 1,
  );
  process.exitCode = reached ? 0 : 1;
} finally {
  await Promise.all([command.stop(), whole.stop()]);
}
