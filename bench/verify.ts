/**
 * P11: `audit verify` (codecs, hash chain, personal-data digests, what deciders allow, log-wide head) against reading the same pages, JSON.parse and one
 * SHA-256 of each event's bytes. In turn, round after round. Prints a table and one line of JSON.
 * `--events`: size of the log, default a million. `--quick`: a short version.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import * as E from 'fp-ts/lib/Either.js';
import { makeReadOnlyEventStore } from '../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { openDataFileReadOnly } from '../src/adapters/sqlite/data-file.ts';
import { sha256Hex } from '../src/adapters/hashing/sha256.ts';
import { sha256Bytes } from '../src/adapters/identity/head-key.ts';
import { verifyEvents } from '../src/application/audit/verify-log.ts';
import { interleave, median, ratios, spread } from './support/measure.ts';
import { makeLog } from './support/make-log.ts';
import { openStore, temporaryFolder } from './support/store.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, events: { type: 'string' } } });
const EVENTS = Number(values.events ?? (values.quick ? 50_000 : 1_000_000));
const ROUNDS = values.quick ? 3 : 10;
const GOAL = 0.6;

const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

const folder = temporaryFolder();
const path = join(folder.path, 'holdfast.sqlite');
const fill = async (): Promise<void> => {
  const { file, store } = openStore(path);
  await makeLog(store, EVENTS);
  await store.close();
  await file.close();
};

const anchor = async (): Promise<number> => {
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
  const rate = (events / (performance.now() - begun)) * 1000;
  db.close();
  return bytes === events * 64 ? rate : Number.NaN;
};

const verify = async (): Promise<number> => {
  const file = right(openDataFileReadOnly(path));
  const store = right(makeReadOnlyEventStore(file));
  const begun = performance.now();
  const report = right(await verifyEvents(store, { sha256: sha256Hex, sha256Bytes }, () => undefined));
  const rate = (report.events / (performance.now() - begun)) * 1000;
  await store.close();
  file.close();
  if (report.findings.length > 0) throw new Error(JSON.stringify(report.findings.slice(0, 3)));
  return rate;
};

try {
  await fill();
  const rounds = await interleave(
    [
      { name: 'anchor', run: anchor },
      { name: 'verify', run: verify },
    ],
    ROUNDS,
  );
  const ratio = spread(ratios(rounds, 'verify', 'anchor'));
  const rates = ['anchor', 'verify'].map((name) => ({
    what: name === 'anchor' ? 'pages + JSON.parse + SHA-256 of the bytes' : 'audit verify',
    eventsPerSecond: Math.round(median(rounds.get(name) ?? [])),
  }));
  console.table(rates);
  console.log(JSON.stringify({ bench: 'verify', id: 'P11', events: EVENTS, rates, ratio, goal: GOAL }));
} finally {
  folder.remove();
}
