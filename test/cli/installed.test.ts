import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startHoldfast } from '../support/command-line.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { projectFolder } from '../support/source-files.ts';
import { installHoldfast } from '../testing/packed.helper.ts';

const KEY = 'installed-0123456789abcdef';

const linkDependencies = async (folder: string): Promise<void> => {
  const { dependencies } = JSON.parse(await readFile(join(projectFolder, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(projectFolder, 'node_modules', name), link);
  }
};

describe('holdfast, installed from its tarball', () => {
  let folder = { path: '', remove: async (): Promise<void> => undefined };
  const launcher = () => join(folder.path, 'node_modules/holdfast/bin/holdfast.js');
  beforeAll(async () => {
    folder = await temporaryFolder();
    await installHoldfast(folder.path);
    await linkDependencies(folder.path);
  });
  afterAll(() => folder.remove());

  it('given a server, when bookings are listed, then the thread that lists them can read its own sources', async () => {
    const env = { PORT: '0', HOLDFAST_DATA: join(folder.path, 'data'), HOLDFAST_API_KEY: KEY };
    const server = startHoldfast(['serve'], env, process.execPath, launcher());
    onTestFinished(async () => {
      server.child.kill('SIGTERM');
      await server.ended;
    });
    const [url] = await server.says(/http:\/\/127\.0\.0\.1:\d+/);
    const listed = await fetch(`${url}/v2/bookings`, { headers: { authorization: `Bearer ${KEY}` } });
    expect({ status: listed.status, text: await listed.text() }).toMatchObject({ status: 200 });
  });

  it("given a program of one's own, when it reads the log of that server, then it folds and verifies it", async () => {
    const program = join(folder.path, 'audit.mjs');
    const lines = [
      "import { openLog } from 'holdfast/replay';",
      `const log = await openLog(${JSON.stringify(join(folder.path, 'data'))});`,
      'const { events, findings } = await log.verify();',
      'console.log(events > 0, findings);',
      'await log.close();',
    ];
    await writeFile(program, lines.join('\n'));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program], { cwd: folder.path });
    expect({ stdout, stderr }).toEqual({ stdout: 'true []\n', stderr: '' });
  });

  it('given the demo, then it is there too, and tells its story to the end', async () => {
    const demo = startHoldfast(['demo'], {}, process.execPath, launcher());
    const { code, stderr } = await demo.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
