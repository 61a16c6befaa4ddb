import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, cp, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/data-file.ts';
import { startEventStoreDbStandIn } from '../support/eventstoredb/stand-in.ts';
import { freePort } from '../support/server-process.ts';
import { projectFolder } from '../support/source-files.ts';
import { dockerfile, execForm, textsOf } from './dockerfile.ts';
import { type Image, replay, runner } from './replay.ts';

const run = promisify(execFile);
const READY_WITHIN_MS = 60_000;
const PROBE_EVERY_MS = 200;

/** The words of CMD and HEALTHCHECK, with the only program they may use. */
const words = ({ stage, folder }: Image, name: string): readonly [string, ...ReadonlyArray<string>] => {
  const [program, ...others] = execForm(textsOf(stage, name).at(-1) ?? '') ?? [];
  expect(program).toBe('node');
  return [join(folder, 'usr/local/bin/node'), ...others];
};

describe('the steps of the Dockerfile, followed without an engine', () => {
  let image: Image;
  let removeAll = (): Promise<void> => Promise.resolve();

  beforeAll(async () => {
    const { path, remove } = await temporaryFolder();
    removeAll = remove;
    await chmod(path, 0o755);
    image = await replay(dockerfile(), path);
  }, 180_000);
  afterAll(() => removeAll());

  it('leave what production needs, and no Node of npm, no tests, no compiler', async () => {
    const app = join(image.folder, image.workdir);
    expect((await readdir(app)).sort()).toEqual(['bin', 'demo', 'node_modules', 'package.json', 'src']);
    const modules = await readdir(join(app, 'node_modules'));
    expect(modules).toContain('express');
    for (const name of ['node', 'vitest', 'typescript', 'prettier']) expect(modules).not.toContain(name);
    expect(await readlink(join(image.folder, 'usr/local/bin/holdfast'))).toBe(join(app, 'bin/holdfast.js'));
  });

  it('make a server that starts as not root, gets healthy on its log, books, and ends on SIGTERM', async () => {
    const standIn = await startEventStoreDbStandIn();
    onTestFinished(() => standIn.close());
    const data = join(image.folder, image.env.HOLDFAST_DATA ?? '');
    const config = join(image.folder, 'etc/holdfast.yaml');
    await cp(join(projectFolder, 'deploy/holdfast.yaml'), config);
    const port = await freePort();
    const env = {
      ...image.env,
      ...{ PATH: join(image.folder, 'usr/local/bin'), PORT: String(port), HOST: '127.0.0.1' },
      ...{ HOLDFAST_DATA: data, HOLDFAST_CONFIG: config, EVENTSTOREDB_CONNECTION: standIn.connectionString },
    };
    const as = { env, cwd: join(image.folder, image.workdir), ...runner(image.stage) };
    const [probe, ...probing] = words(image, 'HEALTHCHECK');
    const isHealthy = (): Promise<boolean> =>
      run(probe, probing, as).then(
        () => true,
        () => false,
      );
    expect(await isHealthy()).toBe(false);

    const [program, ...args] = words(image, 'CMD');
    const server = spawn(program, args, { ...as, stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => void server.kill('SIGKILL'));
    const ended = once(server, 'exit');
    let [said, complained] = ['', ''];
    server.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    server.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString('utf8')));
    const bookingLine = /-d '([^']+)'/;
    const deadline = performance.now() + READY_WITHIN_MS;
    while (
      server.exitCode === null &&
      performance.now() < deadline &&
      !(bookingLine.test(said) && (await isHealthy()))
    ) {
      await setTimeout(PROBE_EVERY_MS);
    }
    expect({ complained, exitCode: server.exitCode }).toEqual({ complained: '', exitCode: null });
    expect(await isHealthy()).toBe(true);

    const [, body = ''] = bookingLine.exec(said) ?? [];
    const headers = { 'content-type': 'application/json' };
    const booked = await fetch(`http://127.0.0.1:${port}/v2/bookings`, { method: 'POST', headers, body });
    expect(await booked.json()).toMatchObject({ status: 'success', data: { status: 'accepted' } });
    await access(join(data, 'holdfast.sqlite'));

    server.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(await isHealthy()).toBe(false);
  }, 90_000);
});
