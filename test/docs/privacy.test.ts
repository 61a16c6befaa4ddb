import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { expect, it, onTestFinished } from 'vitest';
import { runDemo } from '../../demo/run-demo.ts';
import { secretOf } from '../../src/application/secret.ts';
import { makeProgram } from '../../src/cli/program.ts';
import { makeLog } from '../../src/composition/log.ts';
import { startServer } from '../../src/composition/server.ts';
import { describeStartError } from '../../src/composition/start-error.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { environmentOf } from '../support/environment.ts';
import { at, httpClient } from '../support/http-client.ts';
import { openDemo } from '../support/open-demo.ts';
import { recordingTerminal } from '../support/recording-terminal.ts';
import { projectFolder } from '../support/source-files.ts';

const KEY = 'a-key-of-the-test-0123456789';
const page = readFileSync(join(projectFolder, 'docs/privacy.md'), 'utf8');
/** Each command, and the output that the page shows under it, if it shows any. */
const blocks = [...page.matchAll(/^```sh\n([^\n]*)\n```\n(?:\n```text\n([\s\S]*?)^```\n)?/gm)].map(
  ([, line = '', output]) => ({ line, output }),
);
/** What no two installations have alike. */
const withoutHashes = (text: string): string => text.replaceAll(/[0-9a-f]{32}/g, 'HASH').trimEnd();

it('given the commands of docs/privacy.md, when run in order, then they say what the page shows', async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const data = join(folder.path, 'data');
  const environment = environmentOf(data, { apiKey: secretOf(KEY) });
  const started = await startServer({ configuration: openDemo, environment }, makeLog('silent'))();
  if (E.isLeft(started)) throw new Error(describeStartError(started.left));
  const server = started.right;
  onTestFinished(server.stop);
  const client = httpClient(server.url);
  const booked = async (start: string, email: string): Promise<string> => {
    const attendee = { name: 'Nils', email, timeZone: 'Europe/Oslo' };
    return String(at((await client.post('/v2/bookings', { eventTypeId: 1, start, attendee })).body, 'data', 'uid'));
  };
  await booked('2050-09-05T08:00:00Z', 'runa@example.org');
  const uid = await booked('2050-09-06T08:00:00Z', 'nils@example.org');
  await server.idle();
  await client.post(`/v2/bookings/${uid}/cancel`);
  await server.idle();

  const env = { HOLDFAST_DATA: data, HOLDFAST_API_KEY: KEY, PORT: new URL(server.url).port };
  /** Runs one line as a shell would: files that it names lie in the folder. */
  const run = async (line: string): Promise<string> => {
    const [command = '', target] = line.split(' > ');
    const terminal = recordingTerminal();
    let code: number | null = null;
    const args = command
      .split(' ')
      .slice(1)
      .map((word) => (word.startsWith('/backup/') ? join(folder.path, word.slice('/backup/'.length)) : word));
    const context = { terminal, env, end: (ended: number) => void (code = ended) };
    await makeProgram(context, async () => runDemo).parseAsync(args, { from: 'user' });
    expect({ line, code, err: terminal.written.err }).toMatchObject({ line, code: 0 });
    const out = terminal.written.out.join('\n');
    if (target !== undefined) await writeFile(join(folder.path, target), `${out}\n`);
    return out;
  };

  expect(blocks.map(({ line }) => line.split(' ').slice(1, 3).join(' '))).toEqual([
    'privacy export',
    'privacy forget',
    'privacy rotate-key',
    'backup --without-privacy-keys',
    'backup --privacy-keys',
  ]);
  for (const { line, output } of blocks) {
    const printed = await run(line);
    if (output !== undefined) expect(withoutHashes(printed)).toBe(withoutHashes(output));
  }
  const changes = await run('holdfast audit changes');
  expect(changes).toContain('the keys of 2 people were wrapped with a new key');
  expect(JSON.parse(await readFile(join(folder.path, 'nils.json'), 'utf8'))).toMatchObject({
    mailbox: 'nils@example.org',
    bookings: [{ uid, status: 'cancelled', people: ['attendee'] }],
  });
});
