import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeLog } from '../../../bench/support/make-log.ts';
import { makeSqliteEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { exportLog, type ExportOptions } from '../../../src/cli/audit/export-commands.ts';
import { DATA_FILE } from '../../../src/composition/open-storage.ts';
import { mustOpen, temporaryFolder } from '../../support/data-file.ts';
import { must } from '../../support/must.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';
import { projectFolder } from '../../support/source-files.ts';

/** So many that an export takes much longer than it takes to see that it has begun. */
const EVENTS = 4_000;
const TRIES = 10;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  const file = mustOpen(join(folder.path, DATA_FILE));
  const store = must(makeSqliteEventStore(file));
  await makeLog(store, EVENTS);
  await store.close();
  await file.close();
});
afterAll(() => folder.remove());

const path = (name: string): string => join(folder.path, name);
const sizeOf = (name: string): Promise<number> =>
  stat(path(name)).then(
    ({ size }) => size,
    () => 0,
  );

const exported = async (options: Partial<ExportOptions>): Promise<void> => {
  const context = { terminal: recordingTerminal(), env: { HOLDFAST_DATA: folder.path }, end: () => undefined };
  expect(await exportLog(context, { format: 'ndjson', ...options })).toBe(0);
};

/** Runs the command as a process of its own, and kills it as soon as it has written something. */
const killed = async (args: ReadonlyArray<string>, name: string): Promise<number> => {
  const bin = join(projectFolder, 'bin/holdfast.js');
  const child = spawn(process.execPath, [bin, 'audit', 'export', ...args, '--output', path(name)], {
    env: { PATH: process.env.PATH, HOLDFAST_DATA: folder.path },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  while (child.exitCode === null && (await sizeOf(name)) === 0);
  child.kill('SIGKILL');
  await ended;
  return sizeOf(name);
};

it.each([
  ['the whole log', [], {}],
  ['chosen bookings', ['--host', 'host3'], { host: 'host3' }],
  ['a table', ['--format', 'csv'], { format: 'csv' }],
] as const)(
  'given %s, killed in the middle, when exported again, then it is whole byte for byte',
  async (_, args, options) => {
    await exported({ ...options, output: path('whole') });
    const whole = await readFile(path('whole'));
    let size = 0;
    for (let count = 0; count < TRIES && (size === 0 || size >= whole.length); count += 1) {
      await rm(path('part'), { force: true });
      size = await killed(args, 'part');
    }
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThan(whole.length);
    await exported({ ...options, output: path('part') });
    expect((await readFile(path('part'))).equals(whole)).toBe(true);
    await Promise.all(['whole', 'part'].map((name) => rm(path(name))));
  },
);

it.each(['ndjson', 'csv'] as const)('given %s that ends in its first line, then it is begun anew', async (format) => {
  await exported({ format, output: path(`${format}.whole`) });
  const whole = await readFile(path(`${format}.whole`));
  for (const size of [1, 14, 100]) {
    await writeFile(path(`${format}.part`), whole);
    await truncate(path(`${format}.part`), size);
    await exported({ format, output: path(`${format}.part`) });
    expect((await readFile(path(`${format}.part`))).equals(whole)).toBe(true);
  }
});
