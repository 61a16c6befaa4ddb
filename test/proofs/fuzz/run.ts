/**
 * Hostile requests to every route, and hostile texts for every reader, by hand: `npm run proof:fuzz -- --inputs 200000
 * --seed 7`. A fifth of the inputs are texts. Prints the seed, how far it is, every finding with the input that shows it,
 * and the memory; exits 1 where there is a finding, or where the memory grows without end.
 */
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fuzzCodecs } from '../../support/fuzz/fuzz-codecs.ts';
import { fuzzRequests } from '../../support/fuzz/fuzz-requests.ts';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '200000' },
    seed: { type: 'string', default: String(Temporal.Now.instant().epochMilliseconds % 1_000_000) },
  },
});
const inputs = Number(values.inputs);
const seed = Number(values.seed);

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');
/** MiB that are still in use after a collection. */
const heapMb = (): number => {
  if (typeof collect === 'function') collect();
  return Math.round(process.memoryUsage().heapUsed / 1_048_576);
};
/** MiB that a run may keep: code that is compiled, zones and formats that are remembered, counts of answers. */
const MOST_KEPT_MB = 96;

const begun = performance.now();
const progress = (what: string) => (done: number) => {
  if (done % 2_000 === 0) {
    const seconds = Math.round((performance.now() - begun) / 1_000);
    process.stdout.write(`${what}: ${done} inputs, ${seconds} s\n`);
  }
};

process.stdout.write(`seed ${seed}, ${inputs} inputs\n`);
await fuzzRequests(seed, 2_000);
const before = heapMb();
const { findings, answers, slowest } = await fuzzRequests(seed, Math.ceil(inputs * 0.8), progress('requests'));
const texts = await fuzzCodecs(seed, Math.floor(inputs * 0.2), progress('texts'));
const kept = heapMb() - before;

for (const [route, byStatus] of answers) {
  const counts = [...byStatus].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  process.stdout.write(`${route}  ${counts.join(', ')}\n`);
}
const all = [
  ...findings,
  ...texts,
  ...(kept > MOST_KEPT_MB ? [`${kept} MiB more are in use than at the beginning`] : []),
];
for (const finding of all.slice(0, 50)) process.stdout.write(`FOUND ${finding}\n`);
process.stdout.write(
  `seed ${seed}: ${inputs} inputs, ${all.length} findings, ${kept} MiB kept, slowest ${slowest.cpuMs} ms of the processor: ${slowest.request}\n`,
);
process.exit(all.length === 0 ? 0 : 1);
