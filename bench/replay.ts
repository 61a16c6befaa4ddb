/** P10: a replay of the log into its bookings, against reading and parsing it. `--events=n`, `--rounds=n`, `--quick`. */
import { execFileSync } from 'node:child_process';
import { interleave, numberFlag, quick, report } from './support/measure.ts';
import { prepareReplay } from './support/replay-variants.ts';

const ROUNDS = numberFlag('rounds', quick ? 5 : 10);
const EVENTS = numberFlag('events', quick ? 50_000 : 1_000_000);
/** Resident megabytes at most, for a million events. */
const GOAL_PEAK_MB = 320;

const { path, bookings, parsing, replay, close } = await prepareReplay(EVENTS);
const rounds = await interleave([parsing, replay], ROUNDS);
const once = new URL('./support/replay-once.ts', import.meta.url).pathname;
const peakMb = Number(execFileSync(process.execPath, [once, path], { encoding: 'utf8' }));
await close();

process.stdout.write(
  `\n${EVENTS} events, ${bookings} bookings; peak of one replay: ${peakMb.toFixed(0)} MB, goal <= ${GOAL_PEAK_MB}\n`,
);
const goal = {
  id: 'P10',
  what: 'replay / parsing',
  variant: replay.name,
  anchor: parsing.name,
  goal: 0.75,
};
const reached = report('replay', rounds, [goal], quick ? 0.5 : 1);
const withinMemory = peakMb <= GOAL_PEAK_MB * (quick ? 2 : 1);
process.exitCode = reached && withinMemory ? 0 : 1;
