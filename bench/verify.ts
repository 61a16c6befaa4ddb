/**
 * P11: `audit verify` (codecs, hash chain, personal-data digests, what deciders allow, log-wide head; in threads) against reading the
 * same pages, JSON.parse and one SHA-256 of each event's bytes in one thread. In turn, round after round. Prints a table and
 * one line of JSON. On a busy machine the processor time says more than the rate.
 * `--events`: size of the log, default a million. `--sealed`: personal data is sealed, a key for each guest, as a
 * server does it, and the audit opens it (making the keys takes minutes for a million). `--quick`: a short version.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import * as E from 'fp-ts/lib/Either.js';
import { verifyDataFile } from '../src/adapters/event-store/embedded/verifying/verify-data-file.ts';
import { KEY_FOLDER } from '../src/adapters/privacy/key-files.ts';
import { openSubjectKeys } from '../src/adapters/privacy/subject-key-folder.ts';
import { interleave, median, ratios, spread } from './support/measure.ts';
import { makeLog } from './support/make-log.ts';
import { openStore, temporaryFolder } from './support/store.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    sealed: { type: 'boolean', default: false },
    events: { type: 'string' },
  },
});
const EVENTS = Number(values.events ?? (values.quick ? 50_000 : 1_000_000));
const ROUNDS = values.quick ? 3 : 10;
const GOAL = 0.6;

const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

const folder = temporaryFolder();
const path = join(folder.path, 'holdfast.sqlite');
const keyFolder = join(folder.path, KEY_FOLDER);
const fill = async (): Promise<void> => {
  const { file, store } = openStore(path);
  await makeLog(store, EVENTS, values.sealed ? right(await openSubjectKeys(keyFolder)) : null);
  await store.close();
  await file.close();
};

const anchor = async () => {
  const db = new DatabaseSync(path, { readOnly: true });
  const page = db.prepare('SELECT position, body FROM events WHERE position > ? ORDER BY position LIMIT 1000');
  const begun = performance.now();
  let [after, events, bytes] = [0, 0, 0];
  for (;;) {
    const rows = page.all(after);
    if (rows.length === 0) break;
    for (const row of rows) {
      const body = String(row.body);
      const parsed: unknown = JSON.parse(body);
      bytes += createHash('sha256').update(body).digest('hex').length;
      events += parsed === null ? 0 : 1;
    }
    after = Number(rows.at(-1)?.position);
  }
  const ms = performance.now() - begun;
  db.close();
  return { events: bytes === events * 64 ? events : Number.NaN, ms };
};

/** Microseconds of processor time for an event, of all threads, by variant. */
const processor = new Map<string, number[]>();
const timed = (name: string, run: () => Promise<{ readonly events: number; readonly ms: number }>) => async () => {
  const before = process.cpuUsage();
  const { events, ms } = await run();
  const { user, system } = process.cpuUsage(before);
  processor.set(name, [...(processor.get(name) ?? []), (user + system) / events]);
  return (events / ms) * 1000;
};

/** As the command does it: in as many threads as there are cores, four at most. */
const verify = async () => {
  const begun = performance.now();
  const report = right(await verifyDataFile(path, values.sealed ? { keyFolder } : {})(() => undefined));
  if (report.findings.length > 0) throw new Error(JSON.stringify(report.findings.slice(0, 3)));
  return { events: report.events, ms: performance.now() - begun };
};

try {
  await fill();
  const rounds = await interleave(
    [
      { name: 'anchor', run: timed('anchor', anchor) },
      { name: 'verify', run: timed('verify', verify) },
    ],
    ROUNDS,
  );
  const ratio = spread(ratios(rounds, 'verify', 'anchor'));
  const rates = ['anchor', 'verify'].map((name) => ({
    what: name === 'anchor' ? 'pages + JSON.parse + SHA-256 of the bytes' : 'audit verify',
    eventsPerSecond: Math.round(median(rounds.get(name) ?? [])),
    processorMicroseconds: Number(median(processor.get(name) ?? []).toFixed(1)),
  }));
  console.table(rates);
  console.log(
    JSON.stringify({
      bench: 'verify',
      id: 'P11',
      events: EVENTS,
      sealed: values.sealed,
      rates,
      ratio,
      peakMb: Math.round(process.resourceUsage().maxRSS / 1000),
      goal: GOAL,
    }),
  );
} finally {
  folder.remove();
}
