/** P12: a rebuild of the read model, against a replay of the same log. `--events=n`, `--rounds=n`, `--quick`. */
import { interleave, numberFlag, quick, report } from './support/measure.ts';
import { prepareReplay } from './support/replay-variants.ts';

const ROUNDS = numberFlag('rounds', quick ? 5 : 10);
const EVENTS = numberFlag('events', quick ? 50_000 : 1_000_000);

const { bookings, replay, rebuild, close } = await prepareReplay(EVENTS);
const rounds = await interleave([replay, rebuild], ROUNDS);
await close();

process.stdout.write(`\n${EVENTS} events, ${bookings} bookings, all five projections\n`);
const goal = {
  id: 'P12',
  what: 'rebuild / replay',
  variant: rebuild.name,
  anchor: replay.name,
  goal: 0.5,
};
process.exitCode = report('rebuild', rounds, [goal], quick ? 0.5 : 1) ? 0 : 1;
