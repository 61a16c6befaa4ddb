import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdfast, startHoldfast } from '../support/command-line.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { projectFolder } from '../support/source-files.ts';

describe('the command line', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let env: Readonly<Record<string, string>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    env = { HOLDFAST_DATA: join(folder.path, 'data'), PORT: '0' };
  });
  afterEach(() => folder.remove());

  it('given something that is no command, when run, then exit code 2 and a hint', async () => {
    const { code, stderr } = await holdfast(['boking', 'list'], env);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--help') });
  });

  it('given an option that is no number, when run, then exit code 2', async () => {
    expect(await holdfast(['booking', 'list', '--take', 'x'], env)).toMatchObject({ code: 2, stdout: '' });
  });

  it('given no server, when asked for bookings, then exit code 1 and what to do', async () => {
    const { code, stderr } = await holdfast(['booking', 'list', '--url', 'http://127.0.0.1:1'], env);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('holdfast serve') });
  });

  it('given a faulty file, when checked, then all its errors with their paths and exit code 1', async () => {
    const path = join(folder.path, 'holdfast.yaml');
    await writeFile(path, 'hosts: [{ id: odd, timeZone: Nowhere/Never }]\nsurprise: 1\n');
    const { code, stderr } = await holdfast(['config', 'check'], { ...env, HOLDFAST_CONFIG: path });
    expect(code).toBe(1);
    for (const wanted of ['hosts[0].timeZone:', 'hosts[0].email:', 'surprise:']) expect(stderr).toContain(wanted);
  });

  it('given the demo configuration, when shown, then it is JSON with its defaults', async () => {
    const { code, stdout } = await holdfast(['config', 'show'], env);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ hosts: [{ id: 'demo' }], guestActions: 'token' });
  });

  it('given a new key, when listed and revoked, then it is shown once and ends', async () => {
    const made = await holdfast(['key', 'create', 'desk', '--role', 'read,book', '--json'], env);
    const { id, key } = JSON.parse(made.stdout);
    const listed = await holdfast(['key', 'list'], env);
    expect(listed.stdout).toMatch(new RegExp(`^${id}\\s+desk\\s+read,book\\s+all`, 'm'));
    expect(listed.stdout).not.toContain(key);
    expect(await holdfast(['key', 'revoke', id], env)).toMatchObject({ code: 0 });
    expect(await holdfast(['key', 'revoke', 'key_none'], env)).toMatchObject({ code: 1 });
    const nobodys = await holdfast(['key', 'create', 'desk', '--host', 'dema'], env);
    expect(nobodys).toMatchObject({ code: 1, stdout: '' });
    expect(nobodys.stderr).toContain('no host is called "dema"; did you mean "demo"? (hosts: demo)');
  });

  it('given no data folder, when keys are listed or the log is audited, then none is made', async () => {
    for (const args of [
      ['key', 'list'],
      ['audit', 'verify'],
      ['projections', 'rebuild'],
    ])
      expect(await holdfast(args, env)).toMatchObject({ code: 1, stderr: expect.stringContaining('does not exist') });
  });

  it('given "npm start", when npm gets SIGTERM, then the server ends too', async () => {
    const npm = spawn('npm', ['start'], {
      cwd: projectFolder,
      env: { ...env, PATH: process.env.PATH, HOME: folder.path },
    });
    let out = '';
    npm.stdout.on('data', (data) => (out += String(data)));
    await expect.poll(() => out, { timeout: 60_000 }).toMatch(/listening on (\S+)/);
    const url = /listening on (\S+)/.exec(out)?.[1] ?? '';
    npm.kill('SIGTERM');
    const answers = () =>
      fetch(`${url}/health/live`).then(
        () => true,
        () => false,
      );
    await expect.poll(answers, { timeout: 30_000 }).toBe(false);
  });

  it.for(['SIGTERM', 'SIGINT'] as const)(
    'given a server, when %s comes twice, then it ends cleanly with 0',
    async (signal) => {
      const { child, says, ended } = startHoldfast(['serve'], env);
      await says(/listening on http/);
      child.kill(signal);
      child.kill(signal);
      expect(await ended).toMatchObject({ code: 0, signal: null });
    },
  );
});
