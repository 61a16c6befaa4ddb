import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runDemo } from '../../demo/run-demo.ts';
import { makeProgram } from '../../src/cli/program.ts';
import { recordingTerminal } from '../support/recording-terminal.ts';
import { projectFolder } from '../support/source-files.ts';
import { startHoldfast } from '../support/command-line.ts';
import { aHost, anEventType } from '../support/configuration/files.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { httpClient } from '../support/http-client.ts';
import { until } from '../support/scenario-world.ts';

const KEY = 'cal_of_whoever_runs_it';
const page = readFileSync(join(projectFolder, 'docs/operating.md'), 'utf8');

it('given SIGHUP, then the file as it is now counts; one with errors leaves the old one', async () => {
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  const file = join(path, 'holdfast.json');
  const write = (slug: string) =>
    writeFile(file, JSON.stringify({ hosts: [aHost({ eventTypes: [anEventType({ slug })] })] }));
  await write('first');
  const own = { HOLDFAST_DATA: join(path, 'data'), HOLDFAST_CONFIG: file, HOLDFAST_API_KEY: KEY };
  const server = startHoldfast(['serve'], { ...own, PORT: '0' });
  const [, url = ''] = await server.says(/^listening on (\S+)/m);
  const types = async () => (await httpClient(url).get('/v2/event-types?username=odd')).text;
  expect(await types()).toContain('first');
  await write('second');
  server.child.kill('SIGHUP');
  await until('the new file counts', async () => (await types()).includes('second'));
  const refused = new Promise<string>((resolve) => {
    server.child.stderr?.on('data', (chunk: Buffer) => {
      if (chunk.includes('refused')) resolve(chunk.toString('utf8'));
    });
  });
  // While it runs: each command that docs/operating.md shows, in its order, does what it says, and finds nothing wrong.
  const commands = [...page.matchAll(/(?:^|`)(?:HOLDFAST_CONFIG=\S+ )?holdfast ([a-z][^`\n]*)/gm)].map(
    ([, line = '']) => line,
  );
  expect(commands.length).toBeGreaterThan(8);
  for (const line of commands) {
    const terminal = recordingTerminal();
    let code: number | null = null;
    const context = { terminal, env: { ...own, PORT: new URL(url).port }, end: (ended: number) => void (code = ended) };
    await makeProgram(context, async () => runDemo).parseAsync(line.split(' '), { from: 'user' });
    expect({ line, code, said: terminal.written.err }).toEqual({ line, code: 0, said: expect.anything() });
    expect(terminal.written.out.join('\n')).not.toBe('');
  }
  await writeFile(file, '{"hosts": []}');
  server.child.kill('SIGHUP');
  expect(await refused).toContain('the old configuration stays: hosts');
  expect(await types()).toContain('second');
  server.child.kill('SIGTERM');
  expect((await server.ended).code).toBe(0);
});
