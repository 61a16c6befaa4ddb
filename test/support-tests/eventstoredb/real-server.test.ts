import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { expect, it } from 'vitest';
import { projectFolder } from '../../support/source-files.ts';
import { endsWithTest } from '../../support/ends-with-test.ts';

const SERVE = fileURLToPath(new URL('../../support/eventstoredb/serve.ts', import.meta.url));
const VITEST = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url));

/** Some of each suite. */
const FILES = [
  'support-tests/eventstoredb/reading.test.ts',
  'support-tests/eventstoredb/secure.test.ts',
  'contract/event-store/eventstoredb-shared.test.ts',
  'several-nodes/one-slot.test.ts',
];

const run = async (files: ReadonlyArray<string>, server: string) => {
  const { VITEST: _, VITEST_WORKER_ID: __, VITEST_POOL_ID: ___, ...env } = process.env;
  const child = spawn(process.execPath, [VITEST, 'run', '--reporter=verbose', '--no-file-parallelism', ...files], {
    env: { ...env, HOLDFAST_TEST_EVENTSTOREDB: server, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: Array<string> = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const [code] = await once(child, 'close');
  return { code, said: said.join('') };
};

const others = ['booking-1', 'schedule-1', 'holdfast-booking-1', 'holdfast-installation-holdfast', 'rule-1'];

/** What somebody who reads the database finds in it, by stream: what was deleted is not found. */
const readable = async (client: EventStoreDBClient): Promise<ReadonlyArray<string>> => {
  const names = new Set<string>();
  for await (const { event } of client.readAll())
    if (event !== undefined && !event.streamId.startsWith('$')) names.add(event.streamId);
  const left: Array<string> = [];
  for (const stream of names) {
    const events = await Array.fromAsync(client.readStream(stream, { maxCount: 1 })).catch(() => []);
    if (events.length > 0) left.push(stream);
  }
  return left;
};

/** The paths that docs/scaling.md gives to vitest for this. */
const pathsInGuide = async (): Promise<ReadonlyArray<string>> => {
  const guide = await readFile(join(projectFolder, 'docs/scaling.md'), 'utf8');
  const [, paths = ''] =
    /^HOLDFAST_TEST_EVENTSTOREDB='.*' npx vitest run --no-file-parallelism (.+)$/m.exec(guide) ?? [];
  return paths.split(' ');
};

it('the guide names suites that are there, and those that are tried here are among them', async () => {
  const paths = await pathsInGuide();
  expect(paths).toHaveLength(3);
  expect(await Promise.all(paths.map((path) => stat(join(projectFolder, path))))).toHaveLength(3);
  for (const file of FILES) expect(paths.some((path) => `test/${file}`.startsWith(path))).toBe(true);
});

/** No real server is at hand here: a stand-in in a process of its own takes its place, so that at least the way there is tried. */
it('HOLDFAST_TEST_EVENTSTOREDB asks a server that others use, says what it skips, and cleans up', async () => {
  const server = endsWithTest(spawn(process.execPath, [SERVE], { stdio: ['ignore', 'pipe', 'inherit'] }));
  const [told] = await once(server.stdout, 'data');
  const connectionString = String(told).trim();
  const client = EventStoreDBClient.connectionString(connectionString);
  for (const stream of others)
    for (const type of ['RoomBooked', 'RoomLeft']) await client.appendToStream(stream, [jsonEvent({ type, data: {} })]);

  const { code, said } = await run(FILES, connectionString);
  expect(said).toContain('EventStoreDB, a real server: reading > a read from a revision includes it');
  expect(said).toContain('one slot, three nodes on a real EventStoreDB');
  expect(said).toContain('skipped: TLS and users: it needs');
  expect(said).not.toContain('EventStoreDB stand-in: reading');
  expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
  expect((await readable(client)).toSorted()).toEqual(others.toSorted());
  await client.dispose();
  server.kill('SIGTERM');
  await once(server, 'close');
}, 180_000);
