import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startHoldfast } from '../support/command-line.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { givenEventStoreDb } from '../support/on-eventstoredb.ts';

/** Writes the address of every module that is loaded to standard error. */
const TELL = `import { registerHooks } from 'node:module';
registerHooks({ load: (url, context, next) => { process.stderr.write('loaded ' + url + '\\n'); return next(url, context); } });`;

/** What of EventStoreDB a server loads until it listens, and the YAML parser. */
const loadedBy = async (env: Readonly<Record<string, string>>): Promise<ReadonlyArray<string>> => {
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  const hook = join(path, 'tell.mjs');
  await writeFile(hook, TELL);
  const server = startHoldfast(['serve'], {
    HOLDFAST_DATA: join(path, 'data'),
    PORT: '0',
    ...env,
    NODE_OPTIONS: `--import ${hook}`,
  });
  await server.says(/^listening on/m);
  server.child.kill('SIGTERM');
  const { stderr } = await server.ended;
  const found = [
    ...stderr.matchAll(
      /^loaded .*(@eventstore\/db-client|@grpc\/grpc-js|node_modules\/yaml|adapters\/event-store\/eventstoredb\/[\w-]+)/gm,
    ),
  ];
  return [...new Set(found.map(([, name = '']) => name))];
};

it('given the embedded engine and no configuration, when started, then no client and no YAML are loaded', async () => {
  expect(await loadedBy({})).toEqual(['adapters/event-store/eventstoredb/connection-string']);
});

it('given EventStoreDB (stand-in) is configured, when started, then its client and YAML are loaded', async () => {
  const { env } = await givenEventStoreDb();
  expect(await loadedBy(env)).toEqual(
    expect.arrayContaining(['@eventstore/db-client', '@grpc/grpc-js', 'node_modules/yaml']),
  );
});
