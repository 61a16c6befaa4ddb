import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { endsWithTest } from '../../support/ends-with-test.ts';

const SERVE = fileURLToPath(new URL('../../support/eventstoredb/serve.ts', import.meta.url));
const VITEST = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url));

const run = async (files: ReadonlyArray<string>, server: string) => {
  const { VITEST: _, VITEST_WORKER_ID: __, VITEST_POOL_ID: ___, ...env } = process.env;
  const child = spawn(process.execPath, [VITEST, 'run', '--reporter=verbose', ...files], {
    env: { ...env, HOLDFAST_TEST_EVENTSTOREDB: server, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: Array<string> = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const [code] = await once(child, 'close');
  return { code, said: said.join('') };
};

/** No real server is at hand here: a stand-in in a process of its own takes its place, so that at least the way there is tried. */
it('HOLDFAST_TEST_EVENTSTOREDB asks the server that it names, and says what it skips and why', async () => {
  const server = endsWithTest(spawn(process.execPath, [SERVE], { stdio: ['ignore', 'pipe', 'inherit'] }));
  const [told] = await once(server.stdout, 'data');
  const { code, said } = await run(
    ['eventstoredb/reading.test.ts', 'eventstoredb/secure.test.ts'],
    String(told).trim(),
  );
  server.kill('SIGTERM');
  await once(server, 'close');
  expect(said).toContain('EventStoreDB, a real server: reading > a read from a revision includes it');
  expect(said).toContain('skipped: TLS and users: it needs');
  expect(said).not.toContain('EventStoreDB stand-in: reading');
  expect(code).toBe(0);
}, 60_000);
