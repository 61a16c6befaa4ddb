import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdfast, startHoldfast } from '../support/command-line.ts';
import { temporaryFolder } from '../support/data-file.ts';

/** A Node on this machine that is too old for Holdfast. */
const oldNode = ['/usr/bin/node', '/usr/local/bin/node']
  .filter((path) => existsSync(path))
  .find((path) => Number.parseInt(execFileSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }), 10) < 26);
if (oldNode === undefined)
  console.warn('launcher: no Node older than 26 on this machine, so starting from one is not tested');

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe.skipIf(oldNode === undefined)('the launcher, started by an old Node', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let env: Readonly<Record<string, string>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    env = { HOLDFAST_DATA: join(folder.path, 'data'), PORT: '0' };
  });
  afterEach(() => folder.remove());

  it("given the project's own Node, when run, then it takes over, exit codes included", async () => {
    expect(await holdfast(['config', 'check'], env, oldNode)).toMatchObject({ code: 0 });
    expect(await holdfast(['no-such-noun'], env, oldNode)).toMatchObject({ code: 2 });
  });

  it('given that this one is too old as well, when run, then one line says what to do', async () => {
    const { code, stderr } = await holdfast(['serve'], { ...env, HOLDFAST_NODE_TRIED: '1' }, oldNode);
    expect({ code, lines: stderr.trim().split('\n') }).toEqual({ code: 1, lines: [expect.stringContaining('npm ci')] });
  });

  it('given a server, when the launcher gets SIGTERM, then the server ends cleanly', async () => {
    const { child, says, ended } = startHoldfast(['serve'], env, oldNode);
    await says(/listening on http/);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, signal: null });
  });

  it('given a server, when the launcher is killed, then the server ends too', async () => {
    const { child, says, ended } = startHoldfast(['serve'], env, oldNode);
    const [, url] = await says(/listening on (http:\S+)/);
    child.kill('SIGKILL');
    // Its output is closed only when the server behind it is gone.
    expect(await ended).toMatchObject({ code: null });
    expect(isAlive(child.pid ?? 0)).toBe(false);
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
  });
});
