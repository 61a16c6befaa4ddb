/**
 * Holds the reader of busy times against two libraries of another house over generated recurrence rules, by hand:
 * `npm run proof:recurrence -- --cases 2000 --seed 1`. Needs Debian's python3-dateutil, python3-icalendar and
 * python3-recurring-ical-events. Prints the differences with the calendar that shows each (`--show`: how many); exits 1 where dateutil, which
 * follows RFC 5545, says otherwise than the reader.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { readBusy } from '../../../src/adapters/icalendar/read-icalendar.ts';
import { type Case, caseArbitrary } from './generate.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    show: { type: 'string', default: '20' },
  },
});

type Answer = ReadonlyArray<string> | { readonly error: string };
type Answers = { readonly dateutil: Answer; readonly recurringIcalEvents: Answer };

const second = (epochMs: number): string =>
  Temporal.Instant.fromEpochMilliseconds(epochMs).toString({ smallestUnit: 'second' });

const byReader = (one: Case): Answer => {
  const window = {
    start: Temporal.Instant.from(one.from).epochMilliseconds,
    end: Temporal.Instant.from(one.to).epochMilliseconds,
  };
  const read = readBusy([one.text], { window, hostTimeZone: one.zone, except: new Set() });
  const [odd] = read.unreadable;
  if (odd !== undefined) return { error: odd.reason };
  const starts = read.busy.filter(({ start }) => start >= window.start && start < window.end);
  return [...new Set(starts.map(({ start }) => second(start)))].toSorted();
};

const same = (a: Answer, b: Answer): boolean => JSON.stringify(a) === JSON.stringify(b);
const ruleOf = (one: Case): string => one.text.split('\r\n').slice(6, -3).join(' ');

const cases = fc.sample(caseArbitrary, { numRuns: Number(values.cases), seed: Number(values.seed) });
const oracle = spawnSync('/usr/bin/python3', [fileURLToPath(new URL('./oracle.py', import.meta.url))], {
  input: cases.map((one) => JSON.stringify(one)).join('\n'),
  encoding: 'utf8',
  maxBuffer: 1024 * 1024 * 1024,
});
if (oracle.status !== 0) throw new Error(`the libraries cannot be asked: ${oracle.stderr}`);
const answers = oracle.stdout
  .trim()
  .split('\n')
  .map((line): Answers => JSON.parse(line));
if (answers.length !== cases.length) throw new Error(`${answers.length} answers for ${cases.length} cases`);

const counts = {
  cases: cases.length,
  occurrences: 0,
  dateutil: 0,
  recurringIcalEvents: 0,
  bothAgainstUs: 0,
  gaveUp: 0,
};
let shown = 0;
for (const [index, one] of cases.entries()) {
  const theirs = answers[index];
  if (theirs === undefined) continue;
  const ours = byReader(one);
  counts.occurrences += Array.isArray(ours) ? ours.length : 0;
  const differs = {
    dateutil: !same(ours, theirs.dateutil),
    recurringIcalEvents: !same(ours, theirs.recurringIcalEvents),
  };
  if (!Array.isArray(theirs.recurringIcalEvents)) counts.gaveUp += 1;
  if (differs.dateutil) counts.dateutil += 1;
  if (differs.recurringIcalEvents) counts.recurringIcalEvents += 1;
  if (differs.dateutil && differs.recurringIcalEvents) counts.bothAgainstUs += 1;
  if ((differs.dateutil || differs.recurringIcalEvents) && shown < Number(values.show)) {
    shown += 1;
    console.log(
      `${ruleOf(one)}\n  window ${one.from} / ${one.to}\n  reader   ${JSON.stringify(ours)}\n  dateutil ${JSON.stringify(theirs.dateutil)}\n  recurring-ical-events ${JSON.stringify(theirs.recurringIcalEvents)}`,
    );
  }
}
console.log(JSON.stringify(counts));
process.exitCode = counts.dateutil === 0 ? 0 : 1;
