/**
 * Every bench, one after the other, each in a process of its own: `npm run bench`. `--quick`: short runs. `--guard`: fails
 * where a bench that is steady enough on a small shared machine misses half of a goal. A bench that breaks always fails.
 * Other flags are handed on. `--only=name`: that bench alone.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const benches = [
  'endpoint',
  'endpoint-commits',
  'journey',
  'storm',
  'store-append',
  'store-read',
  'replay',
  'rebuild',
  'verify',
  'sealing',
  'slots',
  'cold-schedule',
  'reading',
  'watching',
  'start-up',
  'eventstoredb',
  'bookings-on-eventstoredb',
  'footprint',
];

/** Far enough from half of their goals that the machine's other work does not decide. */
const steady: ReadonlySet<string> = new Set(['storm', 'store-append', 'watching']);

const flags = process.argv.slice(2);
const guard = flags.includes('--guard');
const only = flags.find((flag) => flag.startsWith('--only='))?.slice('--only='.length);
const handedOn = flags.filter((flag) => flag !== '--guard' && !flag.startsWith('--only='));

type Outcome = 'reached' | 'missed' | 'broken';

/** A bench ends with a line of JSON; one that does not has broken, whatever its exit code. */
const run = async (name: string): Promise<Outcome> => {
  const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [script, ...handedOn], { stdio: ['ignore', 'pipe', 'inherit'] });
  let tail = '';
  child.stdout.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk);
    tail = (tail + chunk.toString()).slice(-20_000);
  });
  const [code] = await once(child, 'close');
  const isWhole = tail.trimEnd().split('\n').at(-1)?.startsWith('{"bench"') ?? false;
  if (!isWhole) return 'broken';
  return code === 0 ? 'reached' : 'missed';
};

const outcomes: Array<readonly [string, Outcome]> = [];
for (const name of benches) {
  if (only !== undefined && only !== name) continue;
  if (guard && !steady.has(name)) continue;
  outcomes.push([name, await run(name)]);
}
process.stdout.write('\n');
for (const [name, outcome] of outcomes) process.stdout.write(`${name.padEnd(20)} ${outcome}\n`);
const isFailure = ([, outcome]: readonly [string, Outcome]): boolean =>
  outcome === 'broken' || (guard && outcome === 'missed');
process.exitCode = outcomes.length === 0 || outcomes.some(isFailure) ? 1 : 0;
