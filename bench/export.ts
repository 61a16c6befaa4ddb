/**
 * Memory of `audit export`: peak resident memory of the command over a log of a fifth of the events and over all of them,
 * each in a process of its own, as NDJSON and as CSV. Constant memory means that both are alike. Prints a table and one line
 * of JSON. `--events`: size of the larger log, default 1,000,000.
 */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeLog } from './support/make-log.ts';
import { numberFlag } from './support/measure.ts';
import { openStore, temporaryFolder } from './support/store.ts';

const EVENTS = numberFlag('events', 1_000_000);
const command = fileURLToPath(new URL('../bin/holdfast.js', import.meta.url));
/** The command says at its end how much memory it had at most, in KiB. */
const MARK = 'peak resident KiB: ';
const peak = `data:text/javascript,${encodeURIComponent(
  `process.on('exit', () => process.stderr.write('${MARK}' + process.resourceUsage().maxRSS + '\\n'))`,
)}`;

const exported = (data: string, format: 'ndjson' | 'csv') => {
  const output = join(data, `export.${format}`);
  const { stderr, status } = spawnSync(
    process.execPath,
    ['--import', peak, command, 'audit', 'export', '--format', format, '--output', output],
    { env: { ...process.env, HOLDFAST_DATA: data }, encoding: 'utf8' },
  );
  const kib = Number(stderr.slice(stderr.lastIndexOf(MARK) + MARK.length));
  if (status !== 0 || !(kib > 0)) throw new Error(stderr);
  return { peakMb: Math.round((kib * 1024) / 1e6), fileMb: Math.round(statSync(output).size / 1e6) };
};

const results = [];
for (const events of [EVENTS / 5, EVENTS]) {
  const folder = temporaryFolder();
  try {
    const { file, store } = openStore(join(folder.path, 'holdfast.sqlite'));
    await makeLog(store, events);
    await store.close();
    await file.close();
    for (const format of ['ndjson', 'csv'] as const) results.push({ events, format, ...exported(folder.path, format) });
  } finally {
    folder.remove();
  }
}
console.table(results);
console.log(JSON.stringify({ bench: 'export', results }));
