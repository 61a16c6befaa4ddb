import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startHoldfast } from '../support/command-line.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { freePort } from '../support/server-process.ts';

/** The environment of a data folder of its own. */
const given = async () => {
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  const port = await freePort();
  return { url: `http://127.0.0.1:${port}`, env: { HOLDFAST_DATA: join(path, 'data'), PORT: String(port) } };
};

it('given "serve | head", when its reader leaves, then it goes on serving and ends cleanly', async () => {
  const { url, env } = await given();
  const server = startHoldfast(['serve'], env);
  server.child.stdout?.destroy();
  // What is logged has no reader either.
  server.child.stderr?.once('data', () => server.child.stderr?.destroy());
  const isAlive = () => fetch(`${url}/health/live`).then(({ status }) => status);
  await vi.waitFor(async () => expect(await isAlive()).toBe(200), { timeout: 20_000, interval: 100 });
  server.child.kill('SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
});

it.each([['--help'], ['config', 'show'], ['no-such-command']])(
  'given "%s %s | head", when nobody reads, then no stack is written and the exit code is its own',
  async (...args) => {
    const { env } = await given();
    const command = startHoldfast(args, env);
    command.child.stdout?.destroy();
    const { code, stderr } = await command.ended;
    expect(stderr).not.toMatch(/EPIPE|^ {4}at /m);
    expect(code).toBe(args[0] === 'no-such-command' ? 2 : 0);
  },
);

it('given a reader of standard error that leaves, when a command fails, then its exit code says so', async () => {
  const { env } = await given();
  const command = startHoldfast(['booking', 'list'], env);
  command.child.stderr?.destroy();
  expect(await command.ended).toMatchObject({ code: 1, signal: null });
});
