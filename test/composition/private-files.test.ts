import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { holdfast, type Running, startHoldfast } from '../support/command-line.ts';
import { temporaryFolder } from '../support/data-file.ts';

/** Sets the umask of every process that loads it: files are then open to everybody unless the program says otherwise. */
const WITHOUT_UMASK = `import { isMainThread } from 'node:worker_threads'; if (isMainThread) process.umask(0);`;

const givenFolder = async () => {
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  const hook = join(path, 'umask.mjs');
  writeFileSync(hook, WITHOUT_UMASK);
  const data = join(path, 'data');
  const env = {
    HOLDFAST_DATA: data,
    PORT: '0',
    HOLDFAST_API_KEY: 'a-key-of-the-test',
    NODE_OPTIONS: `--import ${hook}`,
  };
  return { data, env };
};

/** Everything that others may read, write or enter, the folder itself included. */
const openToOthers = (folder: string): ReadonlyArray<string> =>
  ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]
    // A mail that is being written is there under another name for a moment.
    .map((name) => [name, (statSync(join(folder, name), { throwIfNoEntry: false })?.mode ?? 0) & 0o777] as const)
    .filter(([, mode]) => (mode & 0o077) !== 0)
    .map(([name, mode]) => `${name} ${mode.toString(8)}`);

/** Books the first slot, asks for a list, and waits for the mail: every kind of file is there then. */
const used = async (server: Running, data: string): Promise<void> => {
  const [, url = ''] = await server.says(/^listening on (\S+)/m);
  const [, body = ''] = await server.says(/-d '([^']+)'/);
  const headers = { 'content-type': 'application/json', authorization: 'Bearer a-key-of-the-test' };
  expect((await fetch(`${url}/v2/bookings`, { method: 'POST', headers, body })).status).toBe(201);
  expect((await fetch(`${url}/v2/bookings`, { headers })).status).toBe(200);
  await expect.poll(() => existsSync(join(data, 'mail')) && readdirSync(join(data, 'mail')).length > 0).toBe(true);
};

const stopped = async (server: Running): Promise<string> => {
  server.child.kill('SIGTERM');
  return (await server.ended).stderr;
};

describe("the data folder is its owner's alone", () => {
  it('given umask 000, when served, rebuilt and a key made, then nothing is open to others', async () => {
    const { data, env } = await givenFolder();
    const server = startHoldfast(['serve'], env);
    await used(server, data);
    expect(openToOthers(data)).toEqual([]);
    expect((await holdfast(['projections', 'rebuild'], env)).code).toBe(0);
    expect(openToOthers(data)).toEqual([]);
    expect(await stopped(server)).not.toContain('data folder');
    expect((await holdfast(['key', 'create', 'desk'], env)).code).toBe(0);
    expect(openToOthers(data)).toEqual([]);
  });

  it('given an open folder with open files, when started, then files are closed, the folder named', async () => {
    const { data, env } = await givenFolder();
    const first = startHoldfast(['serve'], env);
    await used(first, data);
    await stopped(first);
    for (const name of readdirSync(data))
      chmodSync(join(data, name), ['mail', 'privacy-keys'].includes(name) ? 0o755 : 0o644);
    chmodSync(data, 0o755);
    const again = startHoldfast(['serve'], env);
    await again.says(/^listening on/m);
    const told = await stopped(again);
    expect(told).toContain('"where":"data folder"');
    expect(told).toContain('chmod');
    expect(openToOthers(data).toSorted()).toEqual(['. 755', 'mail 755', 'privacy-keys 755']);
  });

  it('given a folder that is there with its own rights, when served, then its files are closed', async () => {
    const { data, env } = await givenFolder();
    mkdirSync(data, { mode: 0o755 });
    chmodSync(data, 0o755);
    const server = startHoldfast(['serve'], env);
    await used(server, data);
    expect(openToOthers(data)).toEqual(['. 755']);
    await stopped(server);
  });
});
